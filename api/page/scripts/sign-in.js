/** Asks for a key when the service does. */

import { onKeyNeeded } from "./api.js";
import { byId } from "./dom.js";
import { hasKey, keepKey } from "./key.js";
import { clearProblem, showReminder } from "./problem.js";

/** Opens the dialog whenever a key is asked for; `signedIn` is called once one was given. */
export function mountSignIn({ signedIn }) {
  const [dialog, field, problem] = ["sign-in", "key", "sign-in-problem"].map(byId);
  onKeyNeeded(() => {
    if (hasKey()) showReminder(problem, "keyRefused");
    if (dialog.open) return;
    field.value = "";
    dialog.showModal();
  });
  byId("sign-in-form").addEventListener("submit", (event) => {
    event.preventDefault();
    // Keys are ASCII; what else was typed or pasted with it could not be sent as a header.
    const given = field.value.replace(/[^\x21-\x7e]/g, "");
    if (!given) {
      field.focus();
      return;
    }
    keepKey(given);
    clearProblem(problem);
    dialog.close();
    signedIn();
  });
}

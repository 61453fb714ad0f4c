/** Asks before a document is removed. */

import { byId } from "./dom.js";
import { labelled } from "./language.js";

/** Returns whether the person wants the document called `title` removed. */
export function confirmRemoval({ title }) {
  const dialog = byId("removal");
  labelled(byId("removal-body"), ["removalBody", { title }]);
  dialog.returnValue = "keep"; // what Escape means
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "remove"), { once: true });
  });
}

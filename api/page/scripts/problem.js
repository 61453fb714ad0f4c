/** Shows what went wrong: in the reader's words, then in the service's own. */

import { Problem } from "./api.js";
import { element } from "./dom.js";

/** Shows `error` in `place`, an element with the role alert. */
export function showProblem(place, error) {
  if (!(error instanceof Problem)) throw error;
  const detail = error.detail ? element("p", { lang: "en" }, error.detail) : null;
  place.replaceChildren(...[element("p", { label: labelOf(error) }), detail].filter(Boolean));
  place.hidden = false;
}

/** Shows a label, such as a reminder to write a question. */
export function showReminder(place, label) {
  place.replaceChildren(element("p", { label }));
  place.hidden = false;
}

/** Takes back what was shown in `place`. */
export function clearProblem(place) {
  place.replaceChildren();
  place.hidden = true;
}

function labelOf({ status }) {
  if (status === 0) return "serviceSilent";
  if (status === 401) return "keyNeeded";
  if (status === 429) return "tooManyRequests";
  if (status === 503) return "serviceBusy";
  return status >= 500 ? "serviceFailed" : "requestRefused";
}

/** Tells the visitor what went wrong, in the page's language. */

import { element } from "../page/scripts/dom.js";
import { ORIGIN_REFUSED, Problem } from "./service.js";

const LABELLED = {
  [ORIGIN_REFUSED]: "originRefused",
  0: "serviceSilent",
  401: "keyRefused",
  403: "keyRefused",
  429: "tooManyRequests",
  500: "serviceFailed",
  503: "serviceBusy",
};

/** Shows `error` in `place`, an element with the role alert. */
export function showProblem(place, error) {
  if (!(error instanceof Problem)) throw error;
  const { status, wait, message } = error;
  const label = LABELLED[status];
  const said = element("p", { label: [label ?? "requestRefused", { wait }] });
  // Why a request was refused is for the one who can write another.
  place.replaceChildren(said, ...(label ? [] : [element("p", { lang: "en" }, message)]));
  place.hidden = false;
}

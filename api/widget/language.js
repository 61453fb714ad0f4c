/** The language of the labels: the tag's choice, or else the page's, or else the browser's. */

import { EN } from "./labels-en.js";
import { FR } from "./labels-fr.js";
import { OPTIONS } from "./options.js";

const LABELS = { fr: FR, en: EN };
const TAGS = [OPTIONS.language, document.documentElement.lang, ...navigator.languages, "en"];
const CODE = TAGS.map((tag) => tag?.slice(0, 2).toLowerCase()).find((code) => code in LABELS);

/** Returns the language of the labels, `fr` or `en`. */
export function language() {
  return CODE;
}

/** Returns the label `key`, filled with `values`. */
export function text(key, values = {}) {
  const label = LABELS[CODE][key];
  return typeof label === "function" ? label(values) : label;
}

/** Gives `node` a label, a key or `[key, values]`: its text, or by `kind` its `aria-label`. */
export function labelled(node, label, kind = "text") {
  const said = text(...[label].flat());
  if (kind === "aria") node.setAttribute("aria-label", said);
  else node.textContent = said;
}

/** The language of the page's own labels: the reader's choice, or else the browser's. */

import { EN } from "./labels-en.js";
import { FR } from "./labels-fr.js";

const LABELS = { fr: FR, en: EN };
const STORED_AS = "sourcier.language";

let current = storedLanguage() ?? browserLanguage();

/** Returns the language of the labels, `fr` or `en`. */
export function language() {
  return current;
}

/** Changes the language of all labels, and remembers it. */
export function chooseLanguage(chosen) {
  current = chosen;
  try {
    localStorage.setItem(STORED_AS, chosen);
  } catch {
    // A browser that keeps nothing still changes the labels.
  }
  translate();
}

/** Returns the label `key` in the current language, filled with `values`. */
export function text(key, values = {}) {
  const label = LABELS[current][key];
  if (label === undefined) throw new Error(`There is no label ${key} in ${current}.`);
  return typeof label === "function" ? label(values) : label;
}

/**
 * Gives `node` a label that follows the language from now on: its text, or its `aria-label`
 * where `kind` is "aria". `label` is a key or `[key, values]`; values must survive JSON.
 */
export function labelled(node, label, kind = "text") {
  const [key, values] = typeof label === "string" ? [label, undefined] : label;
  node.dataset[kind === "aria" ? "ariaLabel" : "label"] = key;
  if (values !== undefined) node.dataset.values = JSON.stringify(values);
  relabel(node);
}

/** Writes every label of the page in the current language. */
export function translate() {
  document.documentElement.lang = current;
  document.title = text("pageTitle");
  document.querySelectorAll("[data-label], [data-aria-label]").forEach(relabel);
}

function relabel(node) {
  const { label, ariaLabel } = node.dataset;
  const values = JSON.parse(node.dataset.values ?? "{}");
  if (label) node.textContent = text(label, values);
  if (ariaLabel) node.setAttribute("aria-label", text(ariaLabel, values));
}

function storedLanguage() {
  try {
    const stored = localStorage.getItem(STORED_AS);
    return stored in LABELS ? stored : null;
  } catch {
    return null;
  }
}

function browserLanguage() {
  const spoken = [...navigator.languages, navigator.language].map((tag) => tag.slice(0, 2));
  return spoken.find((tag) => tag in LABELS) ?? "en";
}

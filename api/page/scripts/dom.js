/**
 * Builds elements. Text only ever enters as text nodes, and no attribute runs code: what a
 * document or an answer says cannot become markup.
 */

import { labelled } from "./language.js";

/**
 * Returns a new element. `attributes` may also hold `label` and `ariaLabel`, each a key of the
 * labels or `[key, values]`, and `on`, listeners by event. Null children are left out.
 */
export function element(tag, attributes = {}, ...children) {
  const { label, ariaLabel, on = {}, ...plain } = attributes;
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(plain)) {
    if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  for (const [event, listener] of Object.entries(on)) {
    node.addEventListener(event, listener);
  }
  node.append(...children.flat().filter((child) => child !== null));
  if (label) labelled(node, label);
  if (ariaLabel) labelled(node, ariaLabel, "aria");
  return node;
}

/** Returns the element of the page with this id. */
export function byId(id) {
  return document.getElementById(id);
}

/** Returns `address` where it leads to the web, null for any other scheme. */
export function webAddress(address) {
  return /^https?:\/\//i.test(address ?? "") && URL.canParse(address) ? address : null;
}

/** Drawings, made of elements: an image would need a rule of its own in a site's policy. */

import { element } from "../page/scripts/dom.js";

const SVG = "http://www.w3.org/2000/svg";
const LINES = {
  send: "M16 26V7M8 14l8-8 8 8",
  stop: "M10 10h12v12H10z",
  close: "M8 8l16 16M24 8L8 24",
  back: "M26 16H7M14 8l-8 8 8 8",
  newConversation: "M25 12A10 10 0 1 0 26 18M25 5v7h-7",
  rod: "M6 3c1 7 4 10 10 12M26 3c-1 7-4 10-10 12M16 15v3",
  drop: "M16 19c2.6 3.4 4.2 5.5 4.2 7.6a4.2 4.2 0 0 1-8.4 0C11.8 24.5 13.4 22.4 16 19z",
  wave: "M0 1C3 0 7 0 11 .7s8 .6 12 .1 7-.5 9 0V2H0z",
};

/** Returns the drawing of some lines, by their names, on a square of 32. */
export function icon(...names) {
  return drawing("0 0 32 32", names);
}

/** Returns the surface of the water, to be stretched over its width. */
export function wave() {
  return drawing("0 0 32 2", ["wave"]);
}

/** Returns a round button with an icon; its name is both the drawing's and the label's. */
export function tool(name, click) {
  const attributes = { type: "button", class: "tool", ariaLabel: name, on: { click } };
  return element("button", attributes, icon(name));
}

function drawing(viewBox, names) {
  const svg = part("svg", { viewBox, "aria-hidden": "true", preserveAspectRatio: "none" });
  svg.append(...names.map((name) => part("path", { class: name, d: LINES[name] })));
  return svg;
}

function part(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

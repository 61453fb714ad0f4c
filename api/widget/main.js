/** Puts the widget on the page, once. */

import { SourcierWidget } from "./element.js";
import { SCRIPT } from "./options.js";

const NAME = "sourcier-widget";

function place() {
  if (document.querySelector(NAME)) {
    console.warn("Sourcier: the widget is on this page already; one tag is enough.");
  } else {
    document.body.append(document.createElement(NAME));
  }
}

if (SCRIPT) {
  // Defined already: a page that was changed without being loaded anew runs its tags again.
  if (!customElements.get(NAME)) customElements.define(NAME, SourcierWidget);
  if (document.body) place();
  else document.addEventListener("DOMContentLoaded", place);
} else {
  console.error("Sourcier: load the widget with a plain <script src>, not as a module.");
}

/** Tells screen readers what changed elsewhere on the page, without moving the focus. */

import { byId, element } from "./dom.js";

const FORGET_AFTER_MS = 15_000;

let forgetting = 0;

/** Announces `parts`, each `{text, lang}`; the announcement leaves the page after a while. */
export function announce(...parts) {
  const place = byId("announcement");
  place.replaceChildren(
    ...parts.map(({ text, lang }) => element("span", { lang: lang ?? null }, `${text} `)),
  );
  clearTimeout(forgetting);
  forgetting = setTimeout(() => place.replaceChildren(), FORGET_AFTER_MS);
}

/** The passages that were read for an answer, or that come closest to a refused question. */

import { element } from "./dom.js";
import { languageBadge, pageNumber, publicationDay } from "./facts.js";

/** Returns a list of `passages` that folds, folded unless `unfolded`, or null without any. */
export function passageList(passages, { label, open, unfolded = false }) {
  if (passages.length === 0) return null;
  return element(
    "details",
    { class: "passages", open: unfolded },
    element("summary", { label }),
    element(
      "ol",
      {},
      passages.map((passage) => passageItem(passage, open)),
    ),
  );
}

function passageItem(passage, open) {
  const { title, language, score, text } = passage;
  return element(
    "li",
    {},
    element(
      "p",
      { class: "about" },
      languageBadge(language),
      element("cite", { lang: language }, title),
      publicationDay(passage.published_at),
      pageNumber(passage.page),
      element("span", { label: ["relevance", { score }] }),
    ),
    element("p", { class: "passage-text", lang: language }, text),
    element("button", {
      type: "button",
      class: "link",
      "aria-haspopup": "dialog",
      label: "seeInDocument",
      ariaLabel: ["seePassageOf", { title }],
      on: { click: () => open("passage", passage) },
    }),
  );
}

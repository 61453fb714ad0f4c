/** The sources of an answer: each citation with its quote, its document and the way there. */

import { element } from "./dom.js";
import { languageBadge, originalLink, pageNumber, publicationDay } from "./facts.js";

/** Returns the list of `citations`; `open("citation", citation)` shows one in its document. */
export function sourceList(citations, { open }) {
  return element(
    "section",
    { class: "sources" },
    element("h3", { class: "visually-hidden", label: "sources" }),
    element(
      "ol",
      {},
      citations.map((citation) => source(citation, open)),
    ),
  );
}

function source(citation, open) {
  const { number, title, language, quote, verified } = citation;
  return element(
    "li",
    { class: "source", value: number },
    element("span", { class: "drop", "aria-hidden": "true" }, element("span", {}, String(number))),
    element("blockquote", { lang: language }, quote),
    element(
      "p",
      { class: "about" },
      languageBadge(language),
      element("cite", { lang: language }, title),
      publicationDay(citation.published_at),
      pageNumber(citation.page),
      element("span", {
        class: verified ? "verified" : "unverified",
        label: verified ? "verified" : "unverified",
      }),
    ),
    element(
      "p",
      { class: "ways" },
      element("button", {
        type: "button",
        class: "link",
        "aria-haspopup": "dialog",
        label: "seeInDocument",
        ariaLabel: ["seeQuoteOf", { number, title }],
        on: { click: () => open("citation", citation) },
      }),
      originalLink(citation),
    ),
  );
}

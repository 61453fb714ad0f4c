/** The sentences of an answer, each with the numbers of its sources and how far they prove it. */

import { slicePoints } from "./code-points.js";
import { element } from "./dom.js";

const SUPPORT = {
  partly: { icon: "◐", label: "partlySupported" },
  unsupported: { icon: "○", label: "notSupported" },
};

/** Returns the text of `answer`, its sentences marked, nothing between them lost. */
export function answerNodes(answer, { open }) {
  const nodes = [];
  let at = 0;
  for (const sentence of answer.sentences) {
    const node = sentenceNode(sentence, answer.citations, { language: answer.language, open });
    nodes.push(slicePoints(answer.answer, at, sentence.start), node);
    at = sentence.end;
  }
  return [...nodes, slicePoints(answer.answer, at, Infinity)];
}

/** Returns `sentence` with the marks of those of `citations` that it cites. */
export function sentenceNode(sentence, citations, { language, open }) {
  const cited = citations.filter(({ number }) => sentence.citations.includes(number));
  return element(
    "span",
    { class: "sentence" },
    inItsLanguage(sentence.text, cited, language),
    cited.map((citation) => citationMark(citation, { open })),
    supportMark(sentence.support),
  );
}

/** Returns the number of `citation` as a button; `open("citation", citation)` shows the quote. */
export function citationMark(citation, { open }) {
  const { number, title } = citation;
  return element(
    "button",
    {
      type: "button",
      class: "cite",
      "aria-haspopup": "dialog",
      ariaLabel: ["openCitation", { number, title }],
      on: { click: () => open("citation", citation) },
    },
    element("span", {}, String(number)),
  );
}

/** Marks the language of a quote that stands, untranslated, within a sentence of the answer. */
function inItsLanguage(text, cited, language) {
  const foreign = cited.find((quote) => quote.language !== language && text.includes(quote.quote));
  if (!foreign) return [text];
  const start = text.indexOf(foreign.quote);
  const end = start + foreign.quote.length;
  const quote = element("span", { lang: foreign.language }, foreign.quote);
  return [text.slice(0, start), quote, text.slice(end)];
}

/** Returns what says that the quotes prove a sentence in part or not at all, else null. */
function supportMark(support) {
  const mark = SUPPORT[support];
  if (!mark) return null;
  return element(
    "span",
    { class: `support ${support}` },
    element("span", { "aria-hidden": "true" }, `${mark.icon} `),
    element("span", { label: mark.label }),
  );
}

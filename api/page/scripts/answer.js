/** An answer as a person reads it: its sentences, each with the numbers of its sources. */

import { slicePoints } from "./code-points.js";
import { element } from "./dom.js";
import { copyButton } from "./copying.js";
import { passageList } from "./passages.js";
import { sourceList } from "./sources.js";

const HIGH_CONFIDENCE = 0.8;
const MEDIUM_CONFIDENCE = 0.6;
const CLOSEST_PASSAGES = 3;

/** Returns the article of `answer`; `open(kind, item)` shows a citation or a passage in place. */
export function answerArticle(answer, { open }) {
  return element(
    "article",
    { class: answer.answered ? "answer" : "answer refusal" },
    element("h2", { class: "asked", lang: answer.language }, answer.question),
    ...(answer.answered ? answered(answer, open) : refused(answer, open)),
    element("p", { class: "made", label: ["made", madeBy(answer)] }),
  );
}

function answered(answer, open) {
  const count = answer.passages.length;
  return [
    element(
      "p",
      { class: "about" },
      element("span", { label: ["answerIn", { language: answer.language }] }),
      element("span", { label: confidence(answer.confidence) }),
      element("span", { label: ["sourceCount", { count: answer.citations.length }] }),
    ),
    element("p", { class: "answer-text", lang: answer.language }, sentences(answer, open)),
    notice(answer),
    sourceList(answer.citations, { open }),
    passageList(answer.passages, { label: ["passagesRead", { count }], open }),
    copyButton(answer),
  ];
}

function refused(answer, open) {
  const closest = answer.passages.slice(0, CLOSEST_PASSAGES);
  return [
    element("p", { class: "about" }, element("span", { label: "refused" })),
    element("p", { class: "answer-text", lang: answer.language }, answer.answer),
    element("p", {
      class: "notice",
      label: ["refusalWhy", { count: answer.passages.length }],
    }),
    passageList(closest, { label: ["passagesClose", { count: closest.length }], open }),
  ];
}

/** Returns the text of the answer, its sentences marked, nothing between them lost. */
function sentences(answer, open) {
  const nodes = [];
  let at = 0;
  for (const sentence of answer.sentences) {
    nodes.push(slicePoints(answer.answer, at, sentence.start), sentenceNode(sentence, answer, open));
    at = sentence.end;
  }
  return [...nodes, slicePoints(answer.answer, at, Infinity)];
}

function sentenceNode(sentence, answer, open) {
  const cited = answer.citations.filter(({ number }) => sentence.citations.includes(number));
  return element(
    "span",
    { class: "sentence" },
    inItsLanguage(sentence.text, cited, answer.language),
    cited.map((citation) => citationMark(citation, open)),
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

function citationMark(citation, open) {
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

/** Returns why the answer is less than it could be, or null. */
function notice({ degraded, citations, language }) {
  if (degraded === null) return null;
  const foreign = citations.map((citation) => citation.language).filter((code) => code !== language);
  const labels = {
    untranslated: foreign.length
      ? ["untranslated", { languages: [...new Set(foreign)] }]
      : "otherLanguage",
    generator_unavailable: "generatorUnavailable",
    language: "otherLanguage",
  };
  return element("p", { class: "notice", label: labels[degraded] });
}

function confidence(value) {
  if (value >= HIGH_CONFIDENCE) return "confidenceHigh";
  return value >= MEDIUM_CONFIDENCE ? "confidenceMedium" : "confidenceLow";
}

function madeBy({ encoder, generator, timings }) {
  const stages = Object.values(timings);
  const total = timings.total ?? stages.reduce((sum, stage) => sum + stage, 0);
  return { encoder, generator, total };
}

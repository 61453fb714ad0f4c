/** What is said beside an answer: the few words that answer, and why it is less than it could be. */

import { element } from "./dom.js";
import { citationMark } from "./sentences.js";

/** Returns the few words that answer, with the number of their quote, or null. */
export function shortAnswer({ short_answer: short, citations }, { open }) {
  const citation = citations.find(({ number }) => number === short?.citation);
  if (!citation) return null;
  return element(
    "p",
    { class: "short" },
    element("span", { class: "short-label", label: "inShort" }),
    " ",
    element("strong", { lang: citation.language }, short.text),
    citationMark(citation, { open }),
  );
}

/** Returns why the answer is less than it could be, or null. */
export function notice({ degraded, citations, language }) {
  if (degraded === null) return null;
  const foreign = citations.map((citation) => citation.language).filter((code) => code !== language);
  const labels = {
    untranslated: foreign.length
      ? ["untranslated", { languages: [...new Set(foreign)] }]
      : "otherLanguage",
    generator_unavailable: "generatorUnavailable",
    encoder_unavailable: "encoderUnavailable",
    language: "otherLanguage",
  };
  return element("p", { class: "notice", label: labels[degraded] });
}

/** Questions to begin with, where the bundled sample corpus is there to answer them. */

import { byId, element } from "./dom.js";

const SAMPLE_QUESTIONS = [
  {
    source: "sample/fr/sommet-paris-2025.md",
    language: "fr",
    question: "Qui a coprésidé le sommet de Paris avec Emmanuel Macron\u00a0?",
  },
  {
    source: "sample/en/paris-summit.md",
    language: "en",
    question: "Why was Dario Amodei unhappy with the Paris meeting?",
  },
  {
    source: "sample/en/hinton-nobel.md",
    language: "fr",
    question: "Pourquoi Geoffrey Hinton a-t-il quitté Google\u00a0?",
  },
  {
    source: "sample/fr/deepseek.md",
    language: "en",
    question: "Who founded DeepSeek?",
  },
];

/** Offers the questions that some of `documents` can answer; `ask` is given the chosen one. */
export function showExamples(documents, { ask }) {
  const sources = new Set(documents.map(({ source }) => source));
  const offered = SAMPLE_QUESTIONS.filter(({ source }) => sources.has(source));
  const items = offered.map(({ question, language }) =>
    element(
      "li",
      {},
      element(
        "button",
        { type: "button", class: "example", lang: language, on: { click: () => ask(question) } },
        question,
      ),
    ),
  );
  byId("examples").hidden = offered.length === 0;
  byId("examples").querySelector("ul").replaceChildren(...items);
}

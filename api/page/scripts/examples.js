/** Questions to begin with, where the bundled sample corpus is there to answer them. */

import { byId, element } from "./dom.js";

const SAMPLE_QUESTIONS = [
  {
    source: "sample/fr/conference-shanghai.md",
    language: "fr",
    question: "Où serait installée l’organisation mondiale voulue par Li Qiang ?",
  },
  {
    source: "sample/en/paris-summit.md",
    language: "en",
    question: "Why was Dario Amodei unhappy with the Paris meeting?",
  },
  {
    source: "sample/en/hinton-nobel.md",
    language: "fr",
    question: "Pourquoi Geoffrey Hinton a-t-il quitté Google ?",
  },
  {
    source: "sample/fr/cnil.md",
    language: "en",
    question: "When was the CNIL founded?",
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

/** The conversation: earlier answers folded above the newest, and what the next question needs. */

import { announce } from "./announce.js";
import { AnswerView } from "./answer.js";
import { byId, element } from "./dom.js";
import { language, text } from "./language.js";
import { openDocument } from "./viewer.js";

const TURNS_SENT = 6;

let turns = [];

/** Returns the last turns, oldest first, as the service takes them. */
export function history() {
  return turns;
}

/** Makes the next question the first of a conversation; earlier answers stay to be read. */
export function beginAnew() {
  turns = [];
}

/** Takes every answer off the page. */
export function clear() {
  beginAnew();
  byId("answers").replaceChildren();
}

/** One question and its answer, on the page from the first news of it. */
export class Exchange {
  #view;

  constructor(question, { stop }) {
    this.#view = new AnswerView(question, { open: openIn, stop });
  }

  /** Shows the next event of the service. */
  take(name, content) {
    this.#view.take(name, content);
    this.#show();
  }

  /** Shows the whole answer, reads it out and remembers it. */
  finish(answer) {
    this.#view.finish(answer);
    this.#show();
    tell(answer);
    const said = answer.answered ? answer.answer : "";
    turns = [...turns, { question: answer.question, answer: said }].slice(-TURNS_SENT);
  }

  /** Keeps what there is, if anything, and says that it is not the whole. */
  interrupt() {
    if (!this.#view.interrupt()) this.#view.node.remove();
  }

  #show() {
    const answers = byId("answers");
    const { node } = this.#view;
    if (!node.isConnected) {
      const previous = answers.querySelector(":scope > article");
      if (previous) fold(previous);
      answers.append(node);
    }
    node.scrollIntoView({ block: "nearest" });
  }
}

/** Leaves only the question of an earlier answer to see, until it is opened. */
function fold(article) {
  const asked = article.querySelector(".asked");
  const summary = element("summary", { lang: asked.lang }, asked.textContent);
  const earlier = element("details", { class: "earlier" }, summary);
  article.replaceWith(earlier);
  earlier.append(article);
}

/** Reads the answer out to who cannot see it, in its own language. */
function tell({ answered, answer, citations, language: spoken }) {
  const opening = answered
    ? text("answerReady", { sources: citations.length })
    : text("answerRefused");
  announce({ text: opening, lang: language() }, { text: answer, lang: spoken });
}

function openIn(kind, item, citations) {
  if (kind === "passage") {
    const passage = { ...item, number: null };
    openDocument(item, { quotes: [passage], active: passage });
    return;
  }
  const quotes = citations
    .filter(({ document_id }) => document_id === item.document_id)
    .map(({ number, start, end, quote, page }) => ({ number, start, end, text: quote, page }))
    .sort((a, b) => a.start - b.start);
  openDocument(item, { quotes, active: quotes.find(({ number }) => number === item.number) });
}

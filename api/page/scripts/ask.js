/** The question form, and the answers above each other, the newest first. */

import { announce } from "./announce.js";
import { answerArticle } from "./answer.js";
import { ask } from "./api.js";
import { chosenCollection } from "./collections.js";
import { byId, element } from "./dom.js";
import { language, labelled, text } from "./language.js";
import { clearProblem, showProblem, showReminder } from "./problem.js";
import { openDocument } from "./viewer.js";

let running = null;

/** Makes the form work. */
export function mountAsk() {
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    askNow();
  });
  byId("question").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    byId("ask").requestSubmit();
  });
}

/** Puts `question` into the form and asks it. */
export function askFor(question) {
  byId("question").value = question;
  askNow();
}

async function askNow() {
  const place = byId("problem");
  const question = byId("question").value.trim();
  if (!question) {
    showReminder(place, "questionMissing");
    byId("question").focus();
    return;
  }
  clearProblem(place);
  running?.abort(); // the newest question is the one that counts
  const mine = (running = new AbortController());
  setBusy(true);
  try {
    show(await ask(requestFor(question), { signal: mine.signal }));
  } catch (error) {
    if (error.name !== "AbortError") showProblem(place, error);
  } finally {
    if (running === mine) setBusy(false);
  }
}

function requestFor(question) {
  const { value } = byId("answer-language");
  return { question, language: value, collection: chosenCollection() };
}

function setBusy(busy) {
  byId("ask").setAttribute("aria-busy", String(busy));
  labelled(byId("ask-button"), busy ? "asking" : "ask");
}

function show(answer) {
  const answers = byId("answers");
  const previous = answers.querySelector(":scope > article");
  const article = answerArticle(answer, { open: (kind, item) => openIn(answer, kind, item) });
  if (previous) fold(previous);
  answers.prepend(article);
  tell(answer);
  hideKeyboard();
  article.scrollIntoView({ block: "nearest" });
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

/** Makes room for the answer on a phone, whose keyboard covers half of the page. */
function hideKeyboard() {
  if (matchMedia("(pointer: coarse)").matches) byId("question").blur();
}

function openIn(answer, kind, item) {
  if (kind === "passage") {
    const passage = { ...item, number: null };
    openDocument(item, { quotes: [passage], active: passage });
    return;
  }
  const quotes = answer.citations
    .filter(({ document_id }) => document_id === item.document_id)
    .map(({ number, start, end, quote, page }) => ({ number, start, end, text: quote, page }))
    .sort((a, b) => a.start - b.start);
  openDocument(item, { quotes, active: quotes.find(({ number }) => number === item.number) });
}

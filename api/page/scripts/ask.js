/** The two forms: one asks a first question, the other goes on with the conversation. */

import { ask } from "./api.js";
import { chosenCollection } from "./collections.js";
import { beginAnew, clear, Exchange, history } from "./conversation.js";
import { byId } from "./dom.js";
import { labelled } from "./language.js";
import { clearProblem, showProblem, showReminder } from "./problem.js";

const FIRST = { form: "ask", field: "question", button: "ask-button", problem: "problem" };
const NEXT = {
  form: "follow-up",
  field: "follow-up-question",
  button: "follow-up-button",
  problem: "follow-up-problem",
};

let running = null;

/** Makes the forms work. */
export function mountAsk() {
  for (const place of [FIRST, NEXT]) {
    byId(place.form).addEventListener("submit", (event) => {
      event.preventDefault();
      askFrom(place);
    });
    byId(place.field).addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      byId(place.form).requestSubmit();
    });
  }
  byId("new-conversation").addEventListener("click", startOver);
}

/** Puts `question` into the form and asks it. */
export function askFor(question) {
  byId(FIRST.field).value = question;
  askFrom(FIRST);
}

function startOver() {
  running?.abort();
  clear();
  byId("continue").hidden = true;
  for (const { field, problem } of [FIRST, NEXT]) {
    byId(field).value = "";
    clearProblem(byId(problem));
  }
  byId(FIRST.field).focus();
}

async function askFrom(place) {
  const question = byId(place.field).value.trim();
  if (!question) {
    showReminder(byId(place.problem), "questionMissing");
    byId(place.field).focus();
    return;
  }
  [FIRST, NEXT].forEach(({ problem }) => clearProblem(byId(problem)));
  running?.abort(); // the newest question is the one that counts
  const mine = (running = new AbortController());
  if (place === FIRST) beginAnew();
  const exchange = new Exchange(question, { stop: () => mine.abort() });
  setBusy(true);
  try {
    const take = (name, content) => exchange.take(name, content);
    exchange.finish(await ask(requestFor(question), { signal: mine.signal, onEvent: take }));
    byId("continue").hidden = false;
    if (place === NEXT) byId(NEXT.field).value = "";
    hideKeyboard(place);
  } catch (error) {
    exchange.interrupt();
    if (error.name !== "AbortError") showProblem(byId(place.problem), error);
  } finally {
    if (running === mine) setBusy(false);
  }
}

function requestFor(question) {
  const { value } = byId("answer-language");
  return { question, language: value, collection: chosenCollection(), history: history() };
}

function setBusy(busy) {
  for (const { form, button } of [FIRST, NEXT]) {
    byId(form).setAttribute("aria-busy", String(busy));
    labelled(byId(button), busy ? "asking" : "ask");
  }
}

/** Makes room for the answer on a phone, whose keyboard covers half of the page. */
function hideKeyboard({ field }) {
  if (matchMedia("(pointer: coarse)").matches) byId(field).blur();
}

/** The conversation: what was asked and answered, and the form that asks on. */

import { element } from "../page/scripts/dom.js";
import { Exchange } from "./exchange.js";
import { icon, wave } from "./icons.js";
import { labelled, text } from "./language.js";
import { OPTIONS } from "./options.js";
import { showProblem } from "./problem.js";
import { ask } from "./service.js";

const TURNS_SENT = 6;

/** `open(kind, item)` shows a citation or a passage in its document. */
export class Conversation {
  #open;
  #turns = [];
  #running = null;
  #left = 0; // where this code last scrolled to
  #list = element("ol");
  #log = element("div", { class: "text", tabindex: 0, role: "region", ariaLabel: "conversation" });
  #field = element("textarea", { rows: 1, maxlength: 2000, enterkeyhint: "send", ariaLabel: "question" });
  #button = element("button", { class: "send" });
  #problem = element("div", { class: "problem", role: "alert", hidden: true });
  #status = element("div", { class: "visually-hidden", role: "status" });

  constructor({ open }) {
    this.#open = open;
    const box = element("div", { class: "box" }, this.#field, this.#button);
    const form = element("form", {}, wave(), this.#problem, box);
    form.addEventListener("submit", (event) => this.#submitted(event));
    this.#field.placeholder = text("question");
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    this.#log.append(element("p", { class: "quiet" }, OPTIONS.greeting ?? text("greeting")), this.#list);
    this.nodes = [this.#log, form, this.#status];
    this.#run(null);
  }

  /** Puts the focus into the field. */
  focus() {
    this.#field.focus();
  }

  /** Asks `question`; the newest is the one that counts. */
  async ask(question) {
    this.#running?.abort();
    const mine = new AbortController();
    const exchange = new Exchange(question, { open: this.#open });
    this.#run(mine);
    this.#problem.hidden = true;
    this.#list.append(exchange.node);
    this.#left = this.#log.scrollTop;
    this.#say(text("searching"));
    try {
      const onEvent = (name, content) => {
        exchange.take(name, content);
        this.#follow(exchange);
      };
      const request = { question, history: this.#turns };
      const answer = await ask(request, { signal: mine.signal, onEvent });
      exchange.finish(answer);
      this.#follow(exchange);
      this.#remember(answer);
    } catch (error) {
      if (!exchange.interrupt()) exchange.node.remove();
      if (this.#running === mine) this.#say();
      if (error.name === "AbortError") return;
      this.#field.value ||= question;
      showProblem(this.#problem, error);
    } finally {
      if (this.#running === mine) this.#run(null);
    }
  }

  /** Forgets all that was said. */
  clear() {
    this.#running?.abort();
    this.#turns = [];
    this.#list.replaceChildren();
    this.#problem.hidden = true;
    this.focus();
  }

  #submitted(event) {
    event.preventDefault();
    const question = this.#field.value.trim();
    if (event.submitter && this.#running) this.#running.abort();
    else if (question) {
      this.#field.value = "";
      this.ask(question);
    }
    this.focus();
  }

  /** Brings the question to the top, unless somebody reads elsewhere by now. */
  #follow({ node }) {
    if (this.#log.scrollTop !== this.#left) return;
    this.#log.scrollTop = node.offsetTop - 12;
    this.#left = this.#log.scrollTop;
  }

  /** Keeps what the next question may lean on, and tells it to who cannot see it. */
  #remember({ answered, question, answer, language }) {
    const turn = { question, answer: answered ? answer : "" };
    this.#turns = [...this.#turns, turn].slice(-TURNS_SENT);
    this.#say(text(answered ? "answerReady" : "refused"), " ", element("span", { lang: language }, answer));
  }

  /** Marks the question that is being answered, null for none; the button stops that one. */
  #run(controller) {
    const label = controller ? "stop" : "ask";
    this.#running = controller;
    this.#button.replaceChildren(icon(controller ? "stop" : "send"));
    labelled(this.#button, label, "aria");
  }

  #say(...words) {
    this.#status.replaceChildren(...words);
  }
}

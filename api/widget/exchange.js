/** One question with its answer: first sentence by sentence as it is made, then whole. */

import { element } from "../page/scripts/dom.js";
import { languageBadge, publicationDay } from "../page/scripts/facts.js";
import { notice, shortAnswer } from "../page/scripts/remarks.js";
import { answerNodes, sentenceNode } from "../page/scripts/sentences.js";
import { feedbackLine } from "./feedback.js";

const CLOSEST_PASSAGES = 3;

/** `open(kind, item)` shows a citation or a passage in its document. */
export class Exchange {
  #options;
  #citations = [];
  #lead = "";
  #said = "";
  #asked;
  #text = element("p", { class: "answer-text" });

  constructor(question, { open }) {
    this.#options = { open };
    this.#asked = element("h3", {}, question);
    this.node = element("li", { "aria-busy": "true" }, this.#asked, this.#text);
  }

  /** Takes in the next event of the service, by its name. */
  take(name, content) {
    if (name === "passages") this.#begin(content);
    if (name === "citation") this.#citations.push(content);
    if (name === "delta") this.#lead = content.text;
    if (name === "sentence") this.#add(content);
  }

  /** Shows the whole of `answer`; sentences that are there already stay, with the focus in them. */
  finish(answer) {
    const { answered, citations, passages } = answer;
    if (this.#said !== answer.answer) {
      this.#text.replaceChildren(...answerNodes(answer, this.#options));
    }
    const first = answered ? shortAnswer(answer, this.#options) : element("p", { class: "refused", label: "refused" });
    const closest = answered ? [] : passages.slice(0, CLOSEST_PASSAGES);
    if (first) this.#text.before(first);
    const after = [
      notice(answer),
      closest.length ? element("p", { class: "quiet", label: "passagesClose" }) : null,
      element("ol", {}, [...citations, ...closest].map((item) => this.#source(item))),
      feedbackLine(answer),
    ];
    this.#end(...after.filter(Boolean));
  }

  /** Says that what there is is not the whole; returns whether there is anything. */
  interrupt() {
    this.#end(element("p", { class: "notice", label: "interrupted" }));
    return this.#said !== "";
  }

  #begin({ language, standalone_question: standalone }) {
    this.#options.language = this.#asked.lang = this.#text.lang = language;
    if (!standalone) return;
    const meant = element("i", { lang: language }, standalone);
    this.#asked.after(element("p", { class: "quiet" }, element("span", { label: "understoodAs" }), " ", meant));
  }

  #add(sentence) {
    const space = this.#lead.slice(0, this.#lead.length - sentence.text.length);
    this.#text.append(space, sentenceNode(sentence, this.#citations, this.#options));
    this.#said += this.#lead;
  }

  #end(...nodes) {
    this.node.append(...nodes);
    this.node.removeAttribute("aria-busy");
  }

  /** Returns the line of a citation, which opens its quote as its number above does, or of a passage. */
  #source(item) {
    const { number, title, language, published_at: day, text } = item;
    const about = [languageBadge(language), element("cite", { lang: language }, title)];
    const cited = number && { ariaLabel: ["openCitation", { number, title }] };
    const attributes = {
      type: "button",
      class: "source",
      "aria-haspopup": "dialog",
      on: { click: () => this.#options.open("source", item) },
      ...cited,
    };
    return element(
      "li",
      {},
      element(
        "button",
        attributes,
        cited ? element("span", { class: "drop", "aria-hidden": "true" }, `${number}`) : null,
        about,
        day ? [" · ", publicationDay(day)] : null,
        cited ? null : element("span", { class: "excerpt", lang: language }, text),
      ),
    );
  }
}

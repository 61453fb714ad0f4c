/** An answer as a person reads it, first sentence by sentence as it is made, then whole. */

import { element } from "./dom.js";
import { copyButton } from "./copying.js";
import { feedbackPanel } from "./feedback.js";
import { passageList } from "./passages.js";
import { notice, shortAnswer } from "./remarks.js";
import { answerNodes, sentenceNode } from "./sentences.js";
import { sourceList } from "./sources.js";

const HIGH_CONFIDENCE = 0.8;
const MEDIUM_CONFIDENCE = 0.6;
const CLOSEST_PASSAGES = 3;

/**
 * The article of one answer. `open(kind, item, citations)` shows a citation or a passage in
 * place, beside the other citations so far; `stop` is called by the button that ends the wait.
 */
export class AnswerView {
  #language = null;
  #citations = [];
  #said = "";
  #lead = "";
  #open;
  #asked;
  #text = element("p", { class: "answer-text" });
  #stop;

  constructor(question, { open, stop }) {
    this.#open = (kind, item) => open(kind, item, this.#citations);
    this.#asked = element("h2", { class: "asked" }, question);
    this.#stop = element("button", {
      type: "button",
      class: "secondary stop",
      label: "stop",
      on: { click: stop },
    });
    const attributes = { class: "answer", "aria-busy": "true" };
    this.node = element("article", attributes, this.#asked, this.#text, this.#stop);
  }

  /** Takes in the next event of the service, by its name. */
  take(name, content) {
    if (name === "passages") this.#begin(content);
    if (name === "citation") this.#citations.push(content);
    if (name === "delta") this.#lead = content.text;
    if (name === "sentence") this.#add(content);
  }

  /** Shows the whole of `answer`; what is there already stays, with the focus in it. */
  finish(answer) {
    if (this.#language === null) this.#begin(answer);
    const open = this.#open;
    this.#citations = answer.citations;
    if (!answer.answered || this.#said !== answer.answer) {
      this.#text.replaceChildren(...answerNodes(answer, { open }));
    }
    const { before, after } = answer.answered ? answered(answer, open) : refused(answer, open);
    this.node.classList.toggle("refusal", !answer.answered);
    this.#text.before(...before.filter(Boolean));
    this.#text.after(...after.filter(Boolean));
    this.node.append(feedbackPanel(answer));
    this.node.append(element("p", { class: "made", label: ["made", madeBy(answer)] }));
    this.#end();
  }

  /** Says under what there is that it is not the whole; returns whether there is anything. */
  interrupt() {
    this.#text.after(element("p", { class: "notice", label: "interrupted" }));
    this.#end();
    return this.#said !== "";
  }

  #begin({ language, standalone_question: standalone }) {
    this.#language = language;
    this.#asked.lang = this.#text.lang = language;
    if (!standalone) return;
    const meant = element("span", { lang: language }, standalone);
    this.#asked.after(
      element("p", { class: "understood" }, element("span", { label: "understoodAs" }), " ", meant),
    );
  }

  #add(sentence) {
    const space = this.#lead.slice(0, this.#lead.length - sentence.text.length);
    const options = { language: this.#language, open: this.#open };
    this.#text.append(space, sentenceNode(sentence, this.#citations, options));
    this.#said += this.#lead;
  }

  #end() {
    if (this.#stop === document.activeElement) {
      this.#asked.tabIndex = -1; // the button goes, the keyboard stays in the answer
      this.#asked.focus({ preventScroll: true });
    }
    this.#stop.remove();
    this.node.removeAttribute("aria-busy");
  }
}

function answered(answer, open) {
  const count = answer.passages.length;
  return {
    before: [
      element(
        "p",
        { class: "about" },
        element("span", { label: ["answerIn", { language: answer.language }] }),
        element("span", { label: confidence(answer.confidence) }),
        element("span", { label: ["sourceCount", { count: answer.citations.length }] }),
      ),
      shortAnswer(answer, { open }),
    ],
    after: [
      notice(answer),
      sourceList(answer.citations, { open }),
      passageList(answer.passages, { label: ["passagesRead", { count }], open }),
      copyButton(answer),
    ],
  };
}

function refused(answer, open) {
  const closest = answer.passages.slice(0, CLOSEST_PASSAGES);
  const label = ["passagesClose", { count: closest.length }];
  return {
    before: [element("p", { class: "about" }, element("span", { label: "refused" }))],
    after: [
      element("p", {
        class: "notice",
        label: ["refusalWhy", { count: answer.passages.length }],
      }),
      passageList(closest, { label, open, unfolded: true }),
    ],
  };
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

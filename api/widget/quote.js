/** A quote in its document: read there again, and shown with what stands around it. */

import { slicePoints } from "../page/scripts/code-points.js";
import { element } from "../page/scripts/dom.js";
import { languageBadge, originalLink, pageNumber, publicationDay } from "../page/scripts/facts.js";
import { tool } from "./icons.js";
import { showProblem } from "./problem.js";
import { storedText } from "./service.js";

const AROUND = 700; // code points, about a dozen lines on each side

/** The sheet that lies over the conversation; `closed` is called when it goes away. */
export class Quote {
  #closed;
  #shown = null;
  #title = element("h2", { id: "quote" });
  #about = element("p", { class: "about" });
  #place = element("div", { class: "text", tabindex: 0, role: "region", "aria-labelledby": "quote" });
  #back = tool("back", () => this.close());

  constructor({ closed }) {
    this.#closed = closed;
    const head = element("header", {}, this.#back, element("div", {}, this.#title, this.#about));
    const named = { class: "sheet", role: "dialog", "aria-labelledby": "quote", hidden: true };
    this.node = element("section", named, head, this.#place);
  }

  /** Whether it lies there. */
  get isOpen() {
    return !this.node.hidden;
  }

  /** Shows `item`, a citation or a passage, where its document has it now. */
  async open(item) {
    const { document_id: id, title, language, published_at: day, page } = item;
    const facts = [languageBadge(language), publicationDay(day), pageNumber(page), originalLink(item)];
    this.#shown = item;
    this.#title.textContent = title;
    this.#title.lang = this.#place.lang = language;
    this.#about.replaceChildren(...facts.filter(Boolean));
    this.#place.replaceChildren(element("p", { label: "loading" }));
    this.node.hidden = false;
    this.#back.focus();
    const nodes = await storedText(id).then((text) => found(text, item), unread);
    if (this.#shown !== item) return; // closed, or another one opened meanwhile
    this.#place.replaceChildren(...nodes);
    const mark = this.#place.querySelector("mark");
    this.#place.scrollTop = mark ? mark.offsetTop - this.#place.clientHeight / 3 : 0;
    mark?.focus({ preventScroll: true });
  }

  /** Takes the sheet away. */
  close() {
    this.#shown = null;
    this.node.hidden = true;
    this.#closed();
  }
}

/** Returns what `text` has around the words of `item`, or that it does not have them there. */
function found(text, item) {
  const { start, end } = item;
  const words = item.quote ?? item.text;
  const mark = element("mark", { tabindex: -1 }, words);
  if (slicePoints(text, start, end) !== words) {
    return [element("p", { class: "notice", label: "changed" }), element("blockquote", {}, mark)];
  }
  const before = slicePoints(text, Math.max(0, start - AROUND), start);
  const after = slicePoints(text, end, end + AROUND);
  const around = [
    start > AROUND ? before.replace(/^\S*/, "…") : before,
    mark,
    after.length < AROUND ? after : after.replace(/\S*$/, "…"),
  ];
  return [element("p", { class: "quiet", label: "checked" }), element("blockquote", {}, around)];
}

function unread(error) {
  const problem = element("div", { class: "problem", role: "alert" });
  showProblem(problem, error);
  return [problem];
}

/** A document's stored text with its quotes highlighted; of a long text, the part around one. */

import { element } from "./dom.js";
import { runs } from "./highlights.js";

// Below this many UTF-16 units a text is shown whole; a browser lays it out in no time.
const SHOWN_WHOLE = 60_000;
const SHOWN_AROUND = 15_000;

/** Shows one text in `place`, a scrolling element; spans are in UTF-16 units. */
export class StoredText {
  #place;
  #text;
  #spans = { active: null, others: [] };
  #shown = { start: 0, end: 0 };

  constructor(place, text) {
    this.#place = place;
    this.#text = text;
  }

  /** Shows the text around the span `active`, or from its start, and goes there. */
  show({ active, others }) {
    this.#spans = { active, others };
    this.#shown =
      this.#text.length <= SHOWN_WHOLE
        ? { start: 0, end: this.#text.length }
        : {
            start: this.#whole((active?.start ?? 0) - SHOWN_AROUND),
            end: this.#whole((active?.end ?? 0) + SHOWN_AROUND),
          };
    this.#render();
    const mark = this.#place.querySelector("mark.active");
    if (mark) {
      mark.scrollIntoView({ block: mark.offsetHeight < this.#place.clientHeight ? "center" : "start" });
      mark.focus({ preventScroll: true });
    } else {
      this.#place.scrollTop = 0;
      this.#place.focus();
    }
  }

  #render() {
    const pieces = runs(this.#shown, this.#spans).map(({ start, end, kind }) => {
      const piece = this.#text.slice(start, end);
      if (kind === "plain") return piece;
      return element("mark", { class: kind, tabindex: kind === "active" ? -1 : null }, piece);
    });
    const before = this.#shown.start > 0 ? this.#more("textBefore", () => this.#showBefore()) : "";
    const after =
      this.#shown.end < this.#text.length ? this.#more("textAfter", () => this.#showAfter()) : "";
    this.#place.replaceChildren(before, element("div", { class: "stored-text" }, pieces), after);
  }

  #more(label, show) {
    return element("button", { type: "button", class: "secondary more-text", label, on: { click: show } });
  }

  #showBefore() {
    const fromBottom = this.#place.scrollHeight - this.#place.scrollTop;
    this.#shown.start = this.#whole(this.#shown.start - 2 * SHOWN_AROUND);
    this.#render();
    this.#place.scrollTop = this.#place.scrollHeight - fromBottom;
    this.#place.focus({ preventScroll: true });
  }

  #showAfter() {
    const { scrollTop } = this.#place;
    this.#shown.end = this.#whole(this.#shown.end + 2 * SHOWN_AROUND);
    this.#render();
    this.#place.scrollTop = scrollTop;
    this.#place.focus({ preventScroll: true });
  }

  /** Returns `at` within the text, and not between the two halves of a character. */
  #whole(at) {
    const unit = this.#text.charCodeAt(at);
    return Math.max(0, Math.min(unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at, this.#text.length));
  }
}

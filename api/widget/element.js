/** `<sourcier-widget>`: the bubble in the corner, and the dialog over it. */

import { element } from "../page/scripts/dom.js";
import { inkOn } from "./contrast.js";
import { Conversation } from "./conversation.js";
import { icon, tool } from "./icons.js";
import { labelled, language, text } from "./language.js";
import { OPTIONS } from "./options.js";
import { Quote } from "./quote.js";

const DARK = matchMedia("(prefers-color-scheme: dark)");
const NARROW = matchMedia("(max-width: 30em)");

/** A site may call `open()`, `close()` and `ask(question)`; it has the attribute `open` meanwhile. */
export class SourcierWidget extends HTMLElement {
  #opener; // what had the focus before a quote
  #bubble = element("button", { type: "button", class: "bubble", "aria-haspopup": "dialog" }, icon("rod", "drop"));
  #conversation = new Conversation({ open: (_, item) => this.#quoted(item) });
  #quote = new Quote({ closed: () => this.#unquoted() });
  #talk = element("div", { class: "sheet" }, this.#head(), this.#conversation.nodes);
  #dialog = element("dialog", { "aria-labelledby": "title" }, this.#talk, this.#quote.node);

  constructor() {
    super();
    this.#bubble.addEventListener("click", () => (this.#dialog.open ? this.close() : this.open()));
    this.#dialog.addEventListener("keydown", (event) => this.#pressed(event));
    this.#dialog.addEventListener("close", () => this.#tell());
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(this.#bubble, this.#dialog);
  }

  /** Takes its place and its colours. */
  connectedCallback() {
    const { accent, position, theme } = OPTIONS;
    const paint = () => {
      this.toggleAttribute("dark", theme ? theme === "dark" : DARK.matches);
      const ink = inkOn(getComputedStyle(this.#bubble).backgroundColor);
      this.style.setProperty("--on-accent", ink);
    };
    this.lang = language();
    this.toggleAttribute("left", position === "left");
    if (CSS.supports("color", accent)) this.style.setProperty("--sourcier-accent", accent);
    DARK.addEventListener("change", paint);
    this.#tell();
    paint();
  }

  /** Opens the dialog; on a narrow screen it covers the page. */
  open() {
    if (this.#dialog.open) return;
    if (NARROW.matches) this.#dialog.showModal();
    else this.#dialog.show();
    this.#tell();
    this.#conversation.focus();
  }

  /** Closes the dialog; the focus goes back to where it was. */
  close() {
    this.#dialog.close();
  }

  /** Opens the dialog and asks. */
  ask(question) {
    this.open();
    if (this.#quote.isOpen) this.#quote.close();
    this.#conversation.ask(question);
  }

  #head() {
    return element(
      "header",
      {},
      icon("rod", "drop"),
      element("h2", { id: "title" }, OPTIONS.title ?? text("title")),
      tool("newConversation", () => this.#conversation.clear()),
      tool("close", () => this.close()),
    );
  }

  #quoted(item) {
    this.#opener = this.shadowRoot.activeElement;
    this.#quote.open(item);
    this.#talk.inert = true;
  }

  #unquoted() {
    this.#talk.inert = false;
    (this.#opener ?? this.#conversation).focus();
  }

  #pressed(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault(); // a modal dialog would close under the quote
    if (this.#quote.isOpen) this.#quote.close();
    else this.close();
  }

  /** Says on the bubble, and to the site, whether the dialog is open. */
  #tell() {
    const { open } = this.#dialog;
    this.toggleAttribute("open", open);
    this.#bubble.setAttribute("aria-expanded", open);
    labelled(this.#bubble, open ? "close" : "bubble", "aria");
    if (!open && this.#quote.isOpen) this.#quote.close();
  }
}

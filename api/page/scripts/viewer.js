/** The document dialog: a stored text, scrolled to a quote that is checked against it. */

import { storedText } from "./api.js";
import { slicePoints, toUnits } from "./code-points.js";
import { byId, element } from "./dom.js";
import { languageBadge, originalLink, pageNumber, publicationDay } from "./facts.js";
import { labelled } from "./language.js";
import { showProblem } from "./problem.js";
import { StoredText } from "./stored-text.js";

let shown = null;

/** Makes the dialog's buttons work. */
export function mountViewer() {
  const dialog = byId("viewer");
  byId("viewer-close").addEventListener("click", () => dialog.close());
  byId("viewer-previous").addEventListener("click", () => step(-1));
  byId("viewer-next").addEventListener("click", () => step(1));
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // the backdrop
  });
  dialog.addEventListener("close", () => {
    shown = null;
    byId("viewer-text").replaceChildren();
  });
}

/**
 * Opens the document `{document_id, title, language, url, published_at}`. `quotes` are the
 * places to highlight, `{number, start, end, text, page}` in code points, in the order of the
 * text; a passage has no number. `active` is the one to go to, null for none.
 */
export async function openDocument(source, { quotes = [], active = null } = {}) {
  const opening = { source, quotes, active, text: null, view: null };
  shown = opening;
  describe(opening);
  const place = byId("viewer-text");
  place.replaceChildren(element("p", { class: "loading", label: "loading" }));
  place.lang = source.language;
  byId("viewer").showModal();
  try {
    opening.text = await storedText(source.document_id);
  } catch (error) {
    if (shown === opening) showProblem(place, error);
    return;
  }
  if (shown !== opening) return; // closed, or another one opened meanwhile
  opening.view = new StoredText(place, opening.text);
  goTo(opening, active);
}

function describe({ source, active }) {
  const title = byId("viewer-title");
  title.textContent = source.title;
  title.lang = source.language;
  const facts = [
    languageBadge(source.language),
    publicationDay(source.published_at),
    pageNumber(active?.page),
    originalLink(source),
  ];
  byId("viewer-about").replaceChildren(...facts.filter(Boolean));
  byId("viewer-quotes").hidden = active === null;
  byId("viewer-check").replaceChildren();
  byId("viewer-position").textContent = "";
}

function step(by) {
  if (!shown?.view) return;
  const next = shown.quotes[shown.quotes.indexOf(shown.active) + by];
  if (next) goTo(shown, next);
}

function goTo(opening, quote) {
  opening.active = quote;
  describe(opening);
  const held = opening.quotes.filter((each) => stands(opening.text, each));
  const spans = spansOf(opening.text, held);
  if (quote) position(opening, held.includes(quote));
  opening.view.show({
    active: spans.get(quote) ?? null,
    others: held.filter((each) => each !== quote).map((each) => spans.get(each)),
  });
}

/** Says which quote this is, and whether its words stand where the answer says they do. */
function position({ quotes, active }, isThere) {
  const count = quotes.length;
  const at = quotes.indexOf(active);
  const { number } = active;
  labelled(
    byId("viewer-position"),
    number === null ? "passagePosition" : ["quotePosition", { number, position: at + 1, count }],
  );
  byId("viewer-previous").hidden = byId("viewer-next").hidden = count < 2;
  byId("viewer-previous").disabled = at === 0;
  byId("viewer-next").disabled = at === count - 1;
  const check = byId("viewer-check");
  check.className = isThere ? "check" : "check failed";
  check.replaceChildren(element("span", { label: isThere ? "checked" : "changed" }));
}

function stands(text, { start, end, text: words }) {
  return slicePoints(text, start, end) === words;
}

/** Returns the span in UTF-16 units of each quote. */
function spansOf(text, quotes) {
  const units = toUnits(text, quotes.flatMap(({ start, end }) => [start, end]));
  return new Map(quotes.map((quote, i) => [quote, { start: units[2 * i], end: units[2 * i + 1] }]));
}

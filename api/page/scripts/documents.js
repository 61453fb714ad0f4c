/** The list of stored documents, a page at a time: read one, remove one. */

import { announce } from "./announce.js";
import { listDocuments, removeDocument } from "./api.js";
import { chosenCollection } from "./collections.js";
import { byId, element } from "./dom.js";
import { languageBadge, publicationDay } from "./facts.js";
import { language, text } from "./language.js";
import { clearProblem, showProblem } from "./problem.js";
import { confirmRemoval } from "./removal.js";
import { openDocument } from "./viewer.js";

let next = null;
let reading = 0;
let onRemoved = () => {};

/** Makes the list's buttons work; `removed` hears that one is gone, and if the list is stale. */
export function mountDocuments({ removed }) {
  onRemoved = removed;
  byId("more-documents").addEventListener("click", showMore);
}

/** Reads the first page anew and returns its documents. */
export async function refreshDocuments() {
  return readPage({ after: null });
}

async function showMore() {
  const list = byId("document-list");
  const seen = list.children.length;
  try {
    await readPage({ after: next });
  } catch (error) {
    showProblem(byId("documents-problem"), error);
    return;
  }
  list.children[seen]?.querySelector("button").focus();
}

async function readPage({ after }) {
  reading += 1;
  const mine = reading;
  const page = await listDocuments({ collection: chosenCollection(), after });
  if (mine !== reading) return page.documents; // a later reading replaces this one
  const items = page.documents.map(documentItem);
  if (after === null) byId("document-list").replaceChildren(...items);
  else byId("document-list").append(...items);
  next = page.next;
  byId("more-documents").hidden = next === null;
  clearProblem(byId("documents-problem"));
  return page.documents;
}

function documentItem(stored) {
  const { title } = stored;
  return element(
    "li",
    { class: "document" },
    element(
      "button",
      {
        type: "button",
        class: "document-title",
        lang: stored.language,
        "aria-haspopup": "dialog",
        on: { click: () => openDocument({ ...stored, document_id: stored.id }) },
      },
      title,
    ),
    element(
      "p",
      { class: "about" },
      languageBadge(stored.language),
      publicationDay(stored.published_at) ?? addedDay(stored.added_at),
      element("span", { label: ["characters", { count: stored.characters }] }),
    ),
    element(
      "button",
      {
        type: "button",
        class: "remove",
        "aria-haspopup": "dialog",
        ariaLabel: ["removeDocument", { title }],
        on: { click: (event) => remove(stored, event.currentTarget.closest("li")) },
      },
      element("span", { "aria-hidden": "true" }, "×"),
    ),
  );
}

function addedDay(moment) {
  return moment ? element("span", { label: ["added", { day: moment }] }) : null;
}

async function remove({ id, title }, item) {
  if (!(await confirmRemoval({ title }))) return;
  let stale = false;
  try {
    await removeDocument(id);
  } catch (error) {
    stale = error.status === 404; // gone already, perhaps with others of the list
    if (!stale) {
      showProblem(byId("documents-problem"), error);
      return;
    }
  }
  takeOut(item);
  announce({ text: text("removed", { title }), lang: language() });
  onRemoved({ stale });
}

/** Takes `item` out of the list; the focus goes to what stood beside it. */
function takeOut(item) {
  const neighbour = item.nextElementSibling ?? item.previousElementSibling;
  item.remove();
  (neighbour?.querySelector("button") ?? byId("documents-title")).focus();
}

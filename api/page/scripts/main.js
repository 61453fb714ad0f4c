/** Brings the page to life: the labels, the form, the documents, and what the service holds. */

import { status } from "./api.js";
import { askFor, mountAsk } from "./ask.js";
import { mountCollections, refreshCollections } from "./collections.js";
import { mountDocuments, refreshDocuments } from "./documents.js";
import { byId } from "./dom.js";
import { showExamples } from "./examples.js";
import { chooseLanguage, labelled, language, translate } from "./language.js";
import { clearProblem, showProblem } from "./problem.js";
import { mountSignIn } from "./sign-in.js";
import { mountUploads } from "./uploads.js";
import { mountViewer } from "./viewer.js";

let seenChange = null;

translate();
mountLanguages();
mountAsk();
mountViewer();
mountDocuments({ removed: afterRemoval });
mountUploads({ stored: refresh });
mountCollections({ onChange: refresh });
mountSignIn({ signedIn: refresh });
document.addEventListener("visibilitychange", refreshIfChanged);
refresh();

/** Reads what the service holds; without it the page says so and still stands. */
async function refresh() {
  try {
    await refreshCounts(); // first: a key may see other collections than the default one
    const documents = await refreshDocuments();
    showExamples(documents, { ask: askFor });
    clearProblem(byId("documents-problem"));
  } catch (error) {
    showProblem(byId("documents-problem"), error);
  }
}

/** Keeps the pages of the list that are open, and the focus in it, unless the list is stale. */
async function afterRemoval({ stale }) {
  if (stale) {
    await refresh();
    return;
  }
  try {
    await refreshCounts();
  } catch (error) {
    showProblem(byId("documents-problem"), error);
  }
}

async function refreshCounts() {
  const count = await refreshCollections();
  const label = count > 0 ? ["documentCount", { count }] : "documents";
  labelled(byId("to-documents"), label);
  labelled(byId("documents-title"), label);
  byId("empty").hidden = count > 0;
  if (count === 0) showExamples([], { ask: askFor });
  const { documents, passages, encoder, version, change } = await status();
  labelled(byId("status"), ["status", { documents, passages, encoder, version }]);
  seenChange = change;
}

/** The command line may have brought documents in while the page was out of sight. */
async function refreshIfChanged() {
  if (document.visibilityState !== "visible" || seenChange === null) return;
  try {
    if ((await status()).change !== seenChange) await refresh();
  } catch (error) {
    showProblem(byId("documents-problem"), error);
  }
}

function mountLanguages() {
  const buttons = document.querySelectorAll(".languages button");
  const mark = () =>
    buttons.forEach((button) =>
      button.setAttribute("aria-pressed", String(button.dataset.language === language())),
    );
  for (const button of buttons) {
    button.addEventListener("click", () => {
      chooseLanguage(button.dataset.language);
      mark();
    });
  }
  mark();
}

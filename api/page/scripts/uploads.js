/** Uploads: files dropped anywhere or chosen, sent one after the other, each with its outcome. */

import { announce } from "./announce.js";
import { upload } from "./api.js";
import { chosenCollection } from "./collections.js";
import { byId, element } from "./dom.js";
import { droppedFiles } from "./dropped.js";
import { labelled, language, text } from "./language.js";
import { showProblem } from "./problem.js";

const waiting = [];
let busy = false;
let onStored = () => {};

/** Makes the drop zone, the file button and dropping anywhere work. */
export function mountUploads({ stored }) {
  onStored = stored;
  byId("files").addEventListener("change", (event) => {
    add([...event.target.files].map((file) => ({ file, source: null })));
    event.target.value = ""; // so that the same file can be chosen again
  });
  window.addEventListener("dragover", (event) => drag(event, true));
  window.addEventListener("dragleave", (event) => drag(event, event.relatedTarget !== null));
  window.addEventListener("drop", async (event) => {
    if (!holdsFiles(event)) return;
    drag(event, false);
    add(await droppedFiles(event.dataTransfer));
  });
}

function drag(event, over) {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  document.body.classList.toggle("dragging", over);
}

function holdsFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

function add(files) {
  if (files.length === 0) return;
  byId("uploads").hidden = false;
  waiting.push(...files.map((chosen) => ({ ...chosen, view: new UploadView(chosen) })));
  byId("uploads").scrollIntoView({ block: "nearest" });
  if (!busy) sendAll();
}

async function sendAll() {
  busy = true;
  const collection = chosenCollection();
  while (waiting.length > 0) {
    const { file, source, view } = waiting.shift();
    try {
      view.finished(await upload(file, { collection, source, onProgress: view.progress }));
    } catch (error) {
      view.failed(error);
    }
  }
  busy = false;
  onStored();
}

/** One line of the list: name, progress, outcome. */
class UploadView {
  #name;
  #bar;
  #state = element("span", { class: "upload-state", label: "waiting" });
  #problem = element("div", { class: "upload-problem" });
  #item;

  constructor({ file, source }) {
    this.#name = source ?? file.name;
    const label = ["uploadOf", { name: this.#name }];
    this.#bar = element("progress", { max: 1, value: 0, ariaLabel: label });
    const name = element("span", { class: "upload-name" }, this.#name);
    this.#item = element("li", {}, name, this.#state, this.#bar, this.#problem);
    byId("uploads").append(this.#item);
  }

  progress = (share) => {
    if (share < 1) {
      this.#bar.value = share;
      labelled(this.#state, ["sending", { share }]);
    } else {
      this.#bar.removeAttribute("value"); // sent; how long reading takes is not known
      labelled(this.#state, "reading");
    }
  };

  finished(reply) {
    this.#close("done", outcome(reply));
    for (const { detail } of (reply.problems ?? []).slice(0, 5)) {
      this.#problem.append(element("p", { lang: "en" }, detail));
    }
  }

  failed(error) {
    this.#close("failed", "uploadRefused");
    if (error.detail) this.#problem.append(element("p", { lang: "en" }, error.detail));
    else showProblem(this.#problem, error);
  }

  #close(state, label) {
    this.#bar.remove();
    this.#item.classList.add(state);
    labelled(this.#state, label);
    const result = this.#state.textContent;
    announce({ text: text("uploadDone", { name: this.#name, result }), lang: language() });
  }
}

/** Returns the label of what became of a file: one document, or one for each of its rows. */
function outcome(reply) {
  if (!reply.documents) {
    if (reply.unchanged) return "uploadUnchanged";
    return reply.replaced ? "uploadReplaced" : "uploadNew";
  }
  const unchanged = reply.documents.filter((row) => row.unchanged).length;
  const replaced = reply.documents.filter((row) => row.replaced).length;
  const fresh = reply.documents.length - unchanged - replaced;
  const { removed, problems } = reply;
  return ["uploadRows", { fresh, replaced, unchanged, removed, problems: problems.length }];
}

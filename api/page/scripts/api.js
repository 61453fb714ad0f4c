/** The service's HTTP API, as this page uses it. Paths are relative: it may live under a prefix. */

import { eventsOf } from "./event-stream.js";
import { keyHeaders } from "./key.js";

let keyNeeded = () => {};

/** Calls `listener` whenever the service asks for a key, or for another one. */
export function onKeyNeeded(listener) {
  keyNeeded = listener;
}

/** What the service, or the way to it, had against a request. `status` 0: it was not reached. */
export class Problem extends Error {
  constructor({ status, detail = "" }) {
    super(detail || `status ${status}`);
    this.status = status;
    this.detail = detail;
  }
}

/**
 * Returns the answer to `{question, language, collection, history}`; until it is there
 * `onEvent(name, content)` hears of its parts, if the browser and the way to it let them through.
 */
export async function ask(request, { signal, onEvent }) {
  const stream = "body" in Response.prototype;
  const response = await post("v1/ask", { ...request, stream }, { signal });
  const type = response.headers.get("Content-Type") ?? "";
  if (!type.startsWith("text/event-stream")) return response.json();
  const reader = response.body.getReader();
  for await (const { name, data } of eventsOf(() => reached(reader.read()))) {
    const content = JSON.parse(data);
    if (name === "done") return content;
    if (name === "error") throw new Problem(content);
    onEvent(name, content);
  }
  throw new Problem({ status: 0 }); // cut off before the end
}

/** Sends what a person thinks of an answer, `{answer_id, helpful, comment}`. */
export async function giveFeedback(opinion) {
  await post("v1/feedback", opinion);
}

/** Returns a page of documents, `{documents, next}`. */
export async function listDocuments({ collection, after = null }) {
  const query = new URLSearchParams({ collection, ...(after && { after }) });
  return (await call(`v1/documents?${query}`)).json();
}

/** Returns a document's stored text, as it is: a byte order mark would count, so it stays. */
export async function storedText(documentId) {
  const response = await call(`${documentPath(documentId)}/text`, {
    headers: { Accept: "text/plain" },
  });
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.arrayBuffer());
}

/** Deletes a document. */
export async function removeDocument(documentId) {
  await call(documentPath(documentId), { method: "DELETE" });
}

/** Returns all collections, `[{name, documents, passages}]`. */
export async function listCollections() {
  return (await (await call("v1/collections")).json()).collections;
}

/** Returns what the service holds and runs. */
export async function status() {
  return (await call("v1/status")).json();
}

/**
 * Sends a file and returns what became of it; `onProgress` hears the share sent, 0 to 1.
 * `source` names it from one version to the next; null leaves that to the file's name.
 * By XMLHttpRequest, since fetch does not tell how much it has sent.
 */
export function upload(file, { collection, source, onProgress }) {
  const form = new FormData();
  form.append("collection", collection);
  if (source !== null) form.append("source", source);
  form.append("file", file, file.name);
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("error", () => reject(new Problem({ status: 0 })));
    request.addEventListener("abort", () => reject(new Problem({ status: 0 })));
    request.addEventListener("load", () => {
      const reply = parsed(request.responseText);
      if (request.status < 300 && reply) resolve(reply);
      else reject(refusal(request.status, reply));
    });
    request.open("POST", "v1/documents");
    const headers = { Accept: "application/json", ...keyHeaders() };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(form);
  });
}

function post(path, content, { signal } = {}) {
  const headers = { "Content-Type": "application/json" };
  return call(path, { method: "POST", headers, body: JSON.stringify(content), signal });
}

async function call(path, options = {}) {
  const headers = { ...options.headers, ...keyHeaders() };
  const response = await reached(fetch(path, { ...options, headers }));
  if (response.ok) return response;
  throw refusal(response.status, parsed(await response.text()));
}

function refusal(status, reply) {
  if (status === 401) keyNeeded();
  return new Problem({ status, detail: detailOf(reply) });
}

/** Returns what `reply` resolves to; a way to the service that fails becomes a problem. */
async function reached(reply) {
  try {
    return await reply;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ status: 0 });
  }
}

function documentPath(documentId) {
  return `v1/documents/${encodeURIComponent(documentId)}`;
}

function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** Returns the words of an RFC 9457 problem, with the first of its particulars. */
function detailOf(problem) {
  const particular = problem?.errors?.[0]?.detail;
  return [problem?.detail, particular].filter(Boolean).join(" ");
}

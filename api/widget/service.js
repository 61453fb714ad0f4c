/** The service's HTTP API, as the widget calls it: from another origin, without cookies. */

import { eventsOf } from "../page/scripts/event-stream.js";
import { OPTIONS, SCRIPT } from "./options.js";

const BASE = new URL(".", SCRIPT?.src || location.href).href; // it may live under a prefix
// No cookie goes out or comes in, and the service does not learn which page this is.
const APART = { credentials: "omit", referrerPolicy: "no-referrer" };

/** In place of a status, where the service is there and lets this origin read nothing. */
export const ORIGIN_REFUSED = -1;

/** What is wrong with a request; `status` 0: no service was reached. `wait` is in seconds. */
export class Problem extends Error {
  constructor({ status, detail, wait }) {
    super(detail);
    this.status = status;
    this.wait = wait;
    // For whoever looks after the site; the visitor is told in words of their own.
    console.error(`Sourcier at ${BASE} (status ${status}): ${detail}`);
  }
}

/** Returns the answer to `{question, history}`; `onEvent(name, content)` hears of its parts. */
export async function ask(request, { signal, onEvent }) {
  const collection = OPTIONS.collection || "default";
  const response = await post("v1/ask", { ...request, collection, stream: true }, { signal });
  const reader = response.body.getReader();
  const read = () => reached(reader.read(), () => new Problem({ status: 0, detail: "cut off" }));
  for await (const { name, data } of eventsOf(read)) {
    const content = JSON.parse(data);
    if (name === "done") return content;
    if (name === "error") throw new Problem(content);
    onEvent(name, content);
  }
  throw new Problem({ status: 0, detail: "cut off" });
}

/** Sends what a person thinks of an answer, `{answer_id, helpful}`. */
export function giveFeedback(opinion) {
  return post("v1/feedback", opinion);
}

/** Returns a document's stored text, as it is: a byte order mark would count, so it stays. */
export async function storedText(documentId) {
  const response = await call(`v1/documents/${documentId}/text`, { headers: { Accept: "text/plain" } });
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.arrayBuffer());
}

function post(path, content, options) {
  const headers = { "Content-Type": "application/json" };
  return call(path, { method: "POST", headers, body: JSON.stringify(content), ...options });
}

async function call(path, options) {
  if (OPTIONS.key) options.headers.Authorization = `Bearer ${OPTIONS.key}`;
  const response = await reached(fetch(BASE + path, { ...options, ...APART }), whyUnread);
  if (response.ok) return response;
  const { status, headers } = response;
  const { detail, errors } = await response.json().catch(() => ({}));
  const wait = headers.get("Retry-After") ?? "60";
  throw new Problem({ status, detail: errors?.[0]?.detail ?? detail, wait });
}

/** Returns what `reply` resolves to; where it does not, throws what `why` finds. */
async function reached(reply, why) {
  try {
    return await reply;
  } catch (error) {
    throw error.name === "AbortError" ? error : await why();
  }
}

/** A browser does not say why a reply cannot be read; whether anyone's script loads tells it. */
async function whyUnread() {
  const loaded = await fetch(SCRIPT.src, { mode: "no-cors", cache: "no-store", ...APART }).catch(() => null);
  if (loaded) {
    const detail = `its setting SOURCIER_CORS_ORIGINS must name ${location.origin}`;
    return new Problem({ status: ORIGIN_REFUSED, detail });
  }
  return new Problem({ status: 0, detail: "not reached: is it up, and allowed by connect-src here?" });
}

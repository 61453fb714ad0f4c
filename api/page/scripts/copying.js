/** An answer as plain text with its numbered sources, to paste into an article or a mail. */

import { slicePoints } from "./code-points.js";
import { element, webAddress } from "./dom.js";
import { labelled } from "./language.js";

/** Returns a button that copies `answer` with its sources. */
export function copyButton(answer) {
  const button = element("button", { type: "button", class: "link copy", label: "copy" });
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(plainText(answer));
      labelled(button, "copied");
    } catch {
      labelled(button, "notCopied"); // no permission, or a page not served over HTTPS
    }
  });
  return button;
}

/** Returns the answer with `[1]` after what source 1 proves, then a line for each source. */
export function plainText({ answer, sentences, citations }) {
  let cited = "";
  let at = 0;
  for (const sentence of sentences) {
    const marks = sentence.citations.map((number) => ` [${number}]`).join("");
    cited += slicePoints(answer, at, sentence.end) + marks;
    at = sentence.end;
  }
  cited += slicePoints(answer, at, Infinity);
  return [cited, "", ...citations.map(reference)].join("\n");
}

function reference({ number, title, published_at, page, url, quote }) {
  const place = [title, published_at, page && `p. ${page}`, webAddress(url)].filter(Boolean);
  return `[${number}] ${place.join(", ")}: “${quote}”`;
}

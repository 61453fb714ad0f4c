/** Server-sent events out of a POST, which an EventSource cannot make. */

const LINE_END = /\r\n|\n|\r(?!$)/; // a last \r may be half of one

/**
 * Yields each event as `{name, data}`. `read` is that of a reader of UTF-8 bytes: it resolves to
 * `{done, value}`. What the end cuts off is no event.
 */
export async function* eventsOf(read) {
  let name = "message";
  let data = [];
  for await (const line of linesOf(read)) {
    if (line === "") {
      if (data.length > 0) yield { name, data: data.join("\n") };
      [name, data] = ["message", []];
      continue;
    }
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (field === "event") name = value;
    if (field === "data") data.push(value);
  }
}

async function* linesOf(read) {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split(LINE_END);
    rest = lines.pop();
    yield* lines;
  }
}

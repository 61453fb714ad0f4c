/** Which stretches of a text are highlighted; all offsets are UTF-16 units, half-open. */

/**
 * Cuts `[start, end)` into runs `{start, end, kind}`, in order and without gaps: `kind` is
 * "active" inside the span `active`, "other" inside any of `others`, else "plain". The active
 * span stays whole where others overlap it.
 */
export function runs({ start, end }, { active = null, others = [] }) {
  const spans = [active, ...others].filter(Boolean);
  const inside = spans.flatMap((span) => [span.start, span.end]).filter((at) => start < at && at < end);
  const cuts = [...new Set([start, ...inside, end])].sort((a, b) => a - b);
  const found = [];
  for (let index = 0; index + 1 < cuts.length; index += 1) {
    const [from, to] = [cuts[index], cuts[index + 1]];
    const kind = kindAt(from, active, others);
    const last = found.at(-1);
    if (last?.kind === kind) last.end = to;
    else found.push({ start: from, end: to, kind });
  }
  return found;
}

function kindAt(at, active, others) {
  const holds = (span) => span !== null && span.start <= at && at < span.end;
  if (holds(active)) return "active";
  return others.some(holds) ? "other" : "plain";
}

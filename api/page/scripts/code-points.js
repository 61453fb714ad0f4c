/**
 * Offsets as the service counts them (Unicode code points) in JavaScript strings, which count
 * UTF-16 units: an emoji is one of the former and two of the latter.
 */

const SURROGATE = /[\uD800-\uDBFF]/;

/** Returns the UTF-16 offset of each code point offset; one walk, so that long texts are quick. */
export function toUnits(text, points) {
  if (!SURROGATE.test(text)) {
    return points.map((point) => Math.min(point, text.length));
  }
  const units = new Map();
  const ascending = [...new Set(points)].sort((a, b) => a - b);
  let unit = 0;
  let point = 0;
  for (const wanted of ascending) {
    while (point < wanted && unit < text.length) {
      unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
      point += 1;
    }
    units.set(wanted, unit);
  }
  return points.map((wanted) => units.get(wanted));
}

/** Returns the part of `text` from `start` to `end`, both counted in code points. */
export function slicePoints(text, start, end) {
  return text.slice(...toUnits(text, [start, end]));
}

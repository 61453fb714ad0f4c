/** Which ink can be read on a colour that a site chose. */

// At this luminance black and white stand out alike, by a ratio of 4.58 [1].
// [1] WCAG 2.2, relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
const MIDDLE = 0.179;

/** Returns the better of black and white on `colour`, as browsers compute it; only rgb() is read. */
export function inkOn(colour) {
  const channels = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(colour)?.slice(1);
  if (!channels) return "#fff";
  const [red, green, blue] = channels.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > MIDDLE ? "#000" : "#fff";
}

/** The key that the service asks for: kept by this tab only, sent as a header, never a cookie. */

const NAME = "sourcier-key";

let key = stored();

/** Returns the headers that show the key, none where there is no key. */
export function keyHeaders() {
  return key ? { Authorization: `Bearer ${key}` } : {};
}

/** Returns whether a key was given; after a refusal, whether it was a wrong one. */
export function hasKey() {
  return Boolean(key);
}

/** Keeps `given` until the tab is closed. */
export function keepKey(given) {
  key = given;
  try {
    sessionStorage.setItem(NAME, given);
  } catch {
    // Storage is blocked: the key lasts until the page is left.
  }
}

function stored() {
  try {
    return sessionStorage.getItem(NAME);
  } catch {
    return null;
  }
}

/** The choice of a collection, shown where there is more than one. */

import { listCollections } from "./api.js";
import { byId, element } from "./dom.js";

const DEFAULT = "default";

/** Returns the name of the chosen collection. */
export function chosenCollection() {
  return byId("collection").value || DEFAULT;
}

/** Calls `onChange` when another collection is chosen. */
export function mountCollections({ onChange }) {
  byId("collection").addEventListener("change", onChange);
}

/** Reads the collections anew and returns how many documents the chosen one holds. */
export async function refreshCollections() {
  const collections = await listCollections();
  const chosen = chosenCollection();
  const options = collections.map(({ name }) =>
    element("option", { value: name, selected: name === chosen }, name),
  );
  byId("collection").replaceChildren(...options);
  byId("collection-choice").hidden = collections.length < 2;
  return collections.find(({ name }) => name === chosenCollection())?.documents ?? 0;
}

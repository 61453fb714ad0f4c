/** What the tag that loads the widget says: its address, and its `data-` attributes. */

/** The tag, null where the script is loaded in a way that does not tell (as a module). */
export const SCRIPT = document.currentScript;

/** The attributes: collection, key, language, title, greeting, questions, accent, theme, position. */
export const OPTIONS = SCRIPT?.dataset ?? {};

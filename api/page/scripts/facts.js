/** The small facts beside a title: language, date, page, the way to the original. */

import { element, webAddress } from "./dom.js";

/** Returns the badge of a language; screen readers hear it in full. */
export function languageBadge(language) {
  return element(
    "span",
    { class: `badge badge-${language}` },
    element("span", { "aria-hidden": "true" }, language.toUpperCase()),
    element("span", { class: "visually-hidden", label: ["sourceLanguage", { language }] }),
  );
}

/** Returns the date on which a source was published, or null. */
export function publicationDay(day) {
  return day ? element("time", { datetime: day, label: ["day", { day }] }) : null;
}

/** Returns the page of a quote, or null where its format has none. */
export function pageNumber(page) {
  return page ? element("span", { label: ["page", { page }] }) : null;
}

/** Returns a link to where a source was published, or null unless that is on the web. */
export function originalLink({ url, title }) {
  const href = webAddress(url);
  if (!href) return null;
  return element("a", {
    href,
    target: "_blank",
    rel: "noopener noreferrer",
    class: "original",
    label: "original",
    ariaLabel: ["originalOf", { title }],
  });
}

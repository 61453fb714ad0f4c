/** Dates, numbers and durations as each language writes them. */

const LOCALES = { fr: "fr-FR", en: "en-GB" };

/** The formats of one language. */
export class Formats {
  #locale;

  constructor(language) {
    this.#locale = LOCALES[language];
  }

  /** `day` is ISO 8601, with or without a time: "26 juillet 2025". */
  day(day) {
    const moment = new Date(day.length === 10 ? `${day}T00:00:00Z` : day);
    const timeZone = day.length === 10 ? "UTC" : undefined;
    const written = new Intl.DateTimeFormat(this.#locale, { dateStyle: "long", timeZone });
    const text = written.format(moment);
    return this.#locale === LOCALES.fr ? text.replace(/^1\b/, "1er") : text;
  }

  /** "1 200" in French, "1,200" in English. */
  number(value) {
    return new Intl.NumberFormat(this.#locale).format(value);
  }

  /** `share` from 0 to 1: "40 %". */
  share(share) {
    return new Intl.NumberFormat(this.#locale, { style: "percent" }).format(share);
  }

  /** "12 ms", from a second on "1,3 s". */
  duration(milliseconds) {
    const [value, unit, digits] =
      milliseconds < 1000 ? [milliseconds, "ms", 0] : [milliseconds / 1000, "s", 1];
    const number = new Intl.NumberFormat(this.#locale, { maximumFractionDigits: digits });
    return `${number.format(value)}\u00a0${unit}`;
  }

  /** The singular or the plural: "1 source", "2 sources". */
  count(value, one, many) {
    const form = new Intl.PluralRules(this.#locale).select(value) === "one" ? one : many;
    return `${this.number(value)}\u00a0${form}`;
  }
}

/** What the page says in English. A function takes the values that its label shows. */

import { Formats } from "./formats.js";

const format = new Formats("en");
const LANGUAGES = { fr: "French", en: "English" };

export const EN = {
  pageTitle: "Sourcier: a question, and its source",
  skip: "Skip to the question",
  navigation: "Page",
  pageLanguage: "Language of the page",

  headline: "A question, and its source.",
  intro:
    "Ask in French or English. The answer comes from your documents, and every sentence leads to the exact quote that proves it.",
  question: "Your question",
  questionHint: "Enter asks, Shift + Enter starts a new line.",
  questionMissing: "Write a question first.",
  ask: "Ask",
  asking: "Searching…",
  answerLanguage: "Answer in",
  likeTheQuestion: "the question’s language",
  french: "French",
  english: "English",
  collection: "Collection",
  examples: "For example",
  emptyTitle: "There is nothing to draw from yet",
  emptyUpload: "Drop files anywhere on this page, or choose them below.",
  emptyCommand: "For a whole folder, run this where Sourcier is installed:",
  emptyFolder: "FOLDER",
  emptySample: "To try it on the bundled texts:",

  answers: "Answers",
  answerIn: ({ language }) => `Answer in ${LANGUAGES[language]}`,
  confidenceHigh: "high confidence",
  confidenceMedium: "fair confidence",
  confidenceLow: "low confidence",
  sourceCount: ({ count }) => format.count(count, "source", "sources"),
  refused: "No answer",
  refusalWhy: ({ count }) =>
    count
      ? `Sourcier does not guess: it read ${format.count(count, "passage", "passages")} and none answers with enough certainty.`
      : "Nothing in the documents comes near this question.",
  untranslated: ({ languages }) =>
    `The source is in ${languages.map((code) => LANGUAGES[code]).join(" and ")}. It is quoted as it stands, not translated.`,
  generatorUnavailable:
    "The language model is not available. This answer is made of sentences taken from the documents.",
  encoderUnavailable:
    "Only words could be searched: what reads for meaning is not available. The documents may say more.",
  otherLanguage: "This answer is not wholly in the language of the question.",
  sources: "Sources",
  openCitation: ({ number, title }) => `Source ${number}: see the quote in “${title}”`,
  seeInDocument: "See in the document",
  seeQuoteOf: ({ number, title }) => `See in the document “${title}”, quote ${number}`,
  seePassageOf: ({ title }) => `See in the document “${title}”`,
  original: "Original page",
  originalOf: ({ title }) => `Original page of “${title}” (opens a new tab)`,
  verified: "word for word",
  unverified: "not verified",
  sourceLanguage: ({ language }) => `In ${LANGUAGES[language]}`,
  page: ({ page }) => `page ${format.number(page)}`,
  day: ({ day }) => format.day(day),
  passagesRead: ({ count }) => `${format.count(count, "passage", "passages")} read`,
  passagesClose: ({ count }) =>
    count === 1 ? "The closest passage" : "Closest passages",
  relevance: ({ score }) => `relevance ${format.share(score)}`,
  made: ({ encoder, generator, total }) =>
    `Encoder ${encoder}, generator ${generator}, ${format.duration(total)}.`,
  copy: "Copy with sources",
  copied: "Copied",
  notCopied: "The browser does not allow it",
  understoodAs: "Understood as:",
  inShort: "In short:",
  partlySupported: "partly proved",
  notSupported: "not proved",
  stop: "Stop",
  interrupted: "Interrupted: this is not the whole answer.",

  followUp: "Your next question",
  newConversation: "New conversation",

  wasItHelpful: "Did this answer help?",
  helpfulYes: "Yes",
  helpfulNo: "No",
  thanks: "Thank you, it is noted.",
  comment: "A comment, if you like",
  sendComment: "Send the comment",
  thanksForComment: "Thank you for the comment.",

  answerReady: ({ sources }) => `Answer, ${format.count(sources, "source", "sources")}:`,
  answerRefused: "No answer:",

  close: "Close",
  documentText: "Text of the document",
  loading: "Loading…",
  quotePosition: ({ number, position, count }) =>
    count > 1 ? `Quote ${number} (${position} of ${count} here)` : `Quote ${number}`,
  previousQuote: "Previous quote",
  nextQuote: "Next quote",
  passagePosition: "Passage read for the answer",
  checked: "Checked just now: these words stand in the stored text.",
  changed: "The document has changed since this answer: the quote is no longer at this place.",
  textBefore: "Show what comes before",
  textAfter: "Show what follows",

  documents: "Documents",
  documentCount: ({ count }) => format.count(count, "document", "documents"),
  documentsIntro: "This is where Sourcier draws from.",
  dropHere: "Drop files or a folder here, or",
  chooseFiles: "choose files",
  formats: "Text, Markdown, HTML, PDF, Word, PowerPoint, Excel, ODT, RTF, EPUB, e-mail, CSV, JSON Lines.",
  uploads: "Uploads",
  uploadOf: ({ name }) => `Upload of ${name}`,
  waiting: "waiting",
  sending: ({ share }) => `sending ${format.share(share)}`,
  reading: "reading and indexing…",
  uploadNew: "added",
  uploadUnchanged: "already here, unchanged",
  uploadReplaced: "replaced the earlier version",
  uploadRefused: "not added",
  uploadRows: ({ fresh, replaced, unchanged, removed, problems }) =>
    [
      fresh && `${format.number(fresh)} added`,
      replaced && `${format.number(replaced)} replaced`,
      unchanged && `${format.number(unchanged)} unchanged`,
      removed && `${format.number(removed)} removed`,
      problems && `${format.count(problems, "row", "rows")} refused`,
    ]
      .filter(Boolean)
      .join(", "),
  uploadDone: ({ name, result }) => `${name}: ${result}`,
  added: ({ day }) => `added on ${format.day(day)}`,
  characters: ({ count }) => format.count(count, "character", "characters"),
  moreDocuments: "Show more documents",
  remove: "Remove",
  removeDocument: ({ title }) => `Remove “${title}”`,
  removalTitle: "Remove this document?",
  removalBody: ({ title }) =>
    `“${title}” will no longer be used to answer. Your own file is not touched.`,
  keep: "Keep it",
  removed: ({ title }) => `“${title}” is removed.`,

  signInTitle: "A key, please",
  signInBody:
    "This service answers those who have a key. Whoever runs it gives them out. The key stays in this tab and is forgotten when you close it.",
  key: "Key",
  signIn: "Sign in",
  keyRefused: "This key is not valid, or no longer.",
  keyNeeded: "The service asks for a key.",
  tooManyRequests: "That was too many requests. Wait a little, then try again.",

  serviceSilent: "The service does not answer. Check that it is running, then try again.",
  serviceBusy: "The service is not ready. Try again in a few seconds.",
  serviceFailed: "The service met an unexpected error.",
  requestRefused: "The service refused this.",
  status: ({ documents, passages, encoder, version }) =>
    `Sourcier ${version} · ${format.count(documents, "document", "documents")} · ${format.count(passages, "passage", "passages")} · encoder ${encoder}`,
};

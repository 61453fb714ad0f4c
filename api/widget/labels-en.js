/** What the widget says in English. A function takes the values that its label shows. */

const ENGLISH_NAMES = { fr: "French", en: "English" };

export const EN = {
  title: "A question, and its source",
  greeting:
    "Ask in French or English. Every sentence of the answer leads to the exact quote that proves it.",
  bubble: "Ask a question",
  close: "Close",
  conversation: "Conversation",
  newConversation: "New conversation",
  question: "Your question",
  ask: "Ask",
  stop: "Stop",

  searching: "Searching…",
  answerReady: "Answer:",
  refused: "No answer",
  passagesClose: "The closest passages:",
  understoodAs: "Understood as:",
  inShort: "In short:",
  openCitation: ({ number, title }) => `Source ${number}: see the quote in “${title}”`,
  partlySupported: "partly proved",
  notSupported: "not proved",
  interrupted: "Interrupted: this is not the whole answer.",
  untranslated: ({ languages: [code] }) =>
    `The source is in ${ENGLISH_NAMES[code]}. It is quoted as it stands, not translated.`,
  generatorUnavailable:
    "The language model is not available. This answer is made of sentences taken from the documents.",
  encoderUnavailable:
    "Only words could be searched: what reads for meaning is not available. The documents may say more.",
  otherLanguage: "This answer is not wholly in the language of the question.",

  back: "Back to the answer",
  loading: "Loading…",
  checked: "Checked just now: these words stand in the document.",
  changed: "The document has changed since this answer. It was quoted as:",
  sourceLanguage: ({ language }) => `In ${ENGLISH_NAMES[language]}`,
  page: ({ page }) => `page ${page}`,
  day: ({ day }) => new Date(day).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" }),
  original: "Original page",
  originalOf: ({ title }) => `Original page of “${title}” (opens a new tab)`,

  wasItHelpful: "Did this help?",
  helpfulYes: "Yes",
  helpfulNo: "No",
  thanks: "Thank you, noted.",

  serviceSilent: "The service cannot be reached. Check your connection, then try again.",
  originRefused: "The service does not answer this site. Its operator can allow it.",
  keyRefused: "The key that this site has for the service is not valid.",
  tooManyRequests: ({ wait }) => `Too many questions at once. Try again in ${wait} s.`,
  serviceBusy: "The service is not ready. Try again in a few seconds.",
  serviceFailed: "Something unexpected went wrong in the service.",
  requestRefused: "The service refused.",
};

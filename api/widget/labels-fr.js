/**
 * Ce que le widget dit en français. Une fonction prend les valeurs que son libellé montre.
 *
 * The spaces before « ? » and « : », and within guillemets, are no-break ones; a test looks.
 */

const FRENCH_NAMES = { fr: "français", en: "anglais" };

export const FR = {
  title: "Une question, et sa source",
  greeting:
    "Demandez en français ou en anglais. Chaque phrase de la réponse mène à la citation exacte qui la prouve.",
  bubble: "Poser une question",
  close: "Fermer",
  conversation: "Conversation",
  newConversation: "Nouvelle conversation",
  question: "Votre question",
  ask: "Demander",
  stop: "Arrêter",

  searching: "Recherche…",
  answerReady: "Réponse :",
  refused: "Pas de réponse",
  passagesClose: "Les passages les plus proches :",
  understoodAs: "Question comprise :",
  inShort: "En bref :",
  openCitation: ({ number, title }) => `Source ${number} : voir la citation dans « ${title} »`,
  partlySupported: "prouvée en partie",
  notSupported: "non prouvée",
  interrupted: "Interrompue : cette réponse n’est pas entière.",
  untranslated: ({ languages: [code] }) =>
    `La source est en ${FRENCH_NAMES[code]}. Elle est citée telle quelle, sans traduction.`,
  generatorUnavailable:
    "Le modèle de langue n’est pas disponible. Cette réponse est faite de phrases tirées des documents.",
  encoderUnavailable:
    "Seuls les mots ont pu être cherchés : ce qui lit le sens n’est pas disponible. Les documents en disent peut-être plus.",
  otherLanguage: "Cette réponse n’est pas entièrement dans la langue de la question.",

  back: "Revenir à la réponse",
  loading: "Chargement…",
  checked: "Vérifié à l’instant : ces mots sont dans le document.",
  changed: "Le document a changé depuis cette réponse. Il était cité ainsi :",
  sourceLanguage: ({ language }) => `En ${FRENCH_NAMES[language]}`,
  page: ({ page }) => `page ${page}`,
  day: ({ day }) =>
    new Date(day)
      .toLocaleDateString("fr-FR", { dateStyle: "long", timeZone: "UTC" })
      .replace(/^1\b/, "1er"),
  original: "Page d’origine",
  originalOf: ({ title }) => `Page d’origine de « ${title} » (nouvel onglet)`,

  wasItHelpful: "Cette réponse vous aide-t-elle ?",
  helpfulYes: "Oui",
  helpfulNo: "Non",
  thanks: "Merci, c’est noté.",

  serviceSilent: "Le service est injoignable. Vérifiez votre connexion, puis réessayez.",
  originRefused: "Le service ne répond pas à ce site. Son exploitant peut l’autoriser.",
  keyRefused: "La clé que ce site a pour le service n’est pas valable.",
  tooManyRequests: ({ wait }) => `Trop de questions à la fois. Réessayez dans ${wait} s.`,
  serviceBusy: "Le service n’est pas prêt. Réessayez dans quelques secondes.",
  serviceFailed: "Le service a rencontré une erreur inattendue.",
  requestRefused: "Le service a refusé.",
};

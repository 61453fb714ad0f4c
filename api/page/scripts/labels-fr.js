/**
 * Ce que la page dit en français. Une fonction prend les valeurs que son libellé montre.
 *
 * Written with plain spaces; `typographic` puts the no-break ones where French wants them.
 */

import { Formats } from "./formats.js";

const format = new Formats("fr");
const LANGUAGES = { fr: "français", en: "anglais" };

const PLAIN = {
  pageTitle: "Sourcier : une question, et sa source",
  skip: "Aller à la question",
  navigation: "Page",
  pageLanguage: "Langue de la page",

  headline: "Une question, et sa source.",
  intro:
    "Demandez en français ou en anglais. La réponse vient de vos documents, et chaque phrase mène à la citation exacte qui la prouve.",
  question: "Votre question",
  questionHint: "Entrée pour demander, Maj + Entrée pour aller à la ligne.",
  questionMissing: "Écrivez d’abord une question.",
  ask: "Demander",
  asking: "Recherche…",
  answerLanguage: "Langue de la réponse",
  likeTheQuestion: "celle de la question",
  french: "français",
  english: "anglais",
  collection: "Collection",
  examples: "Par exemple",
  emptyTitle: "Il n’y a encore rien où puiser",
  emptyUpload: "Déposez des fichiers n’importe où sur cette page, ou choisissez-les plus bas.",
  emptyCommand: "Pour un dossier entier, lancez ceci là où Sourcier est installé :",
  emptyFolder: "DOSSIER",
  emptySample: "Pour l’essayer sur les textes fournis :",

  answers: "Réponses",
  answerIn: ({ language }) => `Réponse en ${LANGUAGES[language]}`,
  confidenceHigh: "confiance élevée",
  confidenceMedium: "confiance moyenne",
  confidenceLow: "confiance faible",
  sourceCount: ({ count }) => format.count(count, "source", "sources"),
  refused: "Pas de réponse",
  refusalWhy: ({ count }) =>
    count
      ? `Sourcier ne devine pas : ${format.count(count, "passage lu", "passages lus")}, aucun ne répond avec assez de certitude.`
      : "Rien dans les documents n’approche de cette question.",
  untranslated: ({ languages }) =>
    `La source est en ${languages.map((code) => LANGUAGES[code]).join(" et en ")}. Elle est citée telle quelle, sans traduction.`,
  generatorUnavailable:
    "Le modèle de langue n’est pas disponible. Cette réponse est faite de phrases tirées des documents.",
  encoderUnavailable:
    "Seuls les mots ont pu être cherchés : ce qui lit le sens n’est pas disponible. Les documents en disent peut-être plus.",
  otherLanguage: "Cette réponse n’est pas entièrement dans la langue de la question.",
  sources: "Sources",
  openCitation: ({ number, title }) => `Source ${number} : voir la citation dans « ${title} »`,
  seeInDocument: "Voir dans le document",
  seeQuoteOf: ({ number, title }) => `Voir dans le document « ${title} », citation ${number}`,
  seePassageOf: ({ title }) => `Voir dans le document « ${title} »`,
  original: "Page d’origine",
  originalOf: ({ title }) => `Page d’origine de « ${title} » (nouvel onglet)`,
  verified: "mot pour mot",
  unverified: "non vérifiée",
  sourceLanguage: ({ language }) => `En ${LANGUAGES[language]}`,
  page: ({ page }) => `page ${format.number(page)}`,
  day: ({ day }) => format.day(day),
  passagesRead: ({ count }) => format.count(count, "passage lu", "passages lus"),
  passagesClose: ({ count }) =>
    count === 1 ? "Le passage le plus proche" : "Les passages les plus proches",
  relevance: ({ score }) => `pertinence ${format.share(score)}`,
  made: ({ encoder, generator, total }) =>
    `Encodeur ${encoder}, générateur ${generator}, ${format.duration(total)}.`,
  copy: "Copier avec les sources",
  copied: "Copié",
  notCopied: "Le navigateur ne le permet pas",
  understoodAs: "Question comprise :",
  inShort: "En bref :",
  partlySupported: "prouvée en partie",
  notSupported: "non prouvée",
  stop: "Arrêter",
  interrupted: "Interrompue : cette réponse n’est pas entière.",

  followUp: "Votre question suivante",
  newConversation: "Nouvelle conversation",

  wasItHelpful: "Cette réponse vous est-elle utile ?",
  helpfulYes: "Oui",
  helpfulNo: "Non",
  thanks: "Merci, c’est noté.",
  comment: "Un commentaire, si vous voulez",
  sendComment: "Envoyer le commentaire",
  thanksForComment: "Merci pour le commentaire.",

  answerReady: ({ sources }) => `Réponse, ${format.count(sources, "source", "sources")} :`,
  answerRefused: "Pas de réponse :",

  close: "Fermer",
  documentText: "Texte du document",
  loading: "Chargement…",
  quotePosition: ({ number, position, count }) =>
    count > 1 ? `Citation ${number} (${position} sur ${count} ici)` : `Citation ${number}`,
  previousQuote: "Citation précédente",
  nextQuote: "Citation suivante",
  passagePosition: "Passage lu pour la réponse",
  checked: "Vérifié à l’instant : ces mots sont dans le texte enregistré.",
  changed: "Le document a changé depuis cette réponse : la citation n’est plus à cet endroit.",
  textBefore: "Afficher ce qui précède",
  textAfter: "Afficher la suite",

  documents: "Documents",
  documentCount: ({ count }) => format.count(count, "document", "documents"),
  documentsIntro: "C’est ici que Sourcier puise.",
  dropHere: "Déposez ici des fichiers ou un dossier, ou",
  chooseFiles: "choisissez des fichiers",
  formats: "Texte, Markdown, HTML, PDF, Word, PowerPoint, Excel, ODT, RTF, EPUB, courriel, CSV, JSON Lines.",
  uploads: "Envois",
  uploadOf: ({ name }) => `Envoi de ${name}`,
  waiting: "en attente",
  sending: ({ share }) => `envoi ${format.share(share)}`,
  reading: "lecture et indexation…",
  uploadNew: "ajouté",
  uploadUnchanged: "déjà là, inchangé",
  uploadReplaced: "remplace la version précédente",
  uploadRefused: "pas ajouté",
  uploadRows: ({ fresh, replaced, unchanged, removed, problems }) =>
    [
      fresh && format.count(fresh, "ajouté", "ajoutés"),
      replaced && format.count(replaced, "remplacé", "remplacés"),
      unchanged && format.count(unchanged, "inchangé", "inchangés"),
      removed && format.count(removed, "retiré", "retirés"),
      problems && format.count(problems, "ligne refusée", "lignes refusées"),
    ]
      .filter(Boolean)
      .join(", "),
  uploadDone: ({ name, result }) => `${name} : ${result}`,
  added: ({ day }) => `ajouté le ${format.day(day)}`,
  characters: ({ count }) => format.count(count, "caractère", "caractères"),
  moreDocuments: "Afficher d’autres documents",
  remove: "Retirer",
  removeDocument: ({ title }) => `Retirer « ${title} »`,
  removalTitle: "Retirer ce document ?",
  removalBody: ({ title }) =>
    `« ${title} » ne servira plus à répondre. Votre fichier n’est pas touché.`,
  keep: "Garder",
  removed: ({ title }) => `« ${title} » est retiré.`,

  signInTitle: "Une clé, s’il vous plaît",
  signInBody:
    "Ce service répond à ceux qui ont une clé, donnée par la personne qui l’administre. La clé reste dans cet onglet et elle est oubliée quand vous le fermez.",
  key: "Clé",
  signIn: "Se connecter",
  keyRefused: "Cette clé n’est pas valable, ou ne l’est plus.",
  keyNeeded: "Le service demande une clé.",
  tooManyRequests: "C’était trop de demandes à la fois. Attendez un peu, puis réessayez.",

  serviceSilent: "Le service ne répond pas. Vérifiez qu’il tourne, puis réessayez.",
  serviceBusy: "Le service n’est pas prêt. Réessayez dans quelques secondes.",
  serviceFailed: "Le service a rencontré une erreur inattendue.",
  requestRefused: "Le service a refusé.",
  status: ({ documents, passages, encoder, version }) =>
    `Sourcier ${version} · ${format.count(documents, "document", "documents")} · ${format.count(passages, "passage", "passages")} · encodeur ${encoder}`,
};

/** No line may begin with « ? » or « : », nor end with an opening guillemet. */
function typographic(label) {
  return label.replace(/ ([?!:;»])/g, "\u00a0$1").replace(/« /g, "«\u00a0");
}

export const FR = Object.fromEntries(
  Object.entries(PLAIN).map(([key, label]) => [
    key,
    typeof label === "function" ? (values) => typographic(label(values)) : typographic(label),
  ]),
);

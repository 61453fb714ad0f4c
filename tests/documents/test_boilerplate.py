import pytest

from documents.boilerplate import boilerplate
from documents.models import Document, Heading
from documents.paragraphs import paragraphs

PROSE = (
    "La coopérative a inauguré samedi un atelier de réparation dans l'ancienne gare du bourg. "
    "Une trentaine de bénévoles y réparent des vélos et des radios."
)
MORE_PROSE = (
    "The cooperative opened a repair shop in the old railway station on Saturday, and thirty "
    "volunteers mend bicycles and radios there every week."
)

NOISE = [
    "Source :", "Source: Reuters", "Sources : AFP, Reuters", "Crédit photo : Jane Doe",
    "Photo: agence-photo.ch", "Photo : © Jane Doe / Hans Lucas", "© Getty Images", "Getty Images",
    "Image de couverture | Jean Petit avec Atelier Un", "Illustration : un robot. © DR",
    "Photo by Jane Doe", "REUTERS/Jane Doe", "Jane Doe / AFP", "AFP Agence France-Presse",
    "Avec AFP", "vignette carrée.png", "hero-image_final.webp",
    "Réagissez à cet article", "Inscrivez-vous !", "Abonnez-vous", "CRÉER UN COMPTE",
    "Créez votre compte gratuit", "Vous avez déjà un compte ? Connectez-vous pour commenter.",
    "Vous n'avez pas encore de compte ?", "Déjà abonné ? Connectez-vous", "Follow us on Facebook",
    "Already a member? Sign in", "Don't have an account? Sign up", "Sign up for our newsletter",
    "Create an account", "Subscribe to our weekly newsletter", "Log in or register to comment",
    "Partager sur Facebook", "Partager cet article", "Share this article", "Share on WhatsApp",
    "Share this story on Facebook", "Facebook Twitter LinkedIn", "Copier le lien", "Copy link",
    "Recevez chaque matin l'essentiel dans notre newsletter", "Newsletter",
    "Get the best stories of the week in your inbox",
    "© 2025 Agence Exemple", "© 2025 Exemple SA. Tous droits réservés.", "All rights reserved.",
    "«\u00a0Tous droits de reproduction réservés. © 2025 Agence Exemple.\u00a0»",
    "Copyright 2025 Example Media Ltd", "Toute reproduction interdite",
    "Nous utilisons des cookies pour mesurer l'audience.", "We use cookies to improve the site.",
    "Accepter tous les cookies", "Manage preferences", "Tout refuser",
    "Lire aussi : La gare rouvre ses portes", "Lire aussi", "À lire : « Les ateliers du bourg »",
    "À lire également", "Voir aussi :", "Sur le même sujet", "Articles similaires",
    "Dans la même rubrique", "Les plus lus", "Vous aimerez aussi", "Nos derniers articles",
    "Read more", "Read also: The station opens again", "Related articles", "Related: A new station",
    "Latest News", "Top stories", "You may also like", "Most read", "More stories",
    "À Gazette | La gare rouvre ses portes dans le bourg voisin",
    "Vous avez trouvé une erreur\u202f? Signalez-la", "Signaler une erreur", "Report an error",
    "Publié le 3 mai 2025 à 10 h 30", "Publié: 26.04.2025 à 11:20 heures",
    "Mis à jour le 4 mai 2025", "Published on May 3, 2025", "Last updated: 4 May 2025",
    "Temps de lecture : 4 min", "4 min read", "3 minutes de lecture",
    "Tags : vélo, radio, atelier", "Mots-clés : vélo, radio", "#velo #atelier",
    "Accueil > Région > Ateliers", "Home / News / Region", "Région > Ateliers > Vélo",
    "Lire la suite", "Read more »", "En savoir plus", "Voir plus", "Retour en haut de page",
    "Skip to main content", "Aller au contenu principal", "La suite après cette publicité",
    "Article réservé aux abonnés", "Cet article est réservé à nos abonnés.",
    "Il vous reste 78 % de cet article à lire.", "* * *", "———",
    "Retrouvez-nous sur les réseaux sociaux", "Donnez votre avis", "Laisser un commentaire",
    "Leave a comment",
]  # fmt: skip

NOT_NOISE = [
    "Partager ses outils avec ses voisins est devenu une habitude dans le bourg.",
    "Share prices fell by 3% after the announcement.",
    "Le menu de la cantine est affiché à l'entrée.",
    "Photo de famille : les dirigeants se sont tus pendant la séance, puis ils sont partis.",
    "La source de cette rivière se trouve à 1 200 mètres d'altitude.",
    "Source : selon le ministère, trente pays ont signé la déclaration à la fin du sommet.",
    "Publié en 2017, le plan prévoit trois étapes jusqu'en 2030.",
    "Published in 2017, the plan sets three stages.",
    "Inscrivez-vous au registre avant le 3 mai, a demandé le maire.",
    "Connectez-vous au serveur avec la commande ssh.",
    "Sign up rates rose in May.",
    "Subscribe to a channel with the listen command.",
    "Les cookies sont de petits fichiers.",
    "Le droit de reproduction est réglé par la loi de 1957.",
    "Lire aussi vite demande de l'entraînement, dit-elle.",
    "Latest news: the vote was won by two voices.",
    "Related work has shown that the method is slow.",
    "Par ailleurs, la mairie a prêté le local.",
    "By then, the shop had closed.",
    "Reuters a été fondée à Londres en 1851.",
    "Selon l'AFP, trente personnes sont venues.",
    "« A » et « B » ont gagné",
    "Vélo | 12 | 2024", "| Vélo | 12 |", "Siège : Shanghai", "Catégorie : PME",
    "- un atelier", "1. Ouvrir le capot", "x > y > 3", "Contactez le maire au 01 02 03 04 05.",
    "Follow the river to the north.", "Join the volunteers on Saturday at the station.",
    "Vous avez trouvé un vélo abandonné ?", "Voir l'annexe 2.", "See also section 3 of the report.",
]  # fmt: skip


def marked(text: str, *headings: Heading) -> list[str]:
    document = Document(
        id="1", collection="c", source="s", title="t", language="fr", text=text, sha256="0",
        headings=headings,
    )  # fmt: skip
    found = paragraphs(document)
    return [p.text for p, noise in zip(found, boilerplate(found), strict=True) if noise]


@pytest.mark.parametrize("line", NOISE)
def test_a_line_around_an_article_is_marked_wherever_it_stands(line: str) -> None:
    assert marked(f"{PROSE}\n\n{line}\n\n{MORE_PROSE}") == [line]


@pytest.mark.parametrize("line", NOT_NOISE)
def test_what_a_text_says_is_not_marked(line: str) -> None:
    assert marked(f"{PROSE}\n\n{line}\n\n{MORE_PROSE}") == []
    assert marked(f"{PROSE}\n\n{line}") == []
    assert marked(f"{line}\n\n{PROSE}") == []
    assert marked(line) == []


def test_menus_are_marked_at_the_head_and_the_tail() -> None:
    assert marked(f"menu\nclose\n\n{PROSE}\n\nContact\nMentions légales") == [
        "menu",
        "close",
        "Contact",
        "Mentions légales",
    ]


def test_the_words_of_menus_are_kept_in_a_list_within_the_text() -> None:
    assert marked(f"{PROSE}\n\nLe site propose :\nvidéos\npodcasts\nboutique\n\n{PROSE}") == []


def test_a_control_alone_between_paragraphs_is_marked() -> None:
    assert marked(f"{PROSE}\n\nPublicité\n\n{PROSE}") == ["Publicité"]


def test_a_caption_between_boilerplate_and_its_credit_is_marked() -> None:
    caption = "Les bénévoles réparent des vélos dans l'ancienne gare."
    text = f"Un atelier\n\n{PROSE}\nPublié le 3 mai 2025\n{caption}\nPhoto: agence.ch\n\n{PROSE}"
    assert marked(text) == ["Publié le 3 mai 2025", caption, "Photo: agence.ch"]


def test_a_sentence_right_above_a_credit_is_kept_where_nothing_shows_a_caption() -> None:
    assert marked(f"{PROSE}\nLe maire est venu à pied.\nPhoto : AFP\n{PROSE}") == ["Photo : AFP"]
    assert marked(f"Le maire est venu à pied.\nPhoto : AFP\n{PROSE}") == ["Photo : AFP"]


def test_a_repeated_title_is_marked_once() -> None:
    title = "Un atelier dans la gare"
    assert marked(f"{title}\n\n{PROSE}\n{title}\n\n{MORE_PROSE}") == [title]
    assert marked(f"{title}\n\n{title.upper()}\n\n{PROSE}") == [title]


def test_the_marked_heading_is_the_title_that_is_kept() -> None:
    title = "Un atelier dans la gare"
    text = f"{title}\n\n{PROSE}\n\n{title}\n\n{MORE_PROSE}"
    start = text.rindex(title)
    assert marked(text, Heading(start, start + len(title), 1)) == [title]


def test_teasers_below_the_last_sentence_are_marked_after_a_link_line() -> None:
    teasers = ["La gare rouvre ses portes", "Le bourg vote son budget"]
    text = "\n".join([PROSE, "", "À lire aussi", *teasers, "Le bourg dort."])
    assert marked(text) == ["À lire aussi", *teasers]


def test_a_table_below_the_last_sentence_is_kept_where_no_link_line_precedes() -> None:
    assert marked(f"{PROSE}\n\nVélos | 12\nRadios | 7\nLampes | 3") == []


def test_a_byline_is_marked_at_the_head_and_the_tail_only() -> None:
    assert marked(f"Par Jane Doe et Jean Petit\n\n{PROSE}") == ["Par Jane Doe et Jean Petit"]
    assert marked(f"{PROSE}\n\nBy Jane Doe") == ["By Jane Doe"]
    assert marked(f"{PROSE}\n\nBy Jane Doe\n\n{PROSE}") == []


def test_one_bare_date_at_the_head_is_marked_but_not_those_of_a_chronology() -> None:
    assert marked(f"Mercredi 30 avril 2025\n{PROSE}") == ["Mercredi 30 avril 2025"]
    assert marked(f"30 avril 2025\n{PROSE}\n\n2 mai 2025\n{PROSE}") == []


def test_a_marked_heading_is_marked_for_its_words_but_not_as_a_note() -> None:
    link, agency = "Articles similaires", "Reuters"
    text = f"{PROSE}\n\n{agency}\n\n{PROSE}\n\n{link}"
    headings = [
        Heading(text.index(words), text.index(words) + len(words), 2) for words in (agency, link)
    ]
    assert marked(text, *headings) == [link]


def test_a_text_of_short_lines_only_is_kept() -> None:
    assert marked("Signataires\nFrance\nInde\nChine\nContact") == []

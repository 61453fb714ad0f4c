"""What the lines around press articles say, in French and English.

Patterns are matched against a folded line (`documents.normalization.fold`: lower case, no
accents, apostrophes and hyphens as spaces). They describe kinds of lines, never one
publisher's, and ask for enough words that a sentence of prose does not begin like them.
"""

import re
from typing import Final


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_NETWORK = (
    "(?:facebook|twitter|x|linkedin|whatsapp|telegram|reddit|messenger|pinterest|bluesky|threads"
    "|mastodon|instagram|pocket|flipboard|youtube|tiktok|(?:e ?)?mail|courriel|sms)"
)
_AGENCY = (
    "(?:afp|reuters|ap|ats|dpa|epa|ansa|efe|belga|xinhua|bloomberg|keystone|sipa|maxppp|abaca"
    "|agence france presse|associated press|getty images|getty|istock|shutterstock|adobe stock"
    "|alamy|unsplash|pexels|pixabay|wikimedia(?: commons)?|presse canadienne|canadian press)"
)
_SHARE = "(?:partage[rz]|share|tweete[rz]|tweet|envoye[rz]|send|imprime[rz]|print|copie[rz]|copy)"
_SHARED = (
    "(?:(?:cet|l|this|the) ?(?:article|page|story|post)|la page|le lien|link|la publication|url)"
)
_SUBJECT = "(?:articles?|contenus?|sujets?|stories|story|posts?|content|topics|news|links|reading)"
_PAGE = "(?:cet |l |ce |this |the )(?:article|contenu|story|content)"
_MISTAKE = "(?:erreur|faute|coquille|typo|error|mistake)"
_LETTER = "(?:newsletter|infolettre|lettre d information|inbox|boite (?:mail|de reception))"

# Whole lines that are a page's controls and nothing else.
CONTROLS: Final = _any(
    rf"{_SHARE} {_SHARED}(?: (?:sur|on|par|via|by|to|with|avec|a)\b.{{0,30}})?",
    rf"{_SHARE}(?: (?:sur|on|par|via|by))?(?: {_NETWORK})+",
    rf"{_NETWORK}(?: ?[|/·]? ?{_NETWORK})+",
    "(?:aller|passer|acceder|skip|jump)(?: directement)? (?:au|a la|to(?: the)?)"
    "(?: main)? (?:contenu|content|navigation|recherche)(?: principale?)?",
    "(?:retour|revenir|back) (?:en haut|to (?:the )?top)(?: de (?:la )?page)?|haut de page",
    "la suite apres (?:cette|la) (?:publicite|annonce)",
    "(?:article|story) continues (?:below|after)(?: .{0,30})?",
    "(?:accepter|refuser|accept|reject|decline|allow|autoriser|gerer|manage|parametrer)"
    "(?: (?:tout|tous|all|les|mes|my|the|des|vos|your))* (?:cookies?|preferences|choix|choices)",
    "(?:tout|tous) (?:accepter|refuser)|(?:accept|reject|decline) all",
    r"(?:temps|duree) de lecture\b.{0,30}|reading time\b.{0,20}",
    r"(?:environ )?\d+ ?(?:min|mn|minutes?) (?:de lecture|(?:to )?read)",
    "(?:lire|voir|decouvrir) (?:la suite|l article(?: complet)?)(?: sur .{0,30})?",
    "(?:read|see|view) (?:the )?full (?:article|story)(?: (?:on|at) .{0,30})?",
    "en savoir plus|(?:voir|lire|afficher|charger) plus",
    "(?:read|learn|show|load|see|view) more|(?:see|view|show) all|(?:voir|afficher) tout",
)

# Lines that lead to other texts; at the end of a text, so does what follows them.
LINKS: Final = _any(
    "(?P<also>(?:a )?(?:lire|voir|ecouter|decouvrir|regarder) (?:aussi|egalement|ensuite)"
    "|(?:a (?:lire|voir|ecouter|decouvrir)|lire|lisez)(?= ?:)"
    "|(?:read|watch|listen)(?: also| next| now| more)?(?= ?:)|see also(?= ?:|$)"
    "|also read|read also)",
    "(?:sur|dans) l[ea] meme (?:sujet|theme|rubrique|categorie|dossier)",
    rf"(?:nos |autres |les |derniers )*{_SUBJECT} (?:lies|similaires?|connexes?|associes|recents)",
    rf"(?:related|recommended|more|recent|latest|popular|next|previous) {_SUBJECT}",
    "related(?= ?:)|recommended for you|don t miss|up next|vous aimerez aussi",
    "you (?:may|might) (?:also )?(?:like|be interested)|vous pourriez (?:aussi )?aimer",
    "(?:ceci|cela|ca) (?:peut|pourrait) (?:aussi |egalement )?vous (?:interesser|plaire)",
    "(?:les |articles )?plus (?:lus|vus|commentes|partages)|trending(?: now)?$",
    "most (?:read|popular|viewed|shared|commented)|(?:breaking|top) (?:news|stories)$",
    "(?:les |nos )?derni?e?re?s (?:articles|actualites|actus|infos|nouvelles|depeches)",
    "(?:a|sur|chez|on|in|at|dans|via) [^ |]+(?: [^ |]+){0,2} [|] ",
)

# Lines that ask the reader for something.
PROMPTS: Final = _any(
    "reagissez\\b|reagir a (?:cet|l) article|soyez l[ea] premiere? a (?:commenter|reagir)",
    "(?:inscrivez|abonnez|connectez|identifiez) vous[ !.]*$",
    "(?:inscrivez|abonnez|connectez|identifiez) vous (?:a|pour|et|gratuitement|maintenant)\\b"
    f".{{0,60}}(?:{_LETTER}|comment|article|la suite|lire|compte|alertes|gratuit|maintenant)",
    "(?:creer|creez|ouvrir|ouvrez) (?:un|mon|votre) compte(?: gratuit\\w*)?[ !.]*$",
    "(?:create|open) (?:an?|your|my)(?: free)? account(?: (?:today|now|for free))?[ !.]*$",
    "(?:vous )?(?:avez (?:vous )?|n avez )(?:pas (?:encore )?|deja )(?:un |de |d )"
    "(?:compte|abonnement)\\b|deja un compte\\b|pas encore de compte\\b",
    "(?:vous etes )?(?:deja|pas encore) (?:abonnee?|inscrite?|membre) ?[?!]",
    "already (?:an? )?(?:member|subscriber|subscribed|registered|have an account)\\b.{0,9}[?!]",
    "(?:not (?:yet )?an? |(?:do not|don t) have an )(?:member|subscriber|account)(?: yet)? ?[?!]",
    "(?:sign|log) ?(?:up|in)[ !.]*$|(?:sign|log) ?(?:up|in) or (?:sign|log|regist|subscri)",
    "(?:sign|log) ?(?:up|in) (?:for|to|with|now|here|today)\\b.{0,40}"
    f"(?:{_LETTER}|e ?mails?|alerts|read|comment|google|facebook|now|here|today)",
    "(?:subscribe|register)(?: (?:now|today|here|for free))?[ !.]*$"
    f"|subscribe to (?:our|the|my) .{{0,40}}"
    f"(?:{_LETTER}|podcast|channel|e ?mails|updates|edition|reading)",
    "(?:join|rejoignez|rejoindre) (?:the|la) (?:conversation|discussion)",
    f"(?:recevez|receive|get) .{{0,60}}{_LETTER}|(?:newsletters?|infolettres?)[ !.:]*$",
    f"(?:notre|nos|our) (?:\\w+ )?{_LETTER}s?[ !.:]*$",
    "(?:suivez|retrouvez|rejoignez|follow|find|join)\\b.{0,40} (?:sur|on)\\b.{0,30}"
    f"(?:\\b{_NETWORK}|reseaux sociaux|social media|google news|google actualites)[ !.]*$",
    "(?:suivez nous|follow us)[ !.:]*$|donnez (?:nous )?votre avis",
    "(?:laisse[rz]|leave|ajoute[rz]|add|poste[rz]|post|ecrire|ecrivez|write|publie[rz]) "
    "(?:un|a|votre|your) (?:nouveau |new )?(?:commentaire|comment|reply|reponse)[ !.]*$",
    f"(?:vous avez |avez vous )(?:trouve|repere|remarque|releve|vu) une {_MISTAKE}",
    f"signale[zr] (?:la|le|une {_MISTAKE}|un (?:probleme|abus|contenu))[ !.]*$",
    f"(?:did you |have you )(?:spot|find|found|notice|see)(?:ted)? an? {_MISTAKE}",
    f"report an? (?:{_MISTAKE}|correction|comment)[ !.]*$",
    f"{_PAGE} (?:est|is) (?:only )?(?:reserve|available (?:only )?to|for) .{{0,20}}"
    "(?:abonnes|membres|subscribers|members)",
    "(?:article |contenu )?reserve (?:aux|a nos) (?:abonnes|membres)[ !.]*$|subscribers only",
    "il vous reste \\d+.{0,40} a lire|you have \\d+ (?:free )?articles? (?:left|remaining)",
    "(?:pour|afin de) (?:lire|continuer|acceder|poursuivre|commenter)\\b.{0,60}"
    "(?:abonnez vous|inscrivez vous|connectez vous|creez un compte)",
    "to (?:read|continue|comment)\\b.{0,60}(?:subscribe|sign (?:up|in)|log ?in|create an account)",
    "(?:we|nous)(?: (?:and|et) (?:our|nos)(?: \\d+)? (?:partners|partenaires))? "
    "(?:use|utilisons)(?: des| les)? cookies",
    "(?:this|our|ce|notre) (?:web ?)?site (?:uses|utilise)(?: des| les)? cookies",
    "(?:en (?:poursuivant|continuant)|by continuing)\\b.{0,20}"
    "(?:votre navigation|to (?:browse|use)|(?:sur|a utiliser) (?:ce|notre) site)",
    "(?:mot de passe oublie|forgot (?:your )?password)[ ?!.]*$",
)

# Lines that say who made a picture or sent a report.
CREDITS: Final = _any(
    "(?:photos?|images?|photographie|illustrations?|visuel|infographie)"
    "(?: (?:de|d) (?:couverture|une|archives?|illustration))?(?: (?:credits?|by|par))? ?[:©|]",
    "(?:credits?|copyright|legende)(?: (?:photos?|images?|video|illustration))* ?[:©|]",
    "(?:cover|featured|header|lead|file) (?:image|photo|picture)(?: (?:by|credit|via))? ?[:©|]",
    "(?:photo|image|illustration) (?:by|credits?|courtesy of|via|fournie par) .{3,60}$",
    "credits? (?:photos?|images?)\\b",
    rf"(?:[(©] ?|avec |with |via )?{_AGENCY}(?: ?[/|,·&+]? ?(?:et |avec |via )?{_AGENCY})*\)?$",
    rf"[^/]{{2,50}} ?/ ?{_AGENCY}(?: ?[/,] ?{_AGENCY})*$|{_AGENCY} ?/ ?[^/]{{2,40}}$",
)
RIGHTS: Final = _any(
    r"\ball rights reserved\b|\btous (?:les )?droits(?: de .{3,60})? reserves\b",
    r"\breproduction (?:meme partielle )?(?:est )?(?:strictement )?(?:interdite|prohibited)\b",
    r"^(?:© ?|copyright (?:© ?|(?=\d{4}))|\(c\) )(?:\d{4}|[\w .,]{2,40}$)",
    r"©.{0,40}\b(?:19|20)\d\d\b",
)
SOURCE: Final = _any("sources? ?:")
# Where a text names all that it rests on; it may be long, and end like a sentence.
SOURCES: Final = _any("(?:sources|references|bibliographie|bibliography) ?:")
TAGS: Final = _any("(?:tags?|mots? cles?|keywords?|etiquettes?|filed under|classe dans) ?:")
BREADCRUMB: Final = _any(
    r"(?:vous etes ici ?:? ?)?(?:accueil|home) ?[>/»\u203a|·→] ?\S[^.!?]*",
    r"[^.!?=<«\d]+ [>\u203a»→] [^.!?=<«\d]+ [>\u203a»→] [^.!?=<«\d]+",
)
DATED: Final = _any(
    r"(?:publiee?|paru|mis en ligne|mise? a jour|modifiee?|actualisee?|published|posted|updated"
    r"|last (?:updated|modified)|first published)\b ?(?::|le |on |il y a |at |a |by |par |\d)"
)

# In the text as it was written.
FILE_NAME: Final = re.compile(
    r"\S[^.!?]{0,80}\.(?:png|jpe?g|gif|webp|svg|avif|heic)", re.IGNORECASE
)
HASHTAGS: Final = re.compile(r"(?:#\w+[\s,;]*)+")
BYLINE: Final = re.compile(
    r"(?:Par|By|PAR|BY)(?: (?:[A-ZÀ-Ý][\w.'’-]*,?|and|et|de|du|van|von|avec|with|pour|for|&)){2,8}"
)

# Words that are a control at the head or the tail of a page and may be anything elsewhere.
MENU: Final = frozenset(
    (
        "menu", "close", "fermer", "ouvrir", "recherche", "rechercher", "search", "accueil",
        "home", "connexion", "deconnexion", "se connecter", "s identifier", "s inscrire",
        "s abonner", "je m abonne", "je me connecte", "mon compte", "my account", "login",
        "log in", "logout", "log out", "sign in", "sign up", "register", "subscribe", "rss",
        "contact", "contactez nous", "nous contacter", "contact us", "a propos",
        "a propos de nous", "about", "about us", "aide", "qui sommes nous", "help", "faq",
        "plan du site", "sitemap", "mentions legales", "privacy", "legal notice",
        "politique de confidentialite", "privacy policy", "confidentialite", "cgu", "cookies",
        "terms of use", "terms of service", "conditions generales", "cgv", "retour", "back",
        "next", "previous", "suivant", "precedent", "page suivante", "page precedente", "share",
        "partager", "imprimer", "print", "commenter", "comment", "comments", "commentaires",
        "commentaire", "publicite", "advertisement", "annonce", "sponsored", "contenu sponsorise",
        "video", "videos", "podcast", "podcasts", "en direct", "live", "direct", "en continu",
        "tags", "related", "recommended", "faire un don", "donate", "soutenez nous", "support us",
        "advertise", "toggle navigation", "navigation", "abonnement", "abonnements", "boutique",
        "shop", "edition",
    )
)  # fmt: skip

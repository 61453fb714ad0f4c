import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.sentences import sentence_spans

# One text a line; " | " shows where a sentence ends and stands for one space.
CASES = [
    "La Chine a dit non. | Paris aussi.",
    "« Nous sommes prêts. » | Il a ajouté que tout irait bien.",
    "« Nous sommes prêts. | Nous partons. » | Il est sorti.",
    "« Est-ce possible ? » a demandé M. Guo. | Personne n'a répondu.",
    "Il a dit : « Nous viendrons. » | Puis il est parti.",
    "Il a parlé de « paix ». | Elle aussi.",
    "C’était l’été. | Il faisait chaud.",
    "M. Guo a parlé. | J.D. Vance aussi.",
    "J. D. Vance a parlé. | MM. Li et Wang ont écouté.",
    "Mme Dupont et le Dr. Martin sont là. | Me Durand non.",
    "Le taux est de 145 %. | Pékin répond avec 125 %.",
    "Il y a 1 200 participants. | 30 pays sont venus.",
    "Le modèle vaut 3.5 points. | Il en perd 1,2.",
    "La prochaine version sera R2. | Elle sortira en mai.",
    "Le plan date de 2017. | En 2025, il continue.",
    "Voir art. 4 et n° 3. | Voir aussi p. 12 du rapport.",
    "Les outils, p. ex. Qwen, sont libres. | D'autres non.",
    "Des puces, des modèles, etc. | La liste est longue.",
    "Des puces, des modèles, etc. sont vendus. | Fin.",
    "Quel avenir ? | Personne ne sait !",
    "Vraiment ?! | Oui.",
    "Il hésite… | Puis il parle.",
    "Il hésite... puis il parle. | Bien.",
    "La citation « La Chine (…) Pékin reste ferme » est longue. | Fin.",
    "Le texte [...] Pékin continue. | Fin.",
    "Il vient (enfin). | Elle reste.",
    "Il vient. | (Elle reste.) | Bien.",
    "Le président J.-P. Raffarin est venu. | Il est reparti.",
    "La ville fut fondée en 200 av. J.-C. | Elle fut détruite ensuite.",
    "Écrivez à info@exemple.fr. | Merci.",
    "Voir https://exemple.fr/a.b?c=d. | Merci.",
    "1. Le premier point. | 2. Le deuxième point.",
    "Il a choisi le plan B. | Le gouvernement aussi.",
    "« Oui », a-t-il dit. | « Nous irons. » | Il a souri.",
    "– Bonjour. | – Bonsoir.",
    "Les « Sept ». | « Rien », dit-il.",
    'Il a dit "oui". | "Non", dit-elle.',
    'Il a dit "oui." | Puis non.',
    '"Oui ! | Nous irons." | Il sourit.',
    "Le sommet du G7. | L'Italie préside.",
    "À 11 h. | À Paris.",
    "Il cite l'article L. 121-3 du code. | Il part.",
    "Elle l'a lu au chap. IV du livre. | Fin.",
    "Le ministre a signé le no. 12. | Fin.",
    "The U.S. government agreed. | The U.K. did not.",
    "He moved to the U.S. | The reason is unclear.",
    "He lives in Washington D.C. | She does not.",
    "Mr. Smith met Dr. Jones. | They talked.",
    "The meeting was at 5 p.m. | It ended late.",
    "The meeting was at 5 p.m. Monday. | It ended late.",
    "See No. 5 for details. | Or No. 6.",
    "Did he agree? | No. | He left.",
    "Apple Inc. CEO Tim Cook spoke. | He smiled.",
    "It was sold to Apple Inc. | The price is unknown.",
    "John F. Kennedy was elected in 1960. | He was young.",
    "“We are ready.” | He left.",
    '"Are you ready?" Mr. Guo asked. | Nobody knew.',
    '"Are you ready?" | The answer came late.',
    "He paid $3.5 million. | It was enough.",
    "The file is at example.com. | Download it.",
    "The tool (e.g. Qwen) works. | Others, i.e. Llama, too.",
    "Wow! | Really? | Yes.",
    "iPhone sales fell. | iPhone prices rose.",
    "It grew by 3%. | 2024 was better.",
    "The book, vol. 2, is out. | Buy it.",
    'He said "no." | She said “yes.” | They left.',
    "On Jan. 5 it began. | On Feb. 6 it ended.",
    "It is 3 p.m. in Paris. | Good.",
    "Martin Luther King Jr. spoke. | Everyone listened.",
    "The work of Li et al. 2020 is known. | Read it.",
    "The law (Sec. 3) applies. | It is short.",
    "The rule is in art. 3. | It is old.",
    "Founded by A. Turing. | Closed later.",
    "The claim.[3] | It was denied.",
    "Il a gagné.[12] | Il est content.",
    "北京。 | 上海。",
    "Fin de l'histoire. ***",
    "Le rapport de l’O.N.U. | Il est clair.",
    "Le rapport de l’O.N.U. Climat est clair.",
    "St. Petersburg is cold. | Moscow too.",
    "C’est fini ! » | Il part.",
    "Quoi ? » demanda-t-il. | Rien.",
    "Yes. | 🚀 We launch.",
    "Il vaut 12 M€. | Elle 3 Md$.",
    "Vous avez 15 ans. | M. Li en a 20.",
    "« Nous irons ». | Il a souri.",
    "« Nous irons. ». | Il a souri.",
    "« Nous irons. », a dit Guo Jiakun. | Il a souri.",
    "Le plan coûte 1 200,50 €. | C'est peu.",
    "Le plan coûte 1 200 M€. | Le reste suivra.",
    "Il dit oui [...]. | Cet atelier compte.",
    "Il est à l'Est. | Brodeur est à l'Ouest.",
    "They accuse me. | I deny it.",
    "Le RER E. | C'est la ligne.",
    "Le roi Philippe V. | Le trône est à lui.",
    "The case is Roe v. Wade. | The Saturn V. | The end.",
    "Il lit J. Le Carré. | Elle lit W. E. B. Du Bois.",
    "Il a couru 12 m. | Elle 15.",
    "Le projet « IA plus » avance. | « IA moins » recule.",
    "Elle a dit «non». | Il a dit «oui».",
    "Elle a dit «oui.» | Il est parti.",
    "Cf. le rapport. | Voir aussi Réf. 12 et éq. 3.",
    "Ph.D. students came. | They stayed.",
    "He came (late). | “Why?” | No answer came.",
    "Le 1er juin, tout change. | Le 2 aussi.",
    "J'ai lu Mgr. Dupont. | Et Pr. Martin.",
    "Il vote non ! | Guo répond.",
    "Vous y croyez ? | Moi, oui…",
    "Quel avenir\u00a0? | Personne ne sait\u202f!",
    "«\u00a0Quel avenir\u202f?\u00a0» | Personne ne répond.",
    "Le taux est de 145\u00a0%. | Pékin riposte.",
    "«\u202fNous sommes prêts.\u202f» | Il a ajouté une phrase.",
    "Il y a 1\u202f200 participants. | 30\u00a0pays sont venus.",
]

FRAGMENTS = st.sampled_from(
    [
        "Le sommet a réuni 1\u202f200 personnes", "M. Guo", "J.D. Vance", "U.S.", "etc.", "art. 4",
        "«\u00a0", "\u00a0»", "“", "”", "(", ")", '"', "'", "’", "[3]", ".", ".", "!", "?", "…",
        "...", " ", " ", "\u00a0", "\u202f", "\n", "\n\n", "\t", "Il", "elle", "été", "The", "and",
        "2025", "1. ", "R2",
        "–", "•", "🚀", "北京。", "https://exemple.fr/a?b=c", "œuvre", "3.5", "No. 5",
    ]
)  # fmt: skip
TEXTS = st.lists(FRAGMENTS, max_size=30).map("".join)


@pytest.mark.parametrize("case", CASES)
def test_sentences_end_where_a_reader_ends_them(case: str) -> None:
    sentences = case.split(" | ")
    text = " ".join(sentences)
    assert [span.of(text) for span in sentence_spans(text)] == sentences


def test_offsets_are_moved_by_start() -> None:
    text = "Un. Deux."
    assert [(s.start, s.end) for s in sentence_spans(text, start=100)] == [(100, 103), (104, 109)]


def test_a_line_break_is_white_space_and_a_blank_line_is_an_end() -> None:
    text = "Une phrase coupée\npar une ligne.\nUne autre\n \nUn reste"
    assert [span.of(text) for span in sentence_spans(text)] == [
        "Une phrase coupée\npar une ligne.",
        "Une autre",
        "Un reste",
    ]


@pytest.mark.parametrize("text", ["", " \n\u00a0\t", "\n\n\n"])
def test_white_space_holds_no_sentence(text: str) -> None:
    assert sentence_spans(text) == []


@pytest.mark.parametrize("text", ["! " * 200_000, "." * 400_000, "« " * 200_000, ". »" * 100_000])
def test_a_hostile_text_is_read_once(text: str) -> None:
    spans = sentence_spans(text)
    assert spans[0].start == 0
    assert spans[-1].end == len(text.rstrip())


@given(TEXTS)
@settings(deadline=None)
def test_sentences_are_in_order_trimmed_and_cover_all_that_is_visible(text: str) -> None:
    spans = sentence_spans(text)
    covered = 0
    for span in spans:
        assert span.start < span.end
        assert not text[covered : span.start].strip()
        assert span.of(text) == span.of(text).strip()
        covered = span.end
    assert not text[covered:].strip()


@given(TEXTS)
@settings(deadline=None)
def test_a_sentence_by_itself_is_one_sentence(text: str) -> None:
    for span in sentence_spans(text):
        alone = span.of(text)
        assert [s.of(alone) for s in sentence_spans(alone)] == [alone]

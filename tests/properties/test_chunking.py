import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from documents.chunking import MOST_OVERLAP_WORDS, passages
from documents.extraction import Block, assemble
from documents.models import Document, Passage
from documents.structure import parts
from documents.units import LONGEST_UNIT, Unit, runs

SENTENCES = [
    "La coopérative a ouvert un atelier de réparation dans l'ancienne gare du bourg voisin.",
    "«\u00a0Nous sommes prêts\u202f!\u00a0» a déclaré M. Durand, le 3 mai, devant 1\u202f200 élus.",
    "« Nous réparons tout. Nous ne jetons rien. » Il a souri.",
    "The volunteers mend bicycles, radios, etc. in a hall of 145 m² near St. Mary's.",
    "“Why not?” she asked.",
    "Qui répare quoi ?",
    "Cela coûte 3.5 €…",
    "L’e\u0301te\u0301 de l'œuvre a e\u0301te\u0301 long.",
    "北京。",
    "Voir https://exemple.fr/a?b=c. 🚀 Fin.",
    "une ligne sans majuscule ni fin",
    "Le rapport compte " + "beaucoup de mots utiles " * 60 + "et finit ici.",
    "x" * (LONGEST_UNIT + 500),
]
LINES = [
    "Des vélos par dizaines", "Pourquoi la gare ?", "- un vélo", "Vélos | 12 | 2024",
    "Siège : Lyon", "menu", "Partager sur Facebook", "Source : AFP", "Photo: agence.ch",
    "Lire aussi : La gare rouvre",
    "© 2025 Agence. Tous droits réservés.", "Publicité", "* * *", "Par Jane Doe", "30 avril 2025",
]  # fmt: skip

PARAGRAPHS = st.one_of(
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=8).map(" ".join),
    st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3).map("\n".join),
    st.sampled_from(LINES),
    st.lists(st.sampled_from(LINES), min_size=2, max_size=4).map("\n".join),
    st.text(alphabet=" \n\u00a0\u202fAaéÉ.!?…«»\"'’()1-|:", max_size=40),
)
BLOCKS = st.builds(
    Block,
    text=PARAGRAPHS,
    heading_level=st.one_of(st.none(), st.none(), st.none(), st.integers(1, 6)),
    page=st.none(),
)


def _document(blocks: list[Block]) -> Document:
    pages = [Block(b.text, b.heading_level, page=n // 3 + 1) for n, b in enumerate(blocks)]
    assembled = assemble(pages)
    return Document(
        id="1", collection="c", source="s", title="t", language="fr", sha256="0",
        text=assembled.text, headings=assembled.headings, page_starts=assembled.page_starts,
    )  # fmt: skip


DOCUMENTS = st.lists(BLOCKS, max_size=12).map(_document)


def count(text: str) -> int:
    return len(re.findall(r"\w+", text))


def body(document: Document, passage: Passage) -> list[int]:
    """Return the number of words of each sentence that is no heading."""
    return [count(document.text[s.start : s.end]) for s in passage.sentences if not s.heading]


@given(DOCUMENTS)
@settings(deadline=None, max_examples=60)
def test_passages_are_verbatim_in_order_and_repeatable(document: Document) -> None:
    found = passages(document)
    assert found == passages(document)
    for passage in found:
        assert document.text[passage.start : passage.end] == passage.text == passage.text.strip()
        assert passage.page == document.page_at(passage.start)
    for before, after in pairwise(found):
        assert before.start < after.start
        assert before.end < after.end


@given(DOCUMENTS)
@settings(deadline=None, max_examples=60)
def test_passages_hold_all_that_is_not_boilerplate_and_nothing_that_is(document: Document) -> None:
    wanted = [False] * len(document.text)
    for part in parts(document):
        if part.kind != "boilerplate":
            wanted[part.start : part.end] = [True] * (part.end - part.start)
    covered = [False] * len(document.text)
    for passage in passages(document):
        covered[passage.start : passage.end] = [True] * (passage.end - passage.start)
    for position, character in enumerate(document.text):
        if not character.isspace():
            assert covered[position] == wanted[position], document.text[position : position + 40]


@given(DOCUMENTS)
@settings(deadline=None, max_examples=60)
def test_sentences_fill_their_passage_and_none_is_cut(document: Document) -> None:
    units = {(unit.start, unit.end): unit for run in runs(document) for unit in run}
    seen = set()
    for passage in passages(document):
        position = passage.start
        for sentence in passage.sentences:
            assert not document.text[position : sentence.start].strip()
            is_heading = units[sentence.start, sentence.end].level is not None
            assert sentence.heading == is_heading
            position = sentence.end
            seen.add((sentence.start, sentence.end))
        assert (passage.sentences[0].start, position) == (passage.start, passage.end)
    assert seen == set(units)


@given(DOCUMENTS)
@settings(deadline=None, max_examples=60)
def test_a_passage_is_too_long_only_for_the_sake_of_one_sentence(document: Document) -> None:
    for passage in passages(document):
        if count(passage.text) > 180:
            assert len(body(document, passage)) <= 1


@given(DOCUMENTS)
@settings(deadline=None, max_examples=60)
def test_a_passage_is_too_short_only_where_its_neighbours_leave_no_choice(
    document: Document,
) -> None:
    for run in runs(document):
        inside = [p for p in passages(document, overlap_sentences=0) if _within(p, run)]
        for before, after in pairwise(inside):
            together = document.text[before.start : after.end]
            joinable = count(together) <= 180 and len(together) <= LONGEST_UNIT
            assert not joinable or min(count(before.text), count(after.text)) >= 60


@given(DOCUMENTS)
@settings(deadline=None, max_examples=60)
def test_what_is_repeated_is_short_and_no_heading(document: Document) -> None:
    for before, after in pairwise(passages(document)):
        repeated = [s for s in after.sentences if s.start < before.end]
        assert len(repeated) <= 1
        assert not any(sentence.heading for sentence in repeated)
        assert sum(count(document.text[s.start : s.end]) for s in repeated) <= MOST_OVERLAP_WORDS


def _within(passage: Passage, run: list[Unit]) -> bool:
    return run[0].start <= passage.start and passage.end <= run[-1].end

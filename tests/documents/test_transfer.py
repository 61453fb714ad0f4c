from hypothesis import given, settings
from hypothesis import strategies as st

from documents.errors import EmptyDocument, InvalidRecord
from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.sniffing import Format
from documents.source import Source
from documents.tabular import Columns
from documents.transfer import pack_outcome, pack_source, unpack_reply, unpack_source

TEXT = st.text(alphabet=st.characters(), max_size=20)  # lone surrogates among them
OPTIONAL = st.none() | TEXT
EXTRACTIONS = st.builds(
    Extraction,
    blocks=st.lists(
        st.builds(Block, TEXT, st.none() | st.integers(1, 6), st.none() | st.integers(1)),
        max_size=3,
    ).map(tuple),
    title=OPTIONAL,
    url=OPTIONAL,
    published_at=st.none() | st.dates(),
    language=st.sampled_from([None, "fr", "en"]),
    metadata=st.dictionaries(TEXT, TEXT, max_size=2),
    key=OPTIONAL,
)


@settings(deadline=None, max_examples=100)
@given(st.lists(EXTRACTIONS, max_size=4))
def test_extractions_come_back_as_they_went(extractions: list[Extraction]) -> None:
    reply = b"".join(pack_outcome(extraction) for extraction in extractions)
    assert list(unpack_reply(reply)) == extractions


def test_problems_of_rows_come_back_among_the_rows() -> None:
    extraction = Extraction(blocks=(Block("un"),))
    reply = pack_outcome(InvalidRecord("rangée 2\nvide", key="2")) + pack_outcome(extraction)
    problem, after = unpack_reply(reply)
    assert isinstance(problem, InvalidRecord)
    assert (str(problem), problem.key) == ("rangée 2\nvide", "2")
    assert after == extraction


def test_another_error_is_raised_again() -> None:
    outcomes = unpack_reply(pack_outcome(EmptyDocument("a.pdf holds no text")))
    try:
        next(outcomes)
    except EmptyDocument as error:
        caught = str(error)
    assert caught == "a.pdf holds no text"


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=60), TEXT, OPTIONAL)
def test_a_source_comes_back_as_it_went(data: bytes, name: str, charset: str | None) -> None:
    source = Source(data, name, Format.CSV, charset, Columns(text="corps"), Limits(pages=3))
    assert unpack_source(pack_source(source)) == source

"""A service whose encoder is behind a server that goes away, comes back, moves or is replaced."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import ValidationError

from documents.errors import InvalidDocument
from documents.records import StoredEncoder
from documents.store.store import Store
from index.errors import EncoderUnavailable
from index.lexicon import Lexicon
from index.static_encoder import StaticEncoder
from rag.bootstrap import LEXICON, bootstrap, reembed
from rag.events import Answered, PassagesFound
from rag.models import Query, Question
from rag.operations.doctor import examine
from rag.service import Sourcier
from rag.settings import Settings
from tests.index.over_http.embedding_server import listed, tei
from tests.rag.generators.model_server import Connection, ModelServer, refusing, serving
from tests.rag.texts import CORPUS, LIBRARY, LIGHTHOUSE

QUESTION = Question("Quand le phare a-t-il été allumé ?")
ASKED_ANEW = {
    "away": "Quand a-t-on allumé le phare de l’île aux Moines ?",
    "ill": "En quelle année le phare a-t-il été allumé ?",
}
ACROSS = Question("Who opened the bakery of Hollow Street?", language="fr")


@dataclass
class Model:
    """Gives the vectors of the static encoder; `turned` makes it another model."""

    static: StaticEncoder
    state: str = "well"
    turned: bool = False

    def __call__(self, connection: Connection) -> None:
        match self.state:
            case "away":
                return  # the connection closes without a word
            case "ill":
                refusing(500)(connection)
                return
            case "strict" if any(len(text) > 300 for text in connection.body["input"][1:]):
                refusing(400)(connection)
                return
        vectors = self.static.encode_passages(connection.body["input"])
        vectors = vectors[:, ::-1] if self.turned else vectors
        connection.head(200, "application/json")
        connection.send(json.dumps({"data": listed(vectors)}).encode())


@pytest.fixture
def model(static: StaticEncoder) -> Model:
    return Model(static)


@pytest.fixture
def server(model: Model) -> Iterator[ModelServer]:
    with serving(model) as server:
        yield server


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load(LEXICON)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch, static: StaticEncoder, lexicon: Lexicon) -> None:
    """Load models once, make pauses short, and leave nobody alone."""
    monkeypatch.setattr(StaticEncoder, "load", lambda _: static)
    monkeypatch.setattr(Lexicon, "load", lambda _: lexicon)
    monkeypatch.setattr("index.over_http.server.drawn_pause", lambda *_, **__: 0.0)
    monkeypatch.setattr("index.over_http.server._LEFT_ALONE_SECONDS", 0.0)


def settings(folder: Path, server: ModelServer, **changes: object) -> Settings:
    values = {"data_dir": folder, "encoder": server.url, "encoder_model": "tiny", **changes}
    return Settings.model_validate(values)


def fill(sourcier: Sourcier) -> None:
    for source, text in CORPUS.items():
        sourcier.add_text(text, source=source)


def encoders_of(folder: Path) -> dict[str, int]:
    with Store.open(folder / "sourcier.db") as store:
        return store.fingerprints()


def texts_read(server: ModelServer) -> int:
    """How many texts were sent, but for those that prove who answers."""
    return sum(len(body["input"]) - 1 for body in server.bodies)


# All is well


def test_it_answers_and_says_by_what(tmp_path: Path, server: ModelServer) -> None:
    with bootstrap(settings(tmp_path, server)) as sourcier:
        fill(sourcier)
        answer = sourcier.ask(QUESTION)
        status = sourcier.status()

    assert "1887" in answer.text
    assert (answer.degraded, answer.encoder) == (None, "http:tiny")
    assert (status.encoder, status.dimension, status.encoder_problem) == ("http:tiny", 256, None)
    assert answer.passages[0].dense_rank == 1


def test_the_next_start_encodes_nothing_anew(tmp_path: Path, server: ModelServer) -> None:
    with bootstrap(settings(tmp_path, server)) as sourcier:
        fill(sourcier)
    before = encoders_of(tmp_path)
    server.bodies.clear()

    with bootstrap(settings(tmp_path, server)) as sourcier:
        assert sourcier.status().reembedding is None
        assert sourcier.ask(QUESTION).degraded is None

    assert encoders_of(tmp_path) == before
    assert texts_read(server) < 12  # the probe, the question, what was read closely


def test_a_server_that_moves_is_known_again(tmp_path: Path, server: ModelServer) -> None:
    with bootstrap(settings(tmp_path, server)) as sourcier:
        fill(sourcier)
    with (
        serving(server.scripts[0]) as elsewhere,
        bootstrap(settings(tmp_path, elsewhere, encoder_model="org/tiny")) as sourcier,
    ):
        assert sourcier.status().reembedding is None
        assert sourcier.ask(QUESTION).encoder == "http:org/tiny"
        [known] = sourcier._store.encoders.known()

    assert known.name == f"{elsewhere.url}#org/tiny"


# It is away


def test_while_it_is_away_words_answer_and_nothing_is_lost(
    tmp_path: Path, server: ModelServer, model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    with bootstrap(settings(tmp_path, server)) as sourcier:
        fill(sourcier)
        well = sourcier.ask(QUESTION)
        for state, asked in ASKED_ANEW.items():
            model.state = state
            answer = sourcier.ask(Question(asked))
            assert (answer.degraded, answer.encoder) == ("encoder_unavailable", "embedded-static")
            assert answer.answered
            assert "1887" in answer.text
            assert "embedding server" in str(sourcier.encoder_problem())
            assert sourcier.ready()
            with pytest.raises(EncoderUnavailable, match="embedding server"):
                sourcier.add_text("Le moulin tourne depuis 1903.", source="moulin")
        assert len(list(sourcier.all_documents())) == len(CORPUS)

        model.state = "well"
        assert sourcier.add_text("Le moulin tourne depuis 1903.", source="moulin").status == "new"
        assert sourcier.encoder_problem() is None
        again = sourcier.ask(QUESTION)
        assert (again.text, again.encoder, again.degraded) == (well.text, "http:tiny", None)
    assert caplog.text.count("gives no vectors") == 1


def test_what_words_find_is_ranked_and_weighed_as_the_static_encoder_does(
    tmp_path: Path, server: ModelServer, model: Model
) -> None:
    alone = Settings(data_dir=tmp_path / "static", encoder="embedded-static")
    with bootstrap(alone) as expected, bootstrap(settings(tmp_path / "a", server)) as sourcier:
        fill(expected)
        fill(sourcier)
        model.state = "away"
        for question in (QUESTION, ACROSS, Question("How heavy is the telescope?")):
            found, told = sourcier.ask(question), expected.ask(question)
            assert found.text == told.text
            assert found.confidence > 0.5
            scores = {hit.stored.document.source: hit.score for hit in told.passages}
            for hit in found.passages:
                assert hit.score == pytest.approx(scores[hit.stored.document.source], abs=1e-4)
                assert (hit.dense_rank, hit.lexical_rank) != (None, None)
        refused = sourcier.ask(Question("Quel est le salaire du directeur de la banque ?"))
        assert not refused.answered


def test_searches_say_what_they_lack(tmp_path: Path, server: ModelServer, model: Model) -> None:
    with bootstrap(settings(tmp_path, server)) as sourcier:
        fill(sourcier)
        lexical = sourcier.search(Query("phare granit", mode="lexical"))
        model.state = "away"
        found = sourcier.find(Query("phare de granit"))
        assert found.degraded == "encoder_unavailable"
        assert found.hits[0].stored.document.source == "phare.txt"
        by_words = sourcier.find(Query("phare granit", mode="lexical"))
        assert by_words.degraded is None
        assert [hit.stored for hit in by_words.hits] == [hit.stored for hit in lexical]
        with pytest.raises(EncoderUnavailable):
            sourcier.search(Query("autre chose", mode="dense"))


def test_one_that_dies_in_the_middle_of_an_answer_changes_no_event(
    tmp_path: Path, server: ModelServer, model: Model
) -> None:
    with bootstrap(settings(tmp_path, server)) as sourcier:
        fill(sourcier)
        events = sourcier.stream(QUESTION)
        first = next(events)
        model.state = "away"
        *proved, last = events

    assert isinstance(first, PassagesFound)
    assert isinstance(last, Answered)
    assert not any(isinstance(event, PassagesFound) for event in proved)
    assert last.answer.degraded == "encoder_unavailable"
    assert last.answer.passages == first.passages
    assert "1887" in last.answer.text


def test_a_question_too_long_for_its_model_is_answered_from_words(
    tmp_path: Path, server: ModelServer, model: Model
) -> None:
    with bootstrap(settings(tmp_path, server)) as sourcier:
        fill(sourcier)
        model.state = "strict"
        answer = sourcier.ask(
            Question("Quand le phare a-t-il été allumé" + ", dis-moi" * 40 + " ?")
        )
        assert answer.degraded == "encoder_unavailable"
        assert sourcier.encoder_problem() is None


def test_a_document_too_long_for_its_model_is_refused_with_the_remedy(
    tmp_path: Path, server: ModelServer, model: Model
) -> None:
    with bootstrap(settings(tmp_path, server)) as sourcier:
        model.state = "strict"
        with pytest.raises(InvalidDocument, match=r"phare cannot.*SOURCIER_PASSAGE_MAX_WORDS"):
            sourcier.add_text(LIGHTHOUSE, source="phare")
        table = f"title,text\nA,{json.dumps(LIGHTHOUSE.replace(chr(10), ' '))[1:-1]}\nB,Le pont."
        added = sourcier.add_file(table.replace('\\"', "").encode(), name="t.csv")
        assert (len(added.documents), len(added.problems)) == (1, 1)


# It is away at the start


def test_a_service_that_knew_it_starts_without_it(
    tmp_path: Path, server: ModelServer, model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    with bootstrap(settings(tmp_path, server)) as sourcier:
        fill(sourcier)
    model.state = "away"

    with bootstrap(settings(tmp_path, server)) as sourcier:
        assert "Questions are answered from words until it does" in caplog.text
        assert sourcier.encoder_problem() is not None
        assert sourcier.ask(QUESTION).degraded == "encoder_unavailable"
        model.state = "well"
        assert sourcier.ask(QUESTION).degraded is None
        sourcier.add_text("Le moulin tourne depuis 1903.", source="moulin")

    assert len(encoders_of(tmp_path)) == 1


def test_one_that_was_never_met_must_be_there(
    tmp_path: Path, server: ModelServer, model: Model
) -> None:
    with bootstrap(Settings(data_dir=tmp_path, encoder="embedded-static")) as sourcier:
        fill(sourcier)
    model.state = "away"
    with pytest.raises(EncoderUnavailable, match="cannot be reached"):
        bootstrap(settings(tmp_path, server))


# It becomes another


def test_another_model_behind_the_same_name_encodes_everything_anew(
    tmp_path: Path, server: ModelServer, model: Model
) -> None:
    with bootstrap(settings(tmp_path, server)) as sourcier:
        fill(sourcier)
    [before] = encoders_of(tmp_path)
    model.turned = True

    with bootstrap(settings(tmp_path, server)) as sourcier:
        answer = sourcier.ask(QUESTION)  # the vectors of before are of a model that is gone
        assert (answer.answered, answer.degraded) == (True, "encoder_unavailable")
        progress = sourcier.status().reembedding
        assert progress is not None
        assert (progress.done, progress.passages) == (0, 4)
        with pytest.raises(EncoderUnavailable, match="Another model answers"):
            sourcier.add_text("Le moulin tourne depuis 1903.", source="moulin")

        sourcier.work_aside()
        sourcier._reembedding._thread.join()

        assert sourcier.ask(QUESTION).degraded is None
        assert sourcier.add_text("Le moulin tourne depuis 1903.", source="moulin").status == "new"
    [after] = encoders_of(tmp_path)
    assert after != before

    with bootstrap(settings(tmp_path, server)) as sourcier:
        assert sourcier.status().reembedding is None
        assert sourcier.ask(QUESTION).degraded is None


def test_a_model_that_changes_while_the_service_runs_stores_nothing(
    tmp_path: Path, server: ModelServer, model: Model
) -> None:
    with bootstrap(settings(tmp_path, server)) as sourcier:
        fill(sourcier)
        model.turned = True
        assert sourcier.ask(QUESTION).degraded == "encoder_unavailable"
        with pytest.raises(EncoderUnavailable, match="restart Sourcier"):
            sourcier.add_text("Le moulin tourne depuis 1903.", source="moulin")
        assert "Another model" in str(sourcier.encoder_problem())
        assert len(list(sourcier.all_documents())) == len(CORPUS)
        model.turned = False
        assert sourcier.ask(QUESTION).degraded is None


def test_encoding_anew_goes_on_where_it_was(
    tmp_path: Path, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.reembedding._BATCH", 2)
    monkeypatch.setattr("rag.reembedding._AT_THE_SWITCH", 0)
    with bootstrap(Settings(data_dir=tmp_path, encoder="embedded-static")) as sourcier:
        fill(sourcier)
    steps = reembed(settings(tmp_path, server))
    assert next(steps) == (2, 4)
    steps.close()
    server.bodies.clear()

    assert list(reembed(settings(tmp_path, server)))[-1] == (4, 4)

    assert len(server.bodies) == 2  # who it is, and the other two
    assert len(encoders_of(tmp_path)) == 1


def test_the_one_before_serves_while_one_on_this_machine_takes_over(
    tmp_path: Path, server: ModelServer
) -> None:
    with bootstrap(settings(tmp_path, server, encoder_api_key="secret")) as sourcier:
        fill(sourcier)
    server.headers.clear()
    here = Settings(data_dir=tmp_path, encoder="embedded-static", encoder_api_key="secret")
    with bootstrap(here) as sourcier:
        answer = sourcier.ask(QUESTION)
        assert (answer.encoder, answer.degraded) == ("http:tiny", None)
        sourcier.work_aside()
        sourcier._reembedding._thread.join()
        assert sourcier.ask(QUESTION).encoder == "embedded-static"
    assert {head["authorization"] for head in server.headers} == {"Bearer secret"}


def test_the_key_of_one_server_is_not_sent_to_another(
    tmp_path: Path, server: ModelServer, static: StaticEncoder
) -> None:
    with bootstrap(settings(tmp_path, server, encoder_api_key="old")) as sourcier:
        fill(sourcier)
    server.headers.clear()
    with (
        serving(Model(static, turned=True)) as other,
        bootstrap(settings(tmp_path, other, encoder_api_key="new")) as sourcier,
    ):
        sourcier.ask(QUESTION)
        assert {head.get("authorization") for head in server.headers} == {None}
        assert {head.get("authorization") for head in other.headers} == {"Bearer new"}


# Text Embeddings Inference


def test_tei_tells_its_name_and_is_known_again_while_it_is_away(tmp_path: Path) -> None:
    with serving(tei()) as server:
        address = server.url.removesuffix("/v1") + "/embed"
        with bootstrap(Settings(data_dir=tmp_path, encoder=address)) as sourcier:
            sourcier.add_text(LIBRARY, source="m")
            assert sourcier.status().encoder == "http:org/tiny"
            [known] = sourcier._store.encoders.known()
        assert known.name == f"{address}#org/tiny"
        server.scripts[:] = [refusing(503)]
        with bootstrap(Settings(data_dir=tmp_path, encoder=address)) as sourcier:
            assert sourcier.ask(Question("Qui dirige la médiathèque ?")).answered
            assert sourcier.status().encoder == "http:org/tiny"


# Settings, and the doctor


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"encoder": "http://gpu/v1"}, "needs SOURCIER_ENCODER_MODEL"),
        ({"encoder": "http://u:p@gpu/v1", "encoder_model": "m"}, "SOURCIER_ENCODER_API_KEY"),
        ({"encoder": "http:///v1", "encoder_model": "m"}, "no address"),
        ({"encoder": "http://[::1/v1", "encoder_model": "m"}, "no address"),
        ({"encoder": "http://gpu:80000/v1", "encoder_model": "m"}, "no address"),
        ({"encoder": "http://gpu/v1#x", "encoder_model": "m"}, "no address"),
        ({"encoder": "http://gpu/v1?key=x", "encoder_model": "m"}, "no address"),
        ({"encoder": "http://gpu/v1", "encoder_model": "a#b"}, "pattern"),
        ({"encoder_batch": 4}, "8"),
        ({"encoder": ""}, "at least 1"),
    ],
)
def test_settings_that_cannot_work_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Settings.model_validate(values)


def test_the_key_is_not_shown() -> None:
    values = {"encoder": "http://gpu/v1", "encoder_model": "m", "encoder_api_key": "sk-secret"}
    assert "sk-secret" not in repr(Settings.model_validate(values))


@pytest.mark.parametrize(
    ("model_name", "prefixes", "expected"),
    [
        ("intfloat/multilingual-e5-large", {}, "passage: "),
        ("bge-m3", {}, ""),
        ("bge-m3", {"encoder_passage_prefix": "doc: "}, "doc: "),
        ("multilingual-e5-small", {"encoder_passage_prefix": ""}, ""),
    ],
)
def test_the_prefix_is_the_one_set_or_that_of_the_family(
    tmp_path: Path, server: ModelServer, model_name: str, prefixes: dict[str, str], expected: str
) -> None:
    with bootstrap(settings(tmp_path, server, encoder_model=model_name, **prefixes)) as sourcier:
        sourcier.add_text("Le moulin tourne depuis 1903.", title="Moulin")

    assert server.bodies[-1]["input"][-1] == f"{expected}Moulin\nLe moulin tourne depuis 1903."


@pytest.mark.parametrize(
    ("server_is", "state", "said"),
    [("well", "ok", "http:tiny encodes"), ("away", "fail", "cannot be reached")],
)
def test_the_doctor_asks_it(
    tmp_path: Path, model: Model, server_is: str, state: str, said: str
) -> None:
    with serving(model) as server:
        with bootstrap(settings(tmp_path, server)) as sourcier:
            fill(sourcier)
        model.state = server_is
        found = {one.part: one for one in examine(settings(tmp_path, server, port=0), unknown=[])}

    assert found["models"].state == state
    assert said in found["models"].message
    assert found["vectors"].state == "ok"


def test_what_the_store_knew_before_needs_no_probe(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        store.encoders.adopt(StoredEncoder("one", "first", 8))
        assert store.encoders.known() == [StoredEncoder("one", "first", 8, b"")]
        store.encoders.adopt(StoredEncoder("two", "http://gpu/v1#m", 8, b"\x00" * 32))
        assert [one.fingerprint for one in store.encoders.known()] == ["two", "one"]
        assert store.encoders.serving() == StoredEncoder("two", "http://gpu/v1#m", 8, b"\x00" * 32)

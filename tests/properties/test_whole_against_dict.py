"""Any order of steps leaves a service that finds what a plain dict would hold, word for word.

The real store, index and pipeline; only the two encoders are small. ``STATEFUL_EXAMPLES=2000``
runs it for longer.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from documents.records import document_id
from index.encoder import Encoder
from index.lexicon import Lexicon
from index.static_encoder import StaticEncoder
from rag import bootstrap, encoders
from rag.models import Query, Question
from rag.reembedding import encode_beside
from rag.service import Sourcier
from rag.settings import Settings
from tests.rag.fakes import FakeEncoder

COLLECTIONS = st.sampled_from(["default", "autre"])
SOURCES = st.sampled_from(["a", "b", "c", "d"])
EXAMPLES = int(os.environ.get("STATEFUL_EXAMPLES", "10"))

# Every text holds "phare". The same under another source names another place in each sentence,
# or else it would be a copy, which is not shown beside what it repeats.
PLACES = {"a": "Kerlann", "b": "Valbrume", "c": "Miremont", "d": "Hollow Bay"}
TEXTS = st.sampled_from(
    [
        "Le phare de {0} a été bâti en 1887.",
        "À {0}, le phare a 47\u00a0mètres.\n\nSa lumière, dit-on à {0}, porte « à 30 milles ».",
        "The phare of {0} was lit in 1951. Margaret Oakley kept that of {0} for thirty years.",
        "\n\n".join(
            f"Le phare {number} de l’œuvre de {{0}} éclaire la digue, le môle et le quai, que la "
            f"mer bat depuis {1800 + number}."
            for number in range(9)
        ),
    ]
)
QUESTIONS = st.sampled_from(
    ["Quand le phare de Kerlann a-t-il été bâti ?", "Who kept the phare of Hollow Bay?"]
)
EVERYTHING = 200

static = cache(StaticEncoder.load)
lexicon = cache(Lexicon.load)


def load_encoder(name: str, small: StaticEncoder) -> Encoder:
    """Return the static encoder, or one of another width."""
    return small if name == small.name else FakeEncoder(name="fake", fingerprint="f2", dimension=4)


class WholeAgainstDict(RuleBasedStateMachine):
    """`model` holds the text of each (collection, source)."""

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sourcier-"))
        self.model: dict[tuple[str, str], str] = {}
        self.dropped: list[Sourcier] = []
        self.encoder = "embedded-static"
        self.sourcier = self.open()
        self.sourcier.create_collection("autre")

    def open(self) -> Sourcier:
        loaders = (
            patch.object(bootstrap.StaticEncoder, "load", static),
            patch.object(bootstrap.Lexicon, "load", lexicon),
            patch.object(encoders, "load_encoder", load_encoder),
        )
        with loaders[0], loaders[1], loaders[2]:
            return bootstrap.bootstrap(
                Settings(
                    data_dir=self.folder,
                    encoder=self.encoder,
                    passage_min_words=15,
                    passage_max_words=40,
                )
            )

    @rule(collection=COLLECTIONS, source=SOURCES, template=TEXTS)
    def put(self, collection: str, source: str, template: str) -> None:
        text = template.format(PLACES[source])
        before = self.model.get((collection, source))
        status = self.sourcier.add_text(text, collection=collection, source=source).status
        expected = "new" if before is None else "unchanged" if before == text else "replaced"
        assert status == expected
        self.model[collection, source] = text

    @rule(collection=COLLECTIONS, source=SOURCES)
    def delete(self, collection: str, source: str) -> None:
        if self.model.pop((collection, source), None) is not None:
            self.sourcier.delete_document(document_id(collection, source))

    @rule(name=COLLECTIONS)
    def empty_collection(self, name: str) -> None:
        gone = [key for key in self.model if key[0] == name]
        assert self.sourcier.delete_collection(name) == len(gone)
        for key in gone:
            del self.model[key]
        self.sourcier.create_collection(name)

    @rule()
    def restart(self) -> None:
        self.sourcier.close()
        self.sourcier = self.open()

    @rule()
    def crash(self) -> None:
        self.dropped.append(self.sourcier)  # nothing is saved, nothing released
        self.sourcier = self.open()

    @rule()
    def merge_and_save(self) -> None:
        self.sourcier._serving.now().index.save()

    @rule()
    def rebuild(self) -> None:
        passages = sum(one.passages for one in self.sourcier.collections())
        assert self.sourcier.rebuild() == passages

    @rule(steps=st.integers(0, 12))
    def set_another_encoder(self, steps: int) -> None:
        self.encoder = "fake" if self.encoder == "embedded-static" else "embedded-static"
        self.restart()
        self.encode_again(steps)

    @rule(steps=st.integers(1, 3))
    def encode_again(self, steps: int) -> None:
        """Go some steps towards the encoder that is set, as if the service ran for a while."""
        wanted = self.sourcier._reembedding
        with patch("rag.reembedding._BATCH", 2), patch("rag.reembedding._AT_THE_SWITCH", 1):
            going = encode_beside(
                wanted._store,
                wanted._encoder,
                wanted._stored,
                database=self.sourcier.settings.database,
                before_switch=wanted._prepare,
            )
            for _ in zip(range(steps), going, strict=False):
                pass

    @rule(question=QUESTIONS, collection=COLLECTIONS)
    def ask(self, question: str, collection: str) -> None:
        answer = self.sourcier.ask(Question(question, collection=collection))
        texts = {document_id(collection, source): text for source, text in self.held(collection)}
        assert answer.answered == bool(answer.citations)
        for citation in answer.citations:
            assert texts[citation.document_id][citation.start : citation.end] == citation.quote

    @invariant()
    def each_collection_finds_its_own_documents_word_for_word(self) -> None:
        for collection in ("default", "autre"):
            query = Query("phare", collection=collection, mode="lexical", top_k=EVERYTHING)
            hits = [hit.stored for hit in self.sourcier.search(query)]
            mine = dict(self.held(collection))
            assert {hit.document.source for hit in hits} == set(mine)
            assert len({hit.row for hit in hits}) == len(hits)
            for hit in hits:
                passage, text = hit.passage, mine[hit.document.source]
                assert text[passage.start : passage.end] == passage.text
                assert hit.document.collection == collection

    @invariant()
    def counts_agree(self) -> None:
        listed = list(self.documents())
        status = self.sourcier.status()
        assert sorted(listed) == sorted(self.model)
        assert status.documents == len(self.model)
        assert status.passages == status.index["passages"]
        assert status.change == status.index["change"]

    def held(self, collection: str) -> Iterator[tuple[str, str]]:
        return ((source, text) for (name, source), text in self.model.items() if name == collection)

    def documents(self) -> Iterator[tuple[str, str]]:
        for collection in ("default", "autre"):
            for document in self.sourcier.all_documents(collection):
                yield collection, document.source

    def teardown(self) -> None:
        for sourcier in (self.sourcier, *self.dropped):
            sourcier.close()
        shutil.rmtree(self.folder)


TestWholeAgainstDict = WholeAgainstDict.TestCase
TestWholeAgainstDict.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=20, deadline=None
)

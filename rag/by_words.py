"""The index as it serves while the encoder of its vectors is away: passages found by words.

What is found so is measured as ever, token by token and word by word. The cosine is that of the
static encoder, whose vectors come from the tokens that the index keeps of each passage. So the
weights that are fitted to that encoder rank what is found, and tell what to refuse.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from documents.models import Language
from index.lexical import Group
from index.proposals import Proposals
from index.ranking import Rows
from index.static_encoder import StaticEncoder
from rag.calibration import Floats
from rag.retrieval import View, Views


@dataclass(frozen=True, slots=True)
class ByWords:
    """Gives the states of `index`, searched by words (`rag.retrieval.Views`)."""

    index: Views
    static: StaticEncoder

    def view(self) -> View:
        """Return the present state of the index."""
        return _ViewByWords(self.index.view(), self.static)


@dataclass(frozen=True, slots=True)
class _ViewByWords:
    state: View
    static: StaticEncoder

    @property
    def change(self) -> int:
        return self.state.change

    def size(self, collection: int, language: Language) -> int:
        return self.state.size(collection, language)

    def propose(
        self,
        vector: Floats | None,
        groups: Sequence[Group],
        most: int,
        *,
        collection: int,
        language: Language,
        among: Rows | None,
    ) -> Proposals:
        """Return the `most` best passages by words; `vector` is the static encoder's."""
        found = self.state.propose(
            None, groups, most, collection=collection, language=language, among=among
        )
        if vector is None:
            return found
        tokens = found.tokens
        texts = [tokens.text(at) for at in range(len(tokens))]
        return replace(found, cosines=self.static.sums(texts) @ vector)

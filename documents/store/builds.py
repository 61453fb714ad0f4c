"""The books of index builds: what an engine outside was given, counted exactly once.

An engine has no transactions, so it is not asked how far it is: that is written here, in one
step with the statistics of words. What is written to the engine before that step is written
again after a crash, in the same place, and what is removed from it is removed after the step.
"""

import json
from collections.abc import Collection, Mapping
from uuid import uuid4

from documents.build_records import Build, Counted, Part, PartCounts
from documents.models import Language
from documents.store.connection import Connections, Row

_BUILD = "SELECT number, name, origin, average_length, change, swept FROM builds"
_SERVING = f"{_BUILD} WHERE origin = ? AND serves = 1"

_KNOWN = """
    SELECT t.term, t.number, coalesce(w.passages, 0)
    FROM json_each(:terms) AS asked
    CROSS JOIN terms AS t ON t.term = asked.value
    LEFT JOIN build_words AS w ON w.build = :build AND w.collection = :collection
        AND w.language = :language AND w.term = t.number
    ORDER BY t.number
"""

# Not by OR IGNORE, which uses up a number for each term that is there.
_NUMBER_NEW = """
    INSERT INTO terms (term) SELECT value FROM json_each(?) AS asked
    WHERE NOT EXISTS (SELECT 1 FROM terms WHERE term = asked.value) ORDER BY key
"""

_ADD_PART = """
    INSERT INTO build_parts VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (build, collection, language) DO UPDATE SET
        passages = build_parts.passages + excluded.passages,
        terms = build_parts.terms + excluded.terms
"""

_ADD_WORDS = """
    INSERT INTO build_words VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (build, collection, language, term) DO UPDATE SET
        passages = build_words.passages + excluded.passages
"""


class Builds:
    """The books in the file of `connections`; safe to share between threads.

    All methods raise StoreError as those of `Store` do.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def serving(self, origin: str) -> Build | None:
        """Return the build of this origin that serves, None where none was begun."""
        with self._connections.glancing() as connection:
            return _build(connection.execute(_SERVING, (origin,)).fetchone())

    def find(self, number: int) -> Build | None:
        """Return the build of this number, None where it was dropped."""
        with self._connections.glancing() as connection:
            return _build(connection.execute(_BUILD + " WHERE number = ?", (number,)).fetchone())

    def all(self) -> list[Build]:
        """Return every build that was begun and not dropped, oldest first."""
        with self._connections.glancing() as connection:
            return [Build(*row) for row in connection.execute(_BUILD + " ORDER BY number")]

    def begin(self, origin: str, *, average_length: float, beside: bool = False) -> Build:
        """Begin a build that serves, or return the one of this origin that does.

        One that is begun `beside` it does not, until `serve`.
        """
        name = f"sourcier_{uuid4().hex}"
        with self._connections.writing() as connection:
            found = connection.execute(_SERVING, (origin,)).fetchone()
            if found is None or beside:
                found = connection.execute(
                    """
                    INSERT INTO builds (name, origin, average_length, serves) VALUES (?, ?, ?, ?)
                    RETURNING number, name, origin, average_length, change, swept
                    """,
                    (name, origin, average_length, int(not beside)),
                ).fetchone()
            return Build(*found)

    def serve(self, number: int) -> None:
        """Let the build of this number serve, in the place of the one of the same origin."""
        with self._connections.writing() as connection:
            connection.execute(
                """
                UPDATE builds SET serves = CASE WHEN number = ?1 THEN 1 ELSE 0 END
                WHERE origin = (SELECT origin FROM builds WHERE number = ?1)
                """,
                (number,),
            )

    def drop(self, number: int) -> None:
        """Forget the build of this number and what it counted."""
        with self._connections.writing() as connection:
            connection.execute("DELETE FROM builds WHERE number = ?", (number,))

    def forget(self) -> None:
        """Forget all builds: the engine does not hold what this store does, or is not ours."""
        with self._connections.writing() as connection:
            connection.execute("DELETE FROM builds")

    def hold(self, number: int, holder: str, *, now: float, seconds: float) -> bool:
        """Hold a build for `holder`, or hold it longer; False while somebody else does."""
        with self._connections.writing() as connection:
            held = connection.execute(
                """
                UPDATE builds SET holder = :holder, held_until = :until
                WHERE number = :number AND (holder = :holder OR coalesce(held_until, 0) <= :now)
                """,
                {"number": number, "holder": holder, "now": now, "until": now + seconds},
            )
            return held.rowcount == 1

    def numbers(self, terms: Collection[str]) -> dict[str, int]:
        """Return the number of each of `terms`; the new ones get theirs in alphabetical order."""
        asked = json.dumps(sorted(terms))
        known = (
            "SELECT t.term, t.number FROM json_each(?) AS asked "
            "CROSS JOIN terms AS t ON t.term = asked.value"
        )
        with self._connections.glancing() as connection:
            found = dict(connection.execute(known, (asked,)).fetchall())
        if len(found) == len(terms):
            return found
        with self._connections.writing() as connection:
            connection.execute(_NUMBER_NEW, (asked,))
            return dict(connection.execute(known, (asked,)).fetchall())

    def advance(
        self, build: Build, change: int, counts: Mapping[Part, PartCounts], *, swept: bool
    ) -> bool:
        """Write that `build` holds all up to `change`, and count what came and went, in one step.

        `swept` says that nothing has to be removed from the engine. False says that another
        process got further meanwhile, and nothing was written.
        """
        with self._connections.writing() as connection:
            moved = connection.execute(
                "UPDATE builds SET change = ?, swept = ? WHERE number = ? AND change = ?",
                (change, change if swept else build.swept, build.number, build.change),
            )
            if moved.rowcount != 1:
                return False
            for (collection, language), part in counts.items():
                place = (build.number, collection, language)
                connection.execute(_ADD_PART, (*place, part.passages, part.terms))
                words = ((*place, term, passages) for term, passages in part.words.items())
                connection.executemany(_ADD_WORDS, words)
            return True

    def sweep(self, number: int, change: int) -> None:
        """Write that what the changes up to `change` removed is gone from the engine."""
        with self._connections.writing() as connection:
            connection.execute(
                "UPDATE builds SET swept = ?1 WHERE number = ?2 AND swept < ?1", (change, number)
            )

    def counted(
        self, number: int, collection: int, language: Language, terms: Collection[str]
    ) -> Counted:
        """Return what a build counted of a part, and of these terms in it."""
        place = {"build": number, "collection": collection, "language": language}
        with self._connections.reading() as connection:
            part = connection.execute(
                """
                SELECT passages, terms FROM build_parts
                WHERE build = :build AND collection = :collection AND language = :language
                """,
                place,
            ).fetchone()
            known = connection.execute(_KNOWN, place | {"terms": json.dumps(sorted(terms))})
            words = {term: (number, passages) for term, number, passages in known}
        passages, total = part or (0, 0)
        return Counted(passages, total, words)

    def totals(self, number: int) -> tuple[int, int]:
        """Return how many passages a build counted, and their terms in all."""
        with self._connections.glancing() as connection:
            passages, terms = connection.execute(
                "SELECT sum(passages), sum(terms) FROM build_parts WHERE build = ?", (number,)
            ).fetchone()
            return int(passages or 0), int(terms or 0)


def _build(row: Row | None) -> Build | None:
    return None if row is None else Build(*row)

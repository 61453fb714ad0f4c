"""Whether the time of a reply tells what is another's from what never was."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter

from scipy.stats import mannwhitneyu

from rag.models import Question
from tests.properties.test_tenants import Named
from tests.tenants.ground import Ground, twin

_WARM = 20


@dataclass(frozen=True, slots=True)
class Compared:
    """Two ways to ask, taken in turns: medians in milliseconds, and the p value of Mann–Whitney.

    Where the two ways take the same time, p is spread evenly over [0, 1].
    """

    one_ms: float
    other_ms: float
    p: float


def compared(one: Callable[[], object], other: Callable[[], object], rounds: int) -> Compared:
    """Time `one` and `other` in turns, each first as often as second."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + _WARM):
        for which in (0, 1) if number % 2 else (1, 0):
            start = perf_counter()
            (one, other)[which]()
            if number >= _WARM:
                times[which].append((perf_counter() - start) * 1000)
    p = float(mannwhitneyu(*times, alternative="two-sided").pvalue)
    return Compared(median(times[0]), median(times[1]), p)


def by_request(ground: Ground, rounds: int) -> Mapping[str, Compared]:
    """Compare requests for things of the victim with requests for what never was."""
    client, headers, theirs = ground.client, ground.headers, ground.theirs[0]
    never = twin(theirs)

    def get(path: str) -> Callable[[], object]:
        return lambda: client.get(path, headers=headers)

    def post(path: str, body: object) -> Callable[[], object]:
        return lambda: client.post(path, json=body, headers=headers)

    def calls(named: Named) -> Mapping[str, Callable[[], object]]:
        return {
            "a document": get(f"/v1/documents/{named.document}"),
            "a document's text": get(f"/v1/documents/{named.document}/text"),
            "a file": get(f"/v1/files/{named.document}"),
            "a job": get(f"/v1/jobs/{named.job}"),
            "documents of a collection": get(f"/v1/documents?collection={named.collection}"),
            "a question to a collection": post(
                "/v1/ask", {"question": "Qui a bâti le phare ?", "collection": named.collection}
            ),
            "a search by document": post(
                "/v1/search",
                {
                    "query": "phare",
                    "collection": "mine",
                    "filters": {"document_ids": [named.document]},
                },
            ),
            "feedback on an answer": post(
                "/v1/feedback", {"answer_id": named.answer, "helpful": True}
            ),
        }

    there, nowhere = calls(theirs), calls(never)
    return {name: compared(there[name], nowhere[name], rounds) for name in there}


def by_memory(ground: Ground, rounds: int) -> Mapping[str, Compared]:
    """Compare what the victim had read a moment ago with what nobody read.

    For a question, and for a document that both tenants have.
    """
    sourcier = ground.sourcier
    text = (
        "Le barrage d'Ostre numéro {n} a été inauguré en 1931 par le préfet. Il retient {n} "
        "millions de mètres cubes. La vallée {n} fut noyée cet été-là. Les villages de la vallée "
        "{n} ont été déplacés. Le barrage {n} produit encore du courant."
    )
    asked = "Quand le barrage d'Ostre numéro {n} a-t-il été inauguré ?"
    for n in range(2 * (rounds + _WARM)):
        for collection in ("mine", "victim-alpha"):
            sourcier.add_text(text.format(n=n), source=f"dam{n}", collection=collection)
    numbers = iter(range(2 * (rounds + _WARM)))

    def time_of(*, read_before: bool) -> float:
        question = Question(asked.format(n=next(numbers)), collection="mine")
        if read_before:
            sourcier.ask(replace(question, collection="victim-alpha"))
        start = perf_counter()
        sourcier.ask(question)
        return (perf_counter() - start) * 1000

    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + _WARM):
        for which in (0, 1) if number % 2 else (1, 0):
            took = time_of(read_before=which == 0)
            if number >= _WARM:
                times[which].append(took)
    p = float(mannwhitneyu(*times, alternative="two-sided").pvalue)
    return {"a question just asked by another": Compared(median(times[0]), median(times[1]), p)}

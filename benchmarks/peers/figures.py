"""From what participants told to figures: medians, and ratios pair by pair."""

from collections.abc import Collection, Mapping, Sequence
from statistics import median
from typing import Any

Figures = dict[str, dict[str, float]]  # participant → figure → value
Told = Mapping[str, Any]


def paired(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of ``ours / theirs``, of the same question or round each.

    Raises:
        ValueError: they are not as many.
    """
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest of `values` that `share` of them do not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def overlap(found: Sequence[Sequence[str]], exact: Sequence[Sequence[str]]) -> float:
    """Return the share of the `exact` passages that were `found`, over all questions."""
    shared = sum(len(set(one) & set(other)) for one, other in zip(found, exact, strict=True))
    return shared / sum(map(len, exact))


def of_questions(told: Told, bare: str) -> Figures:
    """Return latency, its ratio to the bare reference, agreement with it, and memory."""
    base = told[bare]
    return {
        name: {
            "p50_ms": median(one["ms"]),
            "p95_ms": percentile(one["ms"], 0.95),
            "p99_ms": percentile(one["ms"], 0.99),
            "ratio_to_bare": paired(one["ms"], base["ms"]),
            "cpu_ms": median(one["cpu_ms"]),
            "cpu_ratio_to_bare": paired(one["cpu_ms"], base["cpu_ms"]),
            "agrees_with_exact": overlap(one["found"], base["found"]),
            "memory_mib": one["mib"],
        }
        for name, one in told.items()
    }


def of_many(told: Told, bare: str) -> Figures:
    """Return the passages a second, and their ratio to encoding alone."""
    return {
        name: {
            "passages_a_second": median(1000 * one["passages"] / one["ms"] for one in rounds),
            "share_of_bare": _share(told[bare], rounds, "ms"),
            "cpu_ms_a_passage": median(one["cpu_ms"] / one["passages"] for one in rounds),
            "cpu_share_of_bare": _share(told[bare], rounds, "cpu_ms"),
        }
        for name, rounds in told.items()
    }


def _share(bare: Sequence[Told], rounds: Sequence[Told], key: str) -> float:
    return paired([one[key] for one in bare], [one[key] for one in rounds])


def of_one(told: Told, bare: str, *, same_encoder: Collection[str]) -> Figures:
    """Return what one document costs until it is durable.

    Of those that have the `same_encoder` as the bare reference also what is beyond encoding.
    """
    encoding = [one["add"] for one in told[bare]]
    worked = [one["add_cpu"] for one in told[bare]]
    found = {bare: {"add_ms": median(encoding)}}
    for name, each in told.items():
        if name == bare:
            continue
        found[name] = {
            "add_ms": median(one["add"] + one["add_save"] for one in each),
            "add_save_ms": median(one["add_save"] for one in each),
            "delete_ms": median(one["delete"] + one["delete_save"] for one in each),
            "delete_save_ms": median(one["delete_save"] for one in each),
            "visible": sum(one["visible"] for one in each) / len(each),
            "gone": sum(one["gone"] for one in each) / len(each),
        }
        if name in same_encoder:
            beyond = [
                one["add"] + one["add_save"] - spent
                for one, spent in zip(each, encoding, strict=False)
            ]
            cpu = [one["add_cpu"] - spent for one, spent in zip(each, worked, strict=False)]
            found[name] |= {
                "add_beyond_encoding_ms": median(beyond),
                "add_cpu_beyond_encoding_ms": median(cpu),
            }
    return found


def of_http(told: Told) -> Figures:
    """Return latency and throughput of servers, and what HTTP adds to the same search."""
    return {
        name: {
            "start_to_answer_s": one["start_s"],
            "p50_ms": median(one["ms"]),
            "p95_ms": percentile(one["ms"], 0.95),
            "one_client_qps": 1000 / (sum(one["ms"]) / len(one["ms"])),
            "http_adds_ms": median(
                over - within for over, within in zip(one["ms"], one["python_ms"], strict=True)
            ),
            "cpu_ms": median(one["cpu"]),
            "eight_clients_qps": median(turn["qps"] for turn in one["eight"]),
            "eight_clients_p95_ms": percentile(
                [ms for turn in one["eight"] for ms in turn["ms"]], 0.95
            ),
            "memory_mib": one["mib"],
            "failed": one["failed"],
        }
        for name, one in told.items()
    }  # fmt: skip


def of_starts(told: Mapping[str, Sequence[float]]) -> Figures:
    """Return the seconds from a new process to its first answer."""
    return {
        name: {"start_to_answer_s": median(seconds), "worst_s": max(seconds)}
        for name, seconds in told.items()
    }


def best(figures: Figures, key: str, among: Sequence[str], *, largest: bool) -> tuple[str, float]:
    """Return who of `among` is best by `key`, and the value."""
    values = {name: figures[name][key] for name in among if name in figures}
    chosen = (max if largest else min)(values, key=lambda name: values[name])
    return chosen, values[chosen]

"""What participants tell becomes ratios and tables."""

import pytest

from benchmarks.peers.figures import (
    of_http,
    of_many,
    of_one,
    of_questions,
    of_starts,
    overlap,
    paired,
)
from benchmarks.peers.participants import CONTENDERS
from benchmarks.peers.table import COLUMNS, table
from benchmarks.peers.turns import rotated


def test_a_ratio_is_that_of_pairs_not_of_medians() -> None:
    # The medians of both are 2; each pair but one says twice as slow.
    assert paired([2, 4, 2], [1, 2, 4]) == 2


def test_pairs_that_are_missing_are_no_ratio() -> None:
    with pytest.raises(ValueError, match="zip"):
        paired([1.0, 2.0], [1.0])


def test_overlap_counts_passages_over_all_questions() -> None:
    assert overlap([["a", "b"], ["c", "d"]], [["b", "x"], ["d", "c"]]) == 0.75


def test_latency_is_compared_with_the_bare_reference_question_by_question() -> None:
    told = {
        "bare": {"ms": [10.0, 20.0, 30.0], "found": [["a"]] * 3, "mib": 500.0},
        "peer": {"ms": [11.0, 22.0, 60.0], "found": [["a"], ["b"], ["a"]], "mib": 600.0},
    }
    told["bare"]["cpu_ms"], told["peer"]["cpu_ms"] = [9.0, 9.0, 9.0], [9.0, 18.0, 18.0]
    peer = of_questions(told, "bare")["peer"]
    assert peer["ratio_to_bare"] == pytest.approx(1.1)
    assert peer["cpu_ratio_to_bare"] == 2.0
    assert peer["p50_ms"] == 22.0
    assert peer["p99_ms"] == 60.0
    assert peer["agrees_with_exact"] == pytest.approx(2 / 3)


def test_ingestion_is_a_share_of_encoding_alone() -> None:
    told = {
        "bare": [
            {"ms": 900.0, "cpu_ms": 800.0, "passages": 10},
            {"ms": 950.0, "cpu_ms": 800.0, "passages": 10},
        ],
        "peer": [{"ms": 1000.0, "cpu_ms": 1000.0, "passages": 10}] * 2,
    }
    assert of_many(told, "bare")["peer"] == {
        "passages_a_second": pytest.approx(10.0),
        "share_of_bare": pytest.approx(0.925),
        "cpu_ms_a_passage": pytest.approx(100.0),
        "cpu_share_of_bare": pytest.approx(0.8),
    }


def test_what_one_document_costs_leaves_out_its_encoding() -> None:
    each = {"add": 50.0, "add_cpu": 45.0, "add_save": 5.0, "delete": 2.0, "delete_save": 4.0}
    told = {
        "bare": [{"add": 40.0, "add_cpu": 38.0}, {"add": 10.0, "add_cpu": 9.0}],  # keeps nothing
        "peer": [{**each, "visible": True, "gone": False}],  # one round fewer
    }
    told["other"] = told["peer"]
    found = of_one(told, "bare", same_encoder=["bare", "peer"])
    assert found["bare"] == {"add_ms": 25.0}
    assert found["peer"]["add_beyond_encoding_ms"] == 15.0
    assert "add_beyond_encoding_ms" not in found["other"]  # it encodes by other means
    assert found["peer"]["add_cpu_beyond_encoding_ms"] == 7.0
    assert found["peer"]["delete_ms"] == 6.0
    assert (found["peer"]["visible"], found["peer"]["gone"]) == (1.0, 0.0)


def test_http_is_compared_with_the_same_questions_in_python() -> None:
    told = {
        "peer": {
            "start_s": 2.0,
            "ms": [10.0, 30.0],
            "python_ms": [9.0, 28.0],
            "eight": [{"qps": 80.0, "ms": [90.0]}, {"qps": 100.0, "ms": [110.0]}],
            "cpu": [8.0],
            "mib": 700.0,
            "failed": 0,
        }
    }
    found = of_http(told)["peer"]
    assert found["http_adds_ms"] == 1.5
    assert found["one_client_qps"] == 50.0
    assert found["eight_clients_qps"] == 90.0


def test_each_begins_in_its_turn() -> None:
    assert [rotated(["a", "b", "c"], turn)[0] for turn in range(4)] == ["a", "b", "c", "a"]


def test_what_was_not_measured_is_a_dash() -> None:
    made = table({"peer": {"p50_ms": 1234.56}}, [("p50", "p50_ms", 1), ("p95", "p95_ms", 1)])
    assert made.splitlines()[-1] == "| peer | 1,234.6 | – |"


def test_participants_have_stores_of_their_own() -> None:
    folders = [one.folder for one in CONTENDERS]
    assert len(set(folders)) == len(folders)
    assert all(folder.replace("-", "").isalnum() for folder in folders)


@pytest.mark.parametrize("phase", COLUMNS)
def test_every_column_has_a_figure_of_its_phase(phase: str) -> None:
    one = dict.fromkeys(
        ("add", "add_cpu", "add_save", "delete", "delete_save", "visible", "gone"), 1
    )
    over = {"start_s": 1.0, "ms": [1.0], "python_ms": [1.0], "cpu": [1.0], "mib": 1.0, "failed": 0}
    made = {
        "questions": lambda: of_questions(
            {"b": {"ms": [1.0], "cpu_ms": [1.0], "found": [["a"]], "mib": 1.0}}, "b"
        ),
        "many": lambda: of_many({"b": [{"ms": 1.0, "cpu_ms": 1.0, "passages": 1}]}, "b"),
        "one": lambda: of_one({"b": [one], "p": [one]}, "b", same_encoder="p"),
        "http": lambda: of_http({"b": {**over, "eight": [{"qps": 1.0, "ms": [1.0]}]}}),
        "start": lambda: of_starts({"b": [1.0]}),
    }
    figures = list(made[phase]().values())[-1]
    assert {key for _, key, _ in COLUMNS[phase]} <= set(figures)

"""What every store promises of the books of index builds: everything is counted once."""

from dataclasses import replace
from threading import Thread

import pytest

from documents.build_records import Build, Part, PartCounts
from tests.contracts.stores import Opener, Store

FRENCH: Part = (1, "fr")


def begun(store: Store, origin: str = "one", *, beside: bool = False) -> Build:
    return store.builds.begin(origin, average_length=70.5, beside=beside)


def counts(passages: int = 1, terms: int = 3, **words: int) -> PartCounts:
    """Count `words` by their numbers: `n5=2` says that two passages hold term 5."""
    return PartCounts(passages, terms, {int(name[1:]): held for name, held in words.items()})


def test_a_build_is_found_again_as_it_was_begun(store: Store, opened: Opener) -> None:
    build = begun(store)

    assert (build.origin, build.average_length, build.change, build.swept) == ("one", 70.5, 0, 0)
    with opened() as again:
        assert again.builds.serving("one") == again.builds.find(build.number) == build
        assert again.builds.all() == [build]


def test_of_one_origin_one_build_serves_until_another_may(store: Store) -> None:
    first = begun(store)
    assert begun(store) == first
    other = begun(store, "two")
    second = begun(store, beside=True)
    assert store.builds.serving("one") == first

    store.builds.serve(second.number)
    assert store.builds.serving("one") == second
    assert store.builds.serving("two") == other
    assert store.builds.serving("three") is None
    assert len({build.name for build in store.builds.all()}) == 3


def test_names_are_those_that_an_engine_takes(store: Store) -> None:
    assert begun(store).name.isidentifier()


def test_terms_have_numbers_that_stay(store: Store, opened: Opener) -> None:
    first = store.builds.numbers({"phare", "quai"})
    assert first == {"phare": 1, "quai": 2}  # in the order of the alphabet
    with opened() as again:
        found = again.builds.numbers({"ancre", "phare", "élan", 'a"b', "'; --"})
    assert found["phare"] == 1
    assert sorted(found.values()) == [1, 3, 4, 5, 6]
    assert store.builds.numbers({"phare", "quai", "ancre"})["ancre"] == found["ancre"]
    assert store.builds.numbers(set()) == {}


def test_many_terms_are_numbered_by_threads_at_once_without_a_gap(store: Store) -> None:
    words = [{f"mot{n}" for n in range(start, start + 300)} for start in range(0, 900, 100)]
    threads = [Thread(target=store.builds.numbers, args=(some,)) for some in words]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found = store.builds.numbers(set.union(*words))
    assert sorted(found.values()) == list(range(1, len(found) + 1))


def test_what_comes_and_goes_is_counted_in_the_step_that_moves_the_build(store: Store) -> None:
    build = begun(store)
    numbers = store.builds.numbers({"phare", "quai"})
    more = {FRENCH: counts(2, 9, n1=2, n2=1), (2, "en"): counts(n1=1)}
    assert store.builds.advance(build, 4, more, swept=True)
    assert store.builds.find(build.number) == replace(build, change=4, swept=4)

    found = store.builds.counted(build.number, *FRENCH, {"phare", "quai", "absent"})
    assert (found.passages, found.terms) == (2, 9)
    assert found.known == {"phare": (numbers["phare"], 2), "quai": (numbers["quai"], 1)}
    assert store.builds.totals(build.number) == (3, 12)

    less = {FRENCH: counts(-1, -4, n1=-1, n2=-1)}
    moved = replace(build, change=4, swept=4)
    assert store.builds.advance(moved, 6, less, swept=False)
    assert store.builds.find(build.number) == replace(build, change=6, swept=4)
    found = store.builds.counted(build.number, *FRENCH, {"phare", "quai"})
    assert (found.passages, found.terms) == (1, 5)
    assert found.known == {"phare": (1, 1), "quai": (2, 0)}
    store.builds.sweep(build.number, 6)
    store.builds.sweep(build.number, 5)  # told late
    assert store.builds.find(build.number) == replace(build, change=6, swept=6)


def test_who_was_overtaken_counts_nothing(store: Store) -> None:
    build = begun(store)
    assert store.builds.advance(build, 4, {FRENCH: counts()}, swept=True)
    assert not store.builds.advance(build, 5, {FRENCH: counts()}, swept=True)
    store.builds.drop(build.number)
    assert not store.builds.advance(build, 6, {FRENCH: counts()}, swept=True)

    assert store.builds.totals(build.number) == (0, 0)


def test_a_term_that_a_part_does_not_hold_is_known_all_the_same(store: Store) -> None:
    build = begun(store)
    store.builds.numbers({"phare"})
    found = store.builds.counted(build.number, 9, "en", {"phare"})
    assert (found.passages, found.terms, found.known) == (0, 0, {"phare": (1, 0)})


def test_builds_count_apart_and_are_forgotten_apart(store: Store) -> None:
    one, other = begun(store), begun(store, "two")
    for build in (one, other):
        store.builds.advance(build, 4, {FRENCH: counts(n1=1)}, swept=True)
    store.builds.numbers({"phare"})
    store.builds.drop(one.number)

    assert store.builds.find(one.number) is None
    assert store.builds.counted(one.number, *FRENCH, {"phare"}).passages == 0
    assert store.builds.counted(other.number, *FRENCH, {"phare"}).known == {"phare": (1, 1)}
    store.builds.forget()
    assert store.builds.all() == []
    assert begun(store).number > other.number  # numbers are not used again


@pytest.mark.parametrize("later", [10.0, 10.5])
def test_a_build_is_held_by_one_process_until_it_lets_go_or_its_time_is_over(
    store: Store, later: float
) -> None:
    number = begun(store).number
    hold = store.builds.hold
    assert hold(number, "me", now=0.0, seconds=10.0)
    assert not hold(number, "you", now=9.9, seconds=10.0)
    assert hold(number, "you", now=later, seconds=10.0)
    assert not hold(number, "me", now=11.0, seconds=10.0)
    assert hold(number, "you", now=15.0, seconds=10.0)  # longer
    assert not hold(number, "me", now=24.0, seconds=10.0)
    assert hold(number, "you", now=0.0, seconds=0.0)  # lets go
    assert hold(number, "me", now=1.0, seconds=1.0)
    assert not hold(number + 1, "me", now=1.0, seconds=1.0)

"""The page's own reckoning, in the engine that runs it."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from tests.browser.conftest import OpenPage
from tests.browser.service import Service

IMPORTED = """async ([file, name, ...values]) => {
  const module = await import(`/static/scripts/${file}`);
  return module[name](...values);
}"""

# Letters of one, two, three and four bytes; the last are two UTF-16 units each.
TEXTS = st.text(alphabet="aé\u202f\u0301€«🗼👩", max_size=40)


@pytest.fixture(scope="module")
def engine(browser: Browser, running: Service) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(running.url)
    yield page
    page.close()


@given(data=st.data(), text=TEXTS)
@settings(max_examples=60, deadline=None)
def test_offsets_cut_a_text_where_python_does(engine: Page, data: st.DataObject, text: str) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))

    cut = engine.evaluate(IMPORTED, ["code-points.js", "slicePoints", text, start, end])

    assert cut == text[start:end]


def test_offsets_beyond_the_end_stop_there(engine: Page) -> None:
    units = engine.evaluate(IMPORTED, ["code-points.js", "toUnits", "a🗼b", [9, 2, 0, 3]])

    assert units == [4, 3, 0, 4]


SPANS = st.tuples(st.integers(0, 30), st.integers(1, 10)).map(
    lambda span: {"start": span[0], "end": span[0] + span[1]}
)


@given(active=st.none() | SPANS, others=st.lists(SPANS, max_size=4))
@settings(max_examples=60, deadline=None)
def test_highlights_mark_each_place_once(
    engine: Page, active: dict[str, int] | None, others: list[dict[str, int]]
) -> None:
    window = {"start": 3, "end": 28}
    found = engine.evaluate(
        IMPORTED, ["highlights.js", "runs", window, {"active": active, "others": others}]
    )

    def kind(at: int) -> str:
        if active and active["start"] <= at < active["end"]:
            return "active"
        return "other" if any(o["start"] <= at < o["end"] for o in others) else "plain"

    marked = [run["kind"] for run in found for _ in range(run["start"], run["end"])]
    assert marked == [kind(at) for at in range(3, 28)]
    assert found[0]["start"] == 3
    assert all(one["end"] == next_["start"] for one, next_ in pairwise(found))
    assert all(one["kind"] != next_["kind"] for one, next_ in pairwise(found))


EVENTS = """async pieces => {
  const { eventsOf } = await import("/static/scripts/event-stream.js");
  const read = async () => pieces.length
    ? { done: false, value: new Uint8Array(pieces.shift()) }
    : { done: true };
  const found = [];
  for await (const { name, data } of eventsOf(read)) found.push([name, data]);
  return found;
}"""


@given(cuts=st.lists(st.integers(0, 120)), end=st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=60, deadline=None)
def test_events_are_read_wherever_the_network_cuts_them(
    engine: Page, cuts: list[int], end: str
) -> None:
    lines = ["event: delta", "data: é 🗼: «", "", ": keep-alive", "", "data:a", "data: b", "", ""]
    sent = [*end.join([*lines, "event: cut", "data: off"]).encode()]
    places = [0, *sorted(cuts), len(sent)]
    pieces = [sent[one:next_] for one, next_ in pairwise(places)]

    assert engine.evaluate(EVENTS, pieces) == [["delta", "é 🗼: «"], ["message", "a\nb"]]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://phares.example/a?b=c", True),
        ("HTTP://phares.example", True),
        ("javascript:alert(1)", False),
        (" https://phares.example", False),
        ("data:text/html,x", False),
        ("//phares.example", False),
        ("https://", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(engine: Page, address: str | None, kept: bool) -> None:  # noqa: FBT001
    link = engine.evaluate(IMPORTED, ["dom.js", "webAddress", address])

    assert link == (address if kept else None)


def test_no_script_turns_text_into_markup(running: Service, open_page: OpenPage) -> None:
    page = open_page()
    names = page.evaluate(
        "performance.getEntriesByType('resource').map(each => each.name)"
        ".filter(name => name.endsWith('.js'))"
    )

    assert len(names) > 15
    for name in names:
        script = running.http.get(name).text
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert way not in script, f"{name} uses {way}"

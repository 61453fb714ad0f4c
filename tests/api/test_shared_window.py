from pathlib import Path

import pytest
from limits import parse

from api.rate_limits import RateLimits
from api.shared_window import SharedWindow
from rag.scratch import Scratch


@pytest.mark.parametrize("shared", [False, True])
def test_what_is_told_is_the_same_in_memory_and_shared(tmp_path: Path, *, shared: bool) -> None:
    limits = RateLimits.of("2/minute", folder=tmp_path if shared else None)

    first, second, third = (limits.count("Ana") for _ in range(3))

    assert [each.passes for each in (first, second, third)] == [True, True, False]
    assert [each.remaining for each in (first, second, third)] == [1, 0, 0]
    assert all(59 <= each.wait <= 60 for each in (first, second, third))
    assert limits.count("Bob").passes


def test_workers_with_one_folder_count_together(tmp_path: Path) -> None:
    one, other = (RateLimits.of("3/minute", folder=tmp_path) for _ in range(2))

    passed = [limits.count("Ana").passes for limits in (one, other, one, other, one)]

    assert passed == [True, True, True, False, False]


def test_calls_count_no_more_when_the_window_has_moved_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = RateLimits.of("2/minute", folder=tmp_path)
    now = 1_000_000.0
    monkeypatch.setattr("api.shared_window.time", lambda: now)
    monkeypatch.setattr("api.rate_limits.time", lambda: now)
    limits.count("Ana")
    now += 30
    limits.count("Ana")

    refused = limits.count("Ana")
    assert (refused.passes, refused.wait) == (False, 30)

    now += 31
    assert limits.count("Ana").passes
    assert not limits.count("Ana").passes


def test_where_nothing_can_be_counted_calls_pass_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    limits = RateLimits.of("1/minute", folder=tmp_path)
    Scratch(tmp_path, schema="DROP TABLE calls")

    assert limits.count("Ana").passes
    assert limits.count("Ana").passes
    assert "calls are not counted" in caplog.text


def test_a_window_is_what_limits_asks_for(tmp_path: Path) -> None:
    window, item = SharedWindow(tmp_path), parse("1/hour")

    assert window.hit(item, "Ana")
    assert not window.hit(item, "Ana")
    assert window.get_window_stats(item, "Ana").remaining == 0
    assert window.get_window_stats(item, "Bob").remaining == 1

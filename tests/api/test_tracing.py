import importlib.util
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.app import create_app
from api.tracing import stage_times
from rag.errors import MissingExtra
from rag.settings import Settings
from tests.api.fakes import FakeSourcier


@given(
    st.dictionaries(
        st.sampled_from(["total", "analysis", "retrieval", "evidence", "generation"]),
        st.floats(0, 1e5),
    )
)
def test_stages_follow_one_another_and_end_now(timings: dict[str, float]) -> None:
    spans = list(stage_times(timings, now=10**18))

    assert [name for name, _, _ in spans] == [
        name for name in ("analysis", "retrieval", "evidence", "generation") if name in timings
    ]
    ends = [end for _, _, end in spans]
    assert ends[-1:] == ([10**18] if spans else [])
    assert [start for _, start, _ in spans[1:]] == ends[:-1]
    for name, start, end in spans:
        assert (end - start) / 1e6 == pytest.approx(timings[name], abs=1e-6)


@pytest.mark.skipif(
    importlib.util.find_spec("opentelemetry.sdk") is not None, reason="the extra is installed"
)
def test_without_the_packages_the_extra_is_named(page_folder: Path) -> None:
    sourcier = FakeSourcier(settings=Settings(otel=True))
    with pytest.raises(MissingExtra, match="extra `otel`: pip install opentelemetry-sdk"):
        create_app(sourcier, page_folder=page_folder)

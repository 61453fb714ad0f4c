from hypothesis import given
from hypothesis import strategies as st

from rag.seat import ALONE, Seat


@given(whole=st.integers(0, 10_000), workers=st.integers(1, 64))
def test_the_shares_of_all_are_the_whole(whole: int, workers: int) -> None:
    shares = [Seat(number, workers).share(whole) for number in range(workers)]

    assert sum(shares) == whole
    assert max(shares) - min(shares) <= 1


def test_a_share_may_have_a_bound() -> None:
    assert [Seat(number, 3).share(2, least=1) for number in range(3)] == [1, 1, 1]


def test_who_is_alone_leads_and_has_everything() -> None:
    assert ALONE.leads
    assert (ALONE.share(32), ALONE.most(3)) == (32, 3)
    assert [Seat(number, 2).leads for number in range(2)] == [True, False]
    assert Seat(0, 2).most(3) == 2

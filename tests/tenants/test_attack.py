"""A portion of the campaign (`python -m tests.tenants` asks ten thousand times)."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

import pytest

from tests.properties.test_tenants import ROUTES
from tests.tenants.attack import attempts, leaked, reply_to
from tests.tenants.ground import Ground, ground, twin

_ASKED = 300


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("data")) as made:
        yield made


def test_hostile_requests_learn_nothing(attacked: Ground) -> None:
    statuses: Counter[int] = Counter()
    asked = set()
    for number, attempt in enumerate(islice(attempts(20261127, attacked.headers), _ASKED)):
        named = attacked.theirs[number % len(attacked.theirs)]
        replies = [
            reply_to(attacked.client, attempt, one, mine=attacked.mine)
            for one in (named, twin(named))
        ]

        assert leaked(replies, attacked.secrets) == [], attempt.route
        assert replies[0] == replies[1], attempt.route
        if replies[0]:
            statuses[replies[0].status] += 1
            asked.add(attempt.route)

    assert statuses[404] > 20
    assert statuses[422] > 5
    assert not any(status >= 500 for status in statuses)
    assert len(asked) > len(ROUTES) / 2


def test_what_the_victim_sees_itself_would_be_noticed(attacked: Ground) -> None:
    _, shown = attacked.sourcier.keys.create("victim", "admin", collections=["victim-alpha"])
    own = {"Authorization": f"Bearer {shown}"}
    named = attacked.theirs[0]

    noticed = []
    for attempt in islice(attempts(1, own), 100):
        if attempt.route.startswith("DELETE"):
            continue
        replies = [
            reply_to(attacked.client, attempt, one, mine=attacked.mine)
            for one in (named, twin(named))
        ]
        noticed.append(replies[0] != replies[1] or leaked(replies, ["Kerbrat"]) != [])

    assert sum(noticed) >= 3

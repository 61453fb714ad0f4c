import resource
from dataclasses import dataclass

import pytest

from api.connections import Connections, allow_files


@dataclass(eq=False)
class Line:
    """A connection that remembers whether it was told to give up."""

    address: str = "192.0.2.1"
    is_local: bool = False
    gave_up: bool = False

    def give_up(self) -> None:
        self.gave_up = True


def entered(connections: Connections, *lines: Line) -> list[bool]:
    """Let `lines` in one by one, as if none had sent a request yet."""
    found = []
    for line in lines:
        found.append(connections.enter(line))
        connections.waits(line)
    return found


def test_the_one_that_was_silent_longest_makes_room_for_a_new_one() -> None:
    connections = Connections(most=3, most_per_address=99)
    first, second, third, fourth = lines = [Line() for _ in range(4)]

    entered(connections, first, second, third)
    connections.works(first)
    assert connections.enter(fourth)

    assert [line.gave_up for line in lines] == [False, True, False, False]


def test_nobody_whose_request_is_under_way_is_closed_for_a_new_one() -> None:
    connections = Connections(most=2, most_per_address=99)
    lines = [Line(), Line()]

    entered(connections, *lines)
    for line in lines:
        connections.works(line)

    assert not connections.enter(Line())
    assert not any(line.gave_up for line in lines)


def test_one_address_gets_no_more_than_its_share() -> None:
    connections = Connections(most=99, most_per_address=2)

    found = entered(connections, *[Line() for _ in range(3)], Line(address="192.0.2.2"))

    assert found == [True, True, False, True]


def test_a_connection_that_ended_leaves_its_place() -> None:
    connections = Connections(most=99, most_per_address=1)
    line = Line()

    entered(connections, line)
    connections.leave(line)

    assert entered(connections, Line()) == [True]


def test_a_proxy_on_this_machine_may_speak_for_many() -> None:
    connections = Connections(most=99, most_per_address=1)

    assert all(entered(connections, *[Line("127.0.0.1", is_local=True) for _ in range(9)]))


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((1024, 4096), (1200, 4096)),
        ((1024, 1100), (1100, 1100)),
        ((1024, resource.RLIM_INFINITY), (1200, resource.RLIM_INFINITY)),
        ((4096, 4096), None),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), None),
    ],
)
def test_as_many_files_are_allowed_as_connections_need_and_the_system_grants(
    monkeypatch: pytest.MonkeyPatch,
    limits: tuple[int, int],
    expected: tuple[int, int] | None,
) -> None:
    changed = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda _, wanted: changed.append(wanted))

    allow_files(1000)

    assert changed == ([expected] if expected else [])

from itertools import pairwise, product

import pytest

from documents.errors import UnknownCollection
from documents.records import ROLES, Role
from rag.access import EVERYTHING, Grant
from rag.errors import NotAllowed


@pytest.mark.parametrize(("held", "needed"), [*product(ROLES, ROLES)])
def test_a_role_may_do_what_those_below_it_may(held: Role, needed: Role) -> None:
    grant = Grant(held)

    assert grant.allows(needed, "presse") == (ROLES.index(held) >= ROLES.index(needed))


def test_there_are_three_roles_each_above_the_one_before() -> None:
    assert ROLES == ("ask", "write", "admin")
    assert all(Grant(higher).reaches(lower) for lower, higher in pairwise(ROLES))


def test_a_grant_holds_in_its_collections_only() -> None:
    grant = Grant("admin", frozenset({"presse"}))

    assert grant.allows("admin", "presse")
    assert not grant.allows("ask", "default")
    assert EVERYTHING.allows("admin", "default")


def test_a_role_that_is_too_low_is_told_before_anything_of_the_collection() -> None:
    grant = Grant("ask", frozenset({"presse"}))

    with pytest.raises(NotAllowed, match="role write, and this key's is ask"):
        grant.require("write", "presse")
    with pytest.raises(NotAllowed, match="role write, and this key's is ask"):
        grant.require("write", "elsewhere")


def test_a_collection_out_of_sight_is_unknown() -> None:
    grant = Grant("write", frozenset({"presse"}))

    with pytest.raises(UnknownCollection) as raised:
        grant.require("ask", "elsewhere")

    assert str(raised.value) == str(UnknownCollection.named("elsewhere"))
    grant.require("write", "presse")

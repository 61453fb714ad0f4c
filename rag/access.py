"""Who may do what: a caller's `Grant` is a role, and the collections that it holds in.

Collections that a grant does not hold in do not exist for its holder. Whether one does is told
from the grant alone, before any lookup, so that neither words nor time tell the two apart.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from documents.errors import UnknownCollection
from documents.records import ROLES, Role
from rag.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Grant:
    """What a caller may do, `collections` None standing for all; `key` is its key's id."""

    role: Role
    collections: AbstractSet[str] | None = None
    key: str | None = None

    def reaches(self, role: Role) -> bool:
        """Tell whether this grant's role is `role` or above it: ask, write, admin."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def sees(self, collection: str) -> bool:
        """Tell whether `collection` can exist for the holder."""
        return self.collections is None or collection in self.collections

    def allows(self, role: Role, collection: str) -> bool:
        """Tell whether the holder may do in `collection` what needs `role`."""
        return self.reaches(role) and self.sees(collection)

    def require(self, role: Role, collection: str | None = None) -> None:
        """Refuse what needs more than this grant; what needs no `collection` names none.

        Raises:
            NotAllowed: the role is too low, whatever the collection.
            UnknownCollection: the holder does not see `collection`, whether or not it exists.
        """
        if not self.reaches(role):
            raise NotAllowed(
                f"This needs a key of the role {role}, and this key's is {self.role}: ask whoever "
                "runs the service for another."
            )
        if collection is not None and not self.sees(collection):
            raise UnknownCollection.named(collection)


# Where no keys are asked for, everybody is their own operator.
EVERYTHING = Grant("admin")

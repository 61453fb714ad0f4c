"""The service keeps the contract that docs/openapi.json promises to its clients."""

from tests.api.contract.__main__ import committed, described
from tests.api.contract.operations import breaking_changes


def test_no_client_of_the_committed_contract_breaks() -> None:
    assert breaking_changes(committed(), described()) == [], (
        "mend the service; where the break is meant: python -m tests.api.contract --breaking"
    )


def test_the_committed_contract_is_what_the_service_says() -> None:
    same = committed() == described()  # a comparison by pytest would fill the screen
    assert same, "the service says more, and nothing breaks: run `make contract`"

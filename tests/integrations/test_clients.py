"""Each real client receives what docs/integrations/clients.md says that it receives."""

import re

import pytest

from tests.integrations.clients.received import Cell, Received
from tests.integrations.clients.table import PAGE, clients, rendered
from tests.integrations.clients.vercel import ai_sdk
from tests.integrations.pages import Example
from tests.integrations.running import Services, missing


@pytest.mark.parametrize("name", list(clients()))
def test_a_client_receives_what_the_page_shows(name: str, services: Services) -> None:
    ask = clients()[name]
    if ask is ai_sdk and (reason := missing([Example("js", "@ai-sdk", 0)])):
        pytest.skip(reason)

    got = ask(services)

    assert [thing for thing in Received.names() if getattr(got, thing).arrived is False] == []
    page = PAGE.read_text(encoding="utf-8")
    [shown] = re.findall(
        rf"^### {re.escape(name)}\n\n.*?(?=\n\n|\n\Z)", page, re.MULTILINE | re.DOTALL
    )
    assert shown in rendered({name: got}, None), "if this is right: make clients"


def test_the_page_has_every_client_and_nothing_missed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^### (.+)$", page, re.MULTILINE) == list(clients())
    assert page.count("✗") == 1  # where the mark is explained
    assert "## From nothing to the first answer" in page


def test_what_did_not_arrive_is_marked() -> None:
    cell = Cell(arrived=False, told="nothing")
    page = rendered({"x": Received(cell, cell, cell, cell, cell, Cell(None, "no keys"))}, None)
    assert "| x | ✗ | ✗ | ✗ | ✗ | ✗ | – |" in page

"""Ask with every real client and write docs/integrations/clients.md: `make clients`."""

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.integrations.clients.set_up import measure
from tests.integrations.clients.table import PAGE, SET_UP, clients, measured, rendered
from tests.integrations.services import running_services


def main(arguments: list[str]) -> int:
    """Write the page; return how many clients missed something."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.integrations.clients", description=__doc__
    )
    parser.add_argument("--set-up", action="store_true", help="time the set-up of three, too")
    chosen = parser.parse_args(arguments)
    with TemporaryDirectory() as data, running_services(Path(data)) as services:
        rows = {name: ask(services) for name, ask in clients().items()}
        if chosen.set_up:
            SET_UP.write_text(json.dumps(measure(services), indent=1) + "\n", encoding="utf-8")
    page = rendered(rows, measured())
    PAGE.write_text(page, encoding="utf-8")
    print(page)
    return page.count("✗") - 1  # the page explains the mark once


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

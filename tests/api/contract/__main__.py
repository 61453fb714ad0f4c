"""Write docs/openapi.json as the service describes itself now: `make contract`.

A change that breaks clients is written only with --breaking, so that nobody makes one by
accident.
"""

import argparse
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from api.app import create_app
from rag.settings import Settings
from rag.status import VERSION
from tests.api.contract.operations import breaking_changes

CONTRACT = Path(__file__).parents[3] / "docs" / "openapi.json"


def described() -> dict[str, Any]:
    """Return what /openapi.json says."""
    bare = SimpleNamespace(status=lambda: SimpleNamespace(version=VERSION), settings=Settings())
    return dict(create_app(cast("Any", bare)).openapi())


def committed() -> dict[str, Any]:
    """Return the contract that clients were promised."""
    return dict(json.loads(CONTRACT.read_text(encoding="utf-8")))


def main(arguments: list[str]) -> int:
    """Write the contract unless that breaks a promise; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.api.contract", description=__doc__)
    parser.add_argument("--breaking", action="store_true", help="write it although it breaks")
    chosen = parser.parse_args(arguments)
    now = described()
    changes = breaking_changes(committed(), now) if CONTRACT.exists() else []
    for change in changes:
        print(change, file=sys.stderr)
    if changes and not chosen.breaking:
        print("Clients would break: mend the service, or add --breaking.", file=sys.stderr)
        return 1
    CONTRACT.write_text(json.dumps(now, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Requests that nobody would send, made from what ``/openapi.json`` says may be sent.

``python -m benchmarks.fuzz_api`` starts the service twice, without keys and with, and lets
Schemathesis [1] send it valid and invalid requests, also one after the other where one reply
holds what another request needs. Each reply must be documented, with its status, media type,
headers and shape; no status may be 500.

[1] Schemathesis, https://schemathesis.readthedocs.io
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.served import ROOT, Service, served, store_sample
from documents.store.store import Store
from rag.keyring import Keyring

# A question of spaces, an id of nothing: valid by the schema, and refused.
_NOT_CHECKED = "positive_data_acceptance"
_NOT_CHECKED_WITHOUT_KEYS = f"{_NOT_CHECKED},ignored_auth"


@dataclass(frozen=True, slots=True)
class Campaign:
    """How long, and where what failed is kept."""

    examples: int
    seed: int
    kept: Path | None


def with_events(description: dict[str, Any]) -> dict[str, Any]:
    """Return `description` with streams as Schemathesis reads them, an object an event.

    OpenAPI 3.1 can only call them strings.
    """
    for operations in description["paths"].values():
        for operation in operations.values():
            for response in operation["responses"].values():
                if stream := response.get("content", {}).get("text/event-stream"):
                    stream["schema"] = {"type": "object"}
    return description


def attack(service: Service, campaign: Campaign, *, key: str | None) -> tuple[int, int]:
    """Let Schemathesis at the service; return its exit code and how many cases it made."""
    address = f"http://127.0.0.1:{service.port}"
    with urllib.request.urlopen(f"{address}/openapi.json") as reply:
        description = with_events(json.load(reply))
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(description, file)
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        file.name,
        f"--url={address}",
        f"--max-examples={campaign.examples}",
        f"--seed={campaign.seed}",
        f"--exclude-checks={_NOT_CHECKED if key else _NOT_CHECKED_WITHOUT_KEYS}",
        "--continue-on-failure",
        "--request-timeout=60",
        "--no-color",
    ]
    if key is not None:
        command.append(f"--header=Authorization: Bearer {key}")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    Path(file.name).unlink()
    print(done.stdout, done.stderr, sep="\n")
    if campaign.kept is not None:
        name = "with-key" if key else "without-key"
        (campaign.kept / f"{name}.txt").write_text(done.stdout, encoding="utf-8")
    made = re.search(r"([\d,]+) generated", done.stdout)
    return done.returncode, int(made[1].replace(",", "")) if made else 0


def main() -> int:
    """Attack, print what was found, and return 1 if a reply was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=60, help="of each operation and phase")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kept", type=Path, help="folder for the reports")
    options = parser.parse_args()
    campaign = Campaign(options.examples, options.seed, options.kept)
    codes, cases = [], 0
    for keys in ("off", "on"):
        with tempfile.TemporaryDirectory() as folder:
            data_dir = Path(folder)
            store_sample(data_dir)
            with Store.open(data_dir / "sourcier.db") as store:
                _, shown = Keyring(store.keys).create("fuzz", "admin")
            with served(data_dir, KEYS=keys) as service:
                key = shown if keys == "on" else None
                code, made = attack(service, campaign, key=key)
            codes.append(code)
            cases += made
    print(f"{cases} cases, exit codes {codes}")
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())

# ruff: noqa: INP001 - a script
"""``make audit``: which of the locked packages have known vulnerabilities.

pip-audit asks PyPI. It stands in an environment of its own, for nothing here needs it, and only
what has a known remedy is an error: an outage, or a fault that nobody has mended yet, must not
stop everybody's work. Exits with 1 where a newer version would mend something.
"""

import json
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).parent.parent
ENVIRONMENT = ROOT / ".audit"
AUDITOR: Final = "pip-audit==2.10.1"
_PATIENCE_SECONDS = 240
# Vulnerabilities that do not concern us, and why.
ACCEPTED: Final[Mapping[str, str]] = {}


class NotReachable(Exception):
    """Nobody could be asked."""


def audited() -> Mapping[str, Any]:
    """Return what pip-audit says of requirements.txt.

    Raises:
        NotReachable: it cannot be installed, or PyPI does not answer it.
    """
    program = ENVIRONMENT / "bin" / "pip-audit"
    try:
        if not program.exists():
            venv.create(ENVIRONMENT, with_pip=True)
            _run(ENVIRONMENT / "bin" / "python", "-m", "pip", "install", "--quiet", AUDITOR)
        lock = ("--requirement", ROOT / "requirements.txt", "--no-deps", "--disable-pip")
        said = _run(program, *lock, "--format", "json", "--progress-spinner", "off")
        report: Mapping[str, Any] = json.loads(said)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise NotReachable(str(error)) from error
    return report


def _run(*command: str | Path) -> str:
    """Return what a command prints, whether or not it says that something is wrong."""
    done = subprocess.run(  # noqa: S603 - our own command
        command, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False
    )
    if done.returncode not in (0, 1):
        raise subprocess.SubprocessError(done.stderr.strip()[-200:])
    return done.stdout


def judged(report: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    """Yield a line for each vulnerability, and whether a newer version mends it.

    Raises:
        NotReachable: the half of the packages or more could not be looked up.
    """
    packages = report["dependencies"]
    skipped = [package for package in packages if "skip_reason" in package]
    if 2 * len(skipped) >= len(packages):
        raise NotReachable(f"{len(skipped)} of {len(packages)} packages could not be looked up")
    for package in packages:
        for found in package.get("vulns", ()):
            about = f"{package['name']} {package['version']}: {found['id']}"
            mended = ", ".join(found.get("fix_versions", ()))
            if found["id"] in ACCEPTED:
                yield False, f"{about}: accepted, {ACCEPTED[found['id']]}"
            elif mended:
                yield True, f"{about}: mended in {mended}"
            else:
                yield False, f"{about}: nobody has mended it yet"


def main() -> int:
    """Ask, print what was found, return the exit status."""
    try:
        lines = list(judged(audited()))
    except NotReachable as error:
        print(f"audit: skipped, PyPI's advisories cannot be asked here ({error})")
        return 0
    for _, line in lines:
        print(f"audit: {line}")
    print(f"audit: {len(lines)} known vulnerabilities, {sum(bad for bad, _ in lines)} to mend")
    return int(any(bad for bad, _ in lines))


if __name__ == "__main__":
    sys.exit(main())

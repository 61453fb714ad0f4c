"""What is installed: licences that an operator can live with, and how vulnerabilities count."""

import importlib.util
import re
from importlib.metadata import Distribution, distribution
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
# Whose terms would reach what is built upon them, or forbid some uses.
_COPYLEFT = re.compile(
    r"\bA?GPL|General Public|Affero|SSPL|Server Side Public|BUSL|Business Source|"
    r"Commons Clause|Non-?Commercial|Proprietary|Elastic License"
)
# These may be taken under other terms too, or grant what a program needs.
_CHOSEN = {
    "tld": "MPL-1.1",  # MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later
}


def terms(package: Distribution) -> str:
    """Return what a package says of its licence; its short statements before its long text."""
    about = package.metadata
    classified = [c for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
    stated = [about["License-Expression"], *classified]
    short = [each for each in stated if each]
    return " | ".join(short or [str(about["License"] or "")])


def locked() -> list[str]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").split()
    return [line.partition("==")[0] for line in lines]


def bundled_with_ours(name: str) -> bool:
    """Tell whether a package's terms are those of a library beside it, with the same owner."""
    return name.startswith("nvidia-")


@pytest.mark.parametrize("name", locked())
def test_every_package_may_be_used_by_anybody_for_anything(name: str) -> None:
    said = terms(distribution(name))

    assert said or bundled_with_ours(name), "say in _CHOSEN under which terms it is used"
    if _COPYLEFT.search(said):
        assert _CHOSEN.get(name, "?") in said, said


@pytest.mark.parametrize("said", ["AGPL-3.0-only", "GNU General Public License v3", "SSPL-1.0"])
def test_a_licence_that_reaches_further_is_noticed(said: str) -> None:
    assert _COPYLEFT.search(said)


@pytest.mark.parametrize("said", ["LGPL-2.1-or-later", "MPL-2.0", "Apache-2.0", "BSD-3-Clause"])
def test_a_licence_that_does_not_is_none_of_them(said: str) -> None:
    assert not _COPYLEFT.search(said)


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def report(*packages: dict[str, Any]) -> dict[str, Any]:
    return {"dependencies": [{"name": "a", "version": "1", "vulns": []}, *packages], "fixes": []}


def package(**vulnerability: object) -> dict[str, Any]:
    return {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", **vulnerability}]}


def test_what_a_newer_version_mends_is_an_error(audit: ModuleType) -> None:
    assert list(audit.judged(report(package(fix_versions=["2.1"])))) == [
        (True, "b 2: CVE-1: mended in 2.1")
    ]


def test_what_nobody_has_mended_or_was_accepted_is_said_only(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    [(bad, line)] = audit.judged(report(package(fix_versions=[])))
    assert not bad
    assert "nobody" in line

    monkeypatch.setattr(audit, "ACCEPTED", {"CVE-1": "it is not reached"})
    [(bad, line)] = audit.judged(report(package(fix_versions=["2.1"])))
    assert not bad
    assert "it is not reached" in line


def test_an_outage_is_no_finding(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    silent = report({"name": "b", "skip_reason": "not found"})
    monkeypatch.setattr(audit, "audited", lambda: silent)

    assert audit.main() == 0
    assert "audit: skipped" in capsys.readouterr().out


def test_findings_are_printed_and_counted(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "audited", lambda: report(package(fix_versions=["2.1"])))

    assert audit.main() == 1
    assert "1 known vulnerabilities, 1 to mend" in capsys.readouterr().out


def test_an_auditor_that_cannot_be_had_is_an_outage(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(audit, "ENVIRONMENT", tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "pip-audit").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "bin" / "pip-audit").chmod(0o755)

    assert audit.main() == 0

"""Faults of the disk, made under the real program: the shim compiled, and what arms it.

[1] ld.so, LD_PRELOAD, https://man7.org/linux/man-pages/man8/ld.so.8.html
"""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
KILL = 0  # in the place of an error number

MISSING = (
    None
    if sys.platform == "linux" and shutil.which("gcc")
    else "faults of the disk need Linux and gcc"
)


@dataclass(frozen=True, slots=True)
class Shim:
    """The compiled shim."""

    library: Path

    @classmethod
    def compiled(cls, folder: Path) -> "Shim":
        """Compile the shim into `folder`."""
        library = folder / "shim.so"
        options = ("-shared", "-fPIC", "-O1", "-Wall", "-Werror")
        subprocess.run(["gcc", *options, "-o", library, SOURCE, "-ldl"], check=True)
        return cls(library)

    @property
    def preloaded(self) -> Mapping[str, str]:
        """What puts the shim, unarmed, in front of a program's C library."""
        return {"LD_PRELOAD": str(self.library)}


@dataclass(frozen=True, slots=True)
class Fault:
    """Operation number `at`, or all while `flag` is there, under a folder fails with `error`."""

    under: Path
    error: int
    mark: Path
    at: int | None = None
    flag: Path | None = None

    @property
    def armed(self) -> Mapping[str, str]:
        """The environment in which the shim makes this fault."""
        variables = {
            "FAULT_UNDER": f"{self.under.resolve()}/",
            "FAULT_WITH": str(self.error),
            "FAULT_MARK": str(self.mark),
        }
        if self.at is not None:
            variables["FAULT_AT"] = str(self.at)
        if self.flag is not None:
            variables["FAULT_WHILE"] = str(self.flag)
        return variables

    def fired(self) -> str | None:
        """Return the operation that failed, None where none did."""
        return self.mark.read_text() if self.mark.exists() else None

"""Run the examples of docs/integrations and write below them what they print."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.integrations.pages import examples, pages, with_outputs
from tests.integrations.running import missing, outputs
from tests.integrations.services import running_services


def main(names: list[str]) -> None:
    """Write the outputs of the pages of these names, or of all."""
    with TemporaryDirectory() as data, running_services(Path(data)) as services:
        for path in pages():
            page = path.read_text(encoding="utf-8")
            if names and path.name not in names:
                continue
            if reason := missing(examples(page)):
                print(f"{path.name} is left as it is: {reason}", file=sys.stderr)
                continue
            with TemporaryDirectory() as folder:
                printed = outputs(examples(page), services, Path(folder))
            path.write_text(with_outputs(page, printed), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Write the model card of a finished folder: what it is, its figures, its text and licences.

``python -m training.card FOLDER --parallel FILE`` measures the model and writes
``FOLDER/README.md``.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

from training.measure import format_recall, load, measure
from training.sources import read_parallel, weight_of

# As stated where the text was taken from; a source of your own is listed without a licence.
_LICENCES = {
    "justice_acts": "Open Government Licence – Canada",
    "justice_regs": "Open Government Licence – Canada",
    "tatoeba": "CC BY 2.0",
    "php": "CC BY 3.0 or later",
    "debian_news": "MIT or GPL-2+; before 2012 OPL 1.0",
    "debian_security": "MIT or GPL-2+; before 2012 OPL 1.0",
    "debian_other": "MIT or GPL-2+; before 2012 OPL 1.0",
    "python": "CC0 translations",
    "django": "BSD-3 project, none stated in the repository",
    "cds_canada": "MIT",
    "canada_blog": "MIT",
    "hf_course": "Apache-2.0",
    "open_contracting": "Apache-2.0",
    "opensource_guide": "CC BY 4.0",
    "cnil_gdpr": "Licence Ouverte 2.0",
}
_NOTICE = """\
Body and teacher: all-MiniLM-L6-v2 of sentence-transformers, Apache License 2.0, changed here
(other vocabulary, trained on, in 8-bit integers): https://www.apache.org/licenses/LICENSE-2.0
"""


def card(folder: Path, *, parallel: Path, data: Path) -> str:
    """Return the text of the card."""
    encoder = load(folder)
    recipe = json.loads((folder / "config.json").read_text("utf-8"))["recipe"]
    lines = Counter(pair.source for pair in read_parallel(parallel))
    figures = measure(encoder, data)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.suffix != ".pt")
    parts = [
        f"# {folder.name}\n",
        f"French–English text encoder: {encoder.dimension} dimensions, {size / 1e6:.1f} MB.\n",
        "## Recall@1/@5/@10\n\n"
        + "\n".join(f"- {way}: {format_recall(one.recall)}" for way, one in figures.items())
        + "\n",
        "## Recipe\n\n" + "\n".join(f"- {name}: {value}" for name, value in recipe.items()) + "\n",
        "## Text\n\n| source | lines | weight | licence |\n|---|---|---|---|\n"
        + "\n".join(
            f"| {name} | {count} | {weight_of(name)} | {_LICENCES.get(name, 'not stated')} |"
            for name, count in sorted(lines.items())
        )
        + "\n",
    ]
    if (folder / "model.onnx").exists():
        parts.append(_NOTICE)
    return "\n".join(parts)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--parallel", type=Path, default=Path("../shared/training/parallel.tsv.gz"))
    parser.add_argument("--data", type=Path, default=Path("../shared/eval"))
    options = parser.parse_args()
    text = card(options.folder, parallel=options.parallel, data=options.data)
    (options.folder / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

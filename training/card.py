"""Write the model card of a finished folder: what it is, its figures, its text and licences.

``python -m training.card FOLDER --parallel FILE`` measures the model and writes
``FOLDER/README.md``. What is known of licences stands here; a source of your own has none
until you write it in.
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from training.errors import command
from training.measure import format_recall, load, measure
from training.options import add_text, complete
from training.sources import read_dictionary, read_parallel, read_questions, weight_of

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


def card(folder: Path, lines: Counter[str], *, data: Path, most: int | None = None) -> str:
    """Return the text of the card, with figures of `most` passages a collection.

    `lines`: the number of lines of each source.
    """
    encoder = load(folder)
    recipe = json.loads((folder / "config.json").read_text("utf-8"))["recipe"]
    figures = measure(encoder, data, most=most)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.suffix != ".pt")
    passages = f" of the first {most} passages" if most else ""
    parts = [
        f"# {folder.name}\n",
        f"French–English text encoder: {encoder.dimension} dimensions, {size / 1e6:.1f} MB.\n",
        f"## Recall@1/@5/@10{passages}\n\n"
        + ("" if figures else "Not measured.")
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


def main(given: Sequence[str] | None = None) -> None:
    """Run from the command line, whose words are `given` if it is not that of this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    add_text(parser)
    parser.add_argument("--data", type=Path, default=Path("../shared/eval"))
    parser.add_argument("--most", type=int, help="passages of a collection, all if not named")
    options = complete(parser.parse_args(given))
    pairs = chain(read_parallel(options.parallel), read_dictionary(options.dictionary))
    lines = Counter(pair.source for pair in pairs)
    if asked := sum(1 for _ in read_questions(options.questions)):
        lines["questions"] = asked
    text = card(options.folder, lines, data=options.data, most=options.most)
    (options.folder / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    command(main)

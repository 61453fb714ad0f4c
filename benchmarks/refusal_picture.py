"""The curves of ``benchmarks/results/refusal.json``: coverage against error, a line a direction.

``python -m benchmarks.refusal_picture docs/refusal.svg``
"""

import json
import sys
from io import StringIO
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results" / "refusal.json"
_SERVED = 0.4  # the threshold that is served
# Told apart without colour too. The colours are those of Okabe and Ito, for all kinds of sight.
_STYLES = {
    "fr→fr": ("#0072B2", "o", "-"),
    "en→en": ("#D55E00", "s", "-"),
    "en→fr": ("#009E73", "^", "--"),
    "fr→en": ("#7B3294", "D", "--"),
}
_TITLE = "Coverage against error, by the threshold of refusal"

_Tables = dict[str, list[dict[str, Any]]]


def draw(tables: _Tables, path: Path) -> None:
    """Write the picture of `tables`, rows by direction, to `path`, an SVG that says what it shows.

    Its letters stay letters, which can be searched and read aloud.
    """
    from matplotlib import rc_context  # noqa: PLC0415 - for pictures only
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.ticker import PercentFormatter  # noqa: PLC0415

    svg = StringIO()
    with rc_context({"svg.hashsalt": "refusal", "svg.fonttype": "none", "font.size": 11}):
        figure = Figure(figsize=(8.5, 5.5), layout="constrained")
        axes = figure.subplots()
        for direction, rows in tables.items():
            colour, mark, line = _STYLES[direction]
            answered = [row["coverage"] for row in rows]
            wrong = [row["error"] for row in rows]
            axes.plot(answered, wrong, color=colour, marker=mark, linestyle=line, markersize=4)
            served = _served(rows)
            at = (served["coverage"], served["error"])
            axes.plot(*at, color=colour, marker=mark, markersize=11)
            axes.annotate(
                direction,
                (answered[0], wrong[0]),
                xytext=(9, 0),
                textcoords="offset points",
                va="center",
                color=colour,
                fontweight="bold",
            )
        axes.set_xlim(0.45, 1.06)
        axes.set_ylim(0, 0.4)
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.set_xlabel("answered, of the answerable questions · taux de réponse")
        axes.set_ylabel("answers without a right quote · réponses sans citation juste")
        axes.set_title(
            "question → documents · large: the threshold served · grand signe : le seuil en service"
        )
        axes.grid(alpha=0.3)
        figure.savefig(svg, format="svg", metadata={"Date": None})
    path.write_text(_described(svg.getvalue(), tables), encoding="utf-8")


def _served(rows: list[dict[str, Any]]) -> dict[str, Any]:
    [row] = [row for row in rows if row["threshold"] == _SERVED]
    return row


def _described(svg: str, tables: _Tables) -> str:
    """Return `svg` with a title and a description for those who do not see it."""
    told = "; ".join(
        f"{direction}: {served['coverage']:.0%} answered, {served['error']:.0%} of these wrong"
        for direction, served in ((name, _served(rows)) for name, rows in tables.items())
    )
    words = (
        f'<title id="title">{_TITLE}</title>\n <desc id="desc">One line for each language of the '
        "question and of the documents, from threshold 0, where everything is answered, to .9. "
        f"At .40, the threshold served, {told}.</desc>"
    )
    start = svg.index(">", svg.index("<svg ")) + 1
    head = svg[: start - 1] + ' role="img" aria-labelledby="title desc">\n '
    return head + words + svg[start:]


if __name__ == "__main__":
    draw(json.loads(RESULTS.read_text(encoding="utf-8")), Path(sys.argv[1]))

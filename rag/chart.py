"""The picture of an evaluation: every measure of every direction, with its interval."""

from pathlib import Path

from rag.scores import Scores, mean


def draw(scores: Scores, path: Path) -> None:
    """Write a picture of `scores` to `path`; its suffix is the format (png, svg, pdf)."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - for evaluations only

    names = list(dict.fromkeys(name for measures in scores.values() for name in measures))
    figure = Figure(figsize=(1.6 + 1.1 * len(names), 3.6), layout="constrained")
    axes = figure.subplots()
    width = 0.8 / max(len(scores), 1)
    for number, (direction, measures) in enumerate(scores.items()):
        means = {name: mean(list(values.values())) for name, values in measures.items()}
        places = [names.index(name) + (number + 0.5) * width - 0.4 for name in means]
        values = [one.value for one in means.values()]
        spread = [
            [one.value - one.low for one in means.values()],
            [one.high - one.value for one in means.values()],
        ]
        axes.bar(places, values, width, yerr=spread, label=direction, error_kw={"linewidth": 0.8})
    axes.set_xticks(range(len(names)), names)
    axes.set_ylim(0, 1)
    axes.set_ylabel("share of questions, or mean")
    axes.grid(axis="y", alpha=0.3)
    figure.legend(loc="outside upper center", ncols=max(len(scores), 1), frameon=False)
    figure.savefig(path, dpi=150)

"""The figures as a picture: a panel each for what counts, a bar each participant."""

from pathlib import Path

from benchmarks.peers.figures import Figures

_PANELS = (
    ("questions", "p50_ms", "ms a question, Python"),
    ("http", "eight_clients_qps", "answers a second, 8 clients"),
    ("many", "passages_a_second", "passages a second, encoded and stored"),
    ("one", "add_ms", "ms to encode and add one, durably"),
    ("one", "delete_ms", "ms to delete one, durably"),
    ("start", "start_to_answer_s", "s from start to first answer"),
    ("questions", "memory_mib", "MiB of memory"),
)
_LOGARITHMIC = {"add_ms", "delete_ms"}
_OURS = "#1f6f8b"


def draw(phases: dict[str, Figures], path: Path) -> None:
    """Write a picture to `path`; its suffix is the format."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - heavy

    figure = Figure(figsize=(10, 11), layout="constrained")
    axes = figure.subplots(4, 2).ravel()
    for panel, (phase, key, title) in zip(axes, _PANELS, strict=False):
        own = {name: one[key] for name, one in phases.get(phase, {}).items() if key in one}
        names = list(own)[::-1]
        colours = [_OURS if "Sourcier" in name else "#b5b5b5" for name in names]
        bars = panel.barh(names, [own[name] for name in names], color=colours)
        panel.bar_label(bars, [f"{own[name]:,.1f}" for name in names], padding=2, fontsize=8)
        panel.set_title(title, fontsize=9)
        panel.tick_params(labelsize=8)
        panel.margins(x=0.25)
        if own and key in _LOGARITHMIC:
            panel.set_xscale("log")
    for spare in axes[len(_PANELS) :]:
        spare.set_visible(False)
    figure.savefig(path, dpi=110)

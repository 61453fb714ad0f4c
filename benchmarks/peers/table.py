"""Figures as Markdown."""

from collections.abc import Sequence

from benchmarks.peers.figures import Figures

Column = tuple[str, str, int]  # heading, key of the figure, decimals
COLUMNS: dict[str, tuple[Column, ...]] = {
    "questions": (
        ("p50 ms", "p50_ms", 1),
        ("p95", "p95_ms", 1),
        ("p99", "p99_ms", 1),
        ("÷ bare", "ratio_to_bare", 2),
        ("CPU ms", "cpu_ms", 1),
        ("÷ bare", "cpu_ratio_to_bare", 2),
        ("agrees with exact", "agrees_with_exact", 3),
        ("memory MiB", "memory_mib", 0),
    ),
    "many": (
        ("passages/s", "passages_a_second", 1),
        ("÷ bare", "share_of_bare", 2),
        ("CPU ms a passage", "cpu_ms_a_passage", 1),
        ("bare ÷ it", "cpu_share_of_bare", 2),
    ),
    "one": (
        ("add, durable, ms", "add_ms", 1),
        ("beyond encoding", "add_beyond_encoding_ms", 1),
        ("CPU beyond encoding", "add_cpu_beyond_encoding_ms", 1),
        ("of it saving", "add_save_ms", 1),
        ("delete, durable, ms", "delete_ms", 1),
        ("of it saving", "delete_save_ms", 1),
        ("found next", "visible", 2),
        ("gone next", "gone", 2),
    ),
    "start": (
        ("start → answer s", "start_to_answer_s", 2),
        ("worst", "worst_s", 2),
    ),
    "http": (
        ("start → answer s", "start_to_answer_s", 2),
        ("1 client p50 ms", "p50_ms", 1),
        ("p95", "p95_ms", 1),
        ("answers/s", "one_client_qps", 0),
        ("HTTP adds ms", "http_adds_ms", 2),
        ("CPU ms a question", "cpu_ms", 1),
        ("8 clients answers/s", "eight_clients_qps", 0),
        ("p95", "eight_clients_p95_ms", 0),
        ("memory MiB", "memory_mib", 0),
    ),
}


def table(figures: Figures, columns: Sequence[Column]) -> str:
    """Return a row a participant; a figure that is missing is a dash."""
    lines = [
        "| | " + " | ".join(heading for heading, _, _ in columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for name, own in figures.items():
        cells = (_cell(own.get(key), decimals) for _, key, decimals in columns)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(value: float | None, decimals: int) -> str:
    return "–" if value is None else f"{value:,.{decimals}f}"

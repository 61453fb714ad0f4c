"""The processes of a service for Prometheus: what its supervisor and its workers take together.

The names are those of one process. Memory that several share is counted in each; the processor's
time of workers that are no more still counts, so that it only grows.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from prometheus_client import ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

_START = "process_start_time_seconds"
_PROCESSOR = "process_cpu_seconds"
_OF_CHILDREN = slice(13, 15)  # in /proc/<pid>/stat behind the name: of those that have ended


class Processes(Collector):
    """Collects for the process `supervisor` and its children."""

    def __init__(self, supervisor: int) -> None:
        self._supervisor = supervisor

    def collect(self) -> Iterator[Metric]:
        """Yield sums; the start is that of the first process."""
        found: dict[str, tuple[Metric, list[float]]] = {}
        for metric in self._of_each():
            values = found.setdefault(metric.name, (metric, []))[1]
            values += [sample.value for sample in metric.samples]
        for name, (metric, values) in found.items():
            if name == _PROCESSOR:
                whole = sum(values) + self._of_the_dead()
                yield CounterMetricFamily(name, metric.documentation, value=whole)
            else:
                value = min(values) if name == _START else sum(values)
                yield GaugeMetricFamily(name, metric.documentation, value=value)

    def _of_each(self) -> Iterator[Metric]:
        for pid in (self._supervisor, *self._workers()):
            yield from _metrics(pid)

    def _workers(self) -> list[int]:
        pid = self._supervisor
        try:
            return [
                int(each)
                for each in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
            ]
        except OSError:  # a system that does not tell
            return [os.getpid()]

    def _of_the_dead(self) -> float:
        try:
            stat = Path(f"/proc/{self._supervisor}/stat").read_text("utf-8")
        except OSError:
            return 0.0
        ticks = stat.rpartition(")")[2].split()[_OF_CHILDREN]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _metrics(pid: int) -> Iterable[Metric]:
    return ProcessCollector(pid=lambda: pid, registry=None).collect()

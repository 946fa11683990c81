"""GET /metrics in Prometheus' text format: what all workers counted, and how things stand at this moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from apiflask import APIBlueprint
from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from wentu.api.auth import check_key
from wentu.api.service import Service, service
from wentu.core.errors import WentuError
from wentu.queue.tallies import BUCKETS, Sum

blueprint = APIBlueprint("metrics", __name__, enable_openapi=False)

# By the tally's name: what it is called, whether it is a histogram, what it says, its labels.
_FAMILIES: Mapping[str, tuple[str, bool, str, tuple[str, ...]]] = {
    "wait_seconds": ("wentu_wait_seconds", True, "From admission to the first attempt", ("priority",)),
    "answer_seconds": ("wentu_answer_seconds", True, "From the start of the attempt to the end", ("version",)),
    "first_token_seconds": ("wentu_first_token_seconds", True, "From the start of the attempt", ("version",)),
    "stage_seconds": ("wentu_stage_seconds", True, "Time in each step of the pipeline", ("stage",)),
    "writing_seconds": ("wentu_writing_seconds", False, "From the first token to the end", ("version",)),
    "tokens": ("wentu_tokens", False, "Tokens read (of these cached) and written", ("version", "kind")),
    "jobs_ended": ("wentu_jobs_ended", False, "Ended jobs: done, or the error's code", ("task", "end")),
    "attempts_again": ("wentu_attempts_again", False, "Attempts after a lost worker or engine", ()),
    "engine_restarts": (
        "wentu_engine_restarts",
        False,
        "Engines started anew: silent, or over their memory",
        ("version", "why"),
    ),
    "refused": ("wentu_refused", False, "Questions that the full queue did not take", ("priority",)),
}


@blueprint.get("/metrics")
def get_metrics() -> Response:
    """Figures for Prometheus; with keys in use, any key opens them"""
    parts = service()
    check_key(parts)
    registry = CollectorRegistry()
    registry.register(_Figures(parts))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    def __init__(self, parts: Service) -> None:
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        queue = self._parts.queue
        try:
            depth, workers, state = queue.depth(), queue.workers(), queue.worker()
            sums = queue.tallies.read()
        except WentuError:
            yield GaugeMetricFamily("wentu_queue_up", "1 while the queue answers", value=0)
            return
        yield GaugeMetricFamily("wentu_queue_up", "1 while the queue answers", value=1)
        yield GaugeMetricFamily("wentu_queue_waiting", "Jobs that wait", value=depth.waiting)
        yield GaugeMetricFamily("wentu_queue_running", "Jobs that are being answered", value=depth.running)
        yield GaugeMetricFamily("wentu_workers", "Workers that are alive", value=workers)
        memory = GaugeMetricFamily("wentu_engine_memory_bytes", "Resident memory of an engine", labels=["version"])
        for version in state.versions if state else ():
            if version.memory_bytes:
                memory.add_metric([version.name], version.memory_bytes)
        yield memory
        yield from _counted(sums)


def _counted(sums: tuple[Sum, ...]) -> Iterator[Metric]:
    for key, (name, is_histogram, text, labels) in _FAMILIES.items():
        found = [one for one in sums if one.name == key and len(one.labels) == len(labels)]
        if is_histogram:
            histogram = HistogramMetricFamily(name, text, labels=labels)
            for one in found:
                histogram.add_metric(one.labels, _cumulative(one), one.total)
            yield histogram
        else:
            counter = CounterMetricFamily(name, text, labels=labels)
            for one in found:
                counter.add_metric(one.labels, one.total)
            yield counter


def _cumulative(one: Sum) -> list[tuple[str, float]]:
    """Prometheus counts a value in every bucket that it fits."""
    so_far, buckets = 0, []
    for bound in BUCKETS:
        so_far += one.buckets.get(bound, 0)
        buckets.append((str(bound), float(so_far)))
    return [*buckets, ("+Inf", float(one.count))]

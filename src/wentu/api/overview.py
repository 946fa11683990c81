"""GET /v1/overview: what an administrator looks at in the morning."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence

from apiflask import APIBlueprint

from wentu import __version__
from wentu.api.auth import keys_needed, need_role
from wentu.api.schemas.overview import KeyOut, Notice, OverviewOut, QueueOut, StorageOut, VersionFiguresOut
from wentu.api.service import Service, service
from wentu.core.errors import WentuError
from wentu.queue.state import VersionState, WorkerState
from wentu.queue.tallies import Sum
from wentu.store.census import take_census

blueprint = APIBlueprint("overview", __name__, tag="Machine")

_LEAST_FREE = 0.05  # of the disk; below it databases and logs begin to fail
_LEAST_FREE_BYTES = 2 * 1024**3
_NEARLY_FULL = 0.75  # of the places in the queue


@blueprint.get("/v1/overview")
@blueprint.output(OverviewOut)
def get_overview() -> OverviewOut:
    """Health, queue, versions, storage and keys in one look (administrators)"""
    need_role("admin")
    parts = service()
    queue, state, sums = _queue(parts)
    storage = _storage(parts)
    versions = [_version(one, sums) for one in (state.versions if state else ())]
    return OverviewOut(
        release=__version__,
        notices=list(_notices(parts, queue, versions, state, storage)),
        queue=queue,
        versions=versions,
        ended=_ended(sums),
        refused=int(_total(sums, "refused")),
        restarts=int(_total(sums, "engine_restarts")),
        reviews_waiting=parts.store.reviews.waiting(),
        cases_waiting=parts.store.cases.waiting(),
        storage=storage,
        keys=[KeyOut.of(one) for one in parts.store.keys.list()],
    )


def _queue(parts: Service) -> tuple[QueueOut, WorkerState | None, tuple[Sum, ...]]:
    """The overview answers even while the queue is away: it is then what has to be told."""
    queue, bound = parts.queue, parts.settings.queue.max_waiting
    try:
        depth, workers, state = queue.depth(), queue.workers(), queue.worker()
        wait_s, sums = queue.expected_wait_s(), queue.tallies.read()
    except WentuError:
        return QueueOut(up=False, waiting=0, running=0, bound=bound, workers=0, expected_wait_s=None), None, ()
    up = QueueOut(
        up=True, waiting=depth.waiting, running=depth.running, bound=bound, workers=workers, expected_wait_s=wait_s
    )
    return up, state, sums


def _version(state: VersionState, sums: Sequence[Sum]) -> VersionFiguresOut:
    of_it = [one for one in sums if one.labels[:1] == (state.name,)]
    answers = next(_named(of_it, "answer_seconds"), None)
    first = next(_named(of_it, "first_token_seconds"), None)
    written = sum(one.total for one in _named(of_it, "tokens") if one.labels[1:] == ("completion",))
    writing_s = _total(of_it, "writing_seconds")
    return VersionFiguresOut(
        name=state.name,
        engine=state.engine,
        state=state.state,
        stable=state.stable,
        memory_bytes=state.memory_bytes,
        error=state.error or None,
        answers=answers.count if answers else 0,
        first_token_s=first.quantile(0.5) if first else None,
        answer_s=answers.quantile(0.5) if answers else None,
        tokens_per_s=written / writing_s if writing_s > 0 else None,
    )


def _ended(sums: Sequence[Sum]) -> dict[str, int]:
    """All tasks together, the most frequent end first."""
    ends: Counter[str] = Counter()
    for one in _named(sums, "jobs_ended"):
        ends[one.labels[-1]] += int(one.total)
    return dict(ends.most_common())


def _storage(parts: Service) -> StorageOut:
    disk, census = shutil.disk_usage(parts.settings.data_dir), take_census(parts.store.database)
    return StorageOut(
        disk_free_bytes=disk.free,
        disk_bytes=disk.total,
        pictures=census.pictures,
        picture_bytes=census.picture_bytes,
        sessions=census.sessions,
        messages=census.messages,
    )


def _notices(
    parts: Service,
    queue: QueueOut,
    versions: Sequence[VersionFiguresOut],
    state: WorkerState | None,
    storage: StorageOut,
) -> Iterator[Notice]:
    if not queue.up:
        yield "queue_gone"
    elif state is None:
        yield "no_worker"
    if any(one.state == "failed" for one in versions):
        yield "version_failed"
    if storage.disk_free_bytes < max(_LEAST_FREE * storage.disk_bytes, _LEAST_FREE_BYTES):
        yield "disk_low"
    if queue.waiting >= _NEARLY_FULL * queue.bound:
        yield "queue_nearly_full"
    if state is not None and not any(one.stable and one.sees for one in state.versions):
        yield "reader_answers"
    if not keys_needed(parts):
        yield "open_on_loopback"


def _named(sums: Sequence[Sum], name: str) -> Iterator[Sum]:
    return (one for one in sums if one.name == name)


def _total(sums: Sequence[Sum], name: str) -> float:
    return sum(one.total for one in _named(sums, name))

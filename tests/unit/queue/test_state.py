from __future__ import annotations

from wentu.queue.state import ModelState, VersionState, WorkerState, together

READER = VersionState("reader", "reader", False, "ready", "", True)
QWEN = VersionState("qwen", "openvino", True, "loading", "", False, 100)
LOADED = VersionState("qwen", "openvino", True, "ready", "", True, 3_000)
FALLEN_BACK = VersionState("reader", "reader", False, "ready", "", False)


def said(*versions: VersionState, model: str = "absent") -> WorkerState:
    return WorkerState(versions, ModelState(model, "Qwen/x"))  # type: ignore[arg-type]


def test_one_worker_speaks_for_itself_and_none_for_nobody() -> None:
    assert together([]) is None
    assert together([said(READER, QWEN)]) == said(READER, QWEN)


def test_a_version_is_as_far_as_the_furthest_worker_and_takes_the_memory_of_all() -> None:
    found = together([said(READER, QWEN, model="downloading"), said(FALLEN_BACK, LOADED, model="ready")])
    assert found is not None and found.model.state == "ready"
    versions = {one.name: one for one in found.versions}
    assert (versions["qwen"].state, versions["qwen"].memory_bytes) == ("ready", 3_100)
    assert [name for name, one in versions.items() if one.stable] == [
        "qwen"
    ]  # of two that are named, the one that sees


def test_the_version_that_most_workers_name_answers_by_default() -> None:
    found = together([said(READER, QWEN), said(READER, QWEN), said(FALLEN_BACK, LOADED)])
    assert found is not None and [one.name for one in found.versions if one.stable] == ["reader"]


def test_what_one_worker_alone_has_can_be_asked_for() -> None:
    found = together([said(READER), said(READER, QWEN)])
    assert found is not None and [one.name for one in found.versions] == ["reader", "qwen"]

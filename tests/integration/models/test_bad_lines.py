"""Pulling over lines that break, from servers that fail or lie, and onto disks that are full."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from hub import NEXT_COMMIT, HubServer, Repo, model_files
from hub.pulling import QUICK, Puller
from wentu.core.config import ModelSettings, Settings
from wentu.core.errors import ChecksumMismatch, DiskFull, HubUnreachable, PullRunning
from wentu.models import installed, pull

REPO = "Qwen/Qwen3-VL-2B-Instruct"
WEIGHTS = "model.safetensors"
SIZE = len(model_files()[WEIGHTS])


def test_a_cut_connection_is_resumed_where_it_broke(server: HubServer, pulled: Puller) -> None:
    server.faults.cut_after[WEIGHTS] = [100_000, 50_000]
    assert pulled().complete
    ranges = [seen.headers.get("Range") for seen in server.requests_for(WEIGHTS)]
    assert ranges == [None, "bytes=100000-", "bytes=150000-"]


def test_many_cuts_are_survived_while_bytes_keep_coming(server: HubServer, pulled: Puller) -> None:
    server.faults.cut_after[WEIGHTS] = [20_000] * 15
    assert pulled().complete


def test_a_server_that_ignores_ranges_sends_the_file_anew(server: HubServer, pulled: Puller) -> None:
    server.faults.ignore_range = True
    server.faults.cut_after[WEIGHTS] = [100_000]
    assert pulled().complete


def test_a_range_that_starts_elsewhere_is_not_stitched_in(server: HubServer, pulled: Puller) -> None:
    server.faults.wrong_range = 1
    server.faults.cut_after[WEIGHTS] = [100_000]
    assert pulled().complete


def test_modelscope_resumes_large_files_too(server: HubServer, pulled: Puller) -> None:
    server.faults.cut_after[WEIGHTS] = [100_000]
    assert pulled(hub="modelscope").complete
    assert [seen.headers.get("Range") for seen in server.requests_for(WEIGHTS)] == [None, "bytes=100000-"]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_passing_server_error_is_waited_out(status: int, server: HubServer, pulled: Puller) -> None:
    server.faults.statuses = [status, status]
    assert pulled().complete


def test_the_servers_own_waiting_time_is_kept_and_shown(server: HubServer, settings: Settings) -> None:
    server.faults.statuses, server.faults.retry_after_s = [429], 1
    started = time.monotonic()
    reports = list(pull(settings, patience=QUICK))
    assert time.monotonic() - started >= 1
    assert any(report.retry_in_s for report in reports)


def test_a_server_that_fails_for_good_is_given_up(server: HubServer, settings: Settings) -> None:
    server.faults.statuses = [503] * 50
    with pytest.raises(HubUnreachable, match="status 503"):
        list(pull(settings, patience=QUICK))


def test_a_damaged_file_is_fetched_once_more(server: HubServer, pulled: Puller) -> None:
    server.faults.corrupt[WEIGHTS] = 1
    assert pulled().complete
    assert len(server.requests_for(WEIGHTS)) == 2


@pytest.mark.parametrize("name", [WEIGHTS, "vocab.json"])
def test_a_file_that_is_always_damaged_is_named_and_never_put_in_place(
    name: str, server: HubServer, settings: Settings
) -> None:
    server.faults.corrupt[name] = 9
    with pytest.raises(ChecksumMismatch, match=name):
        list(pull(settings, patience=QUICK))
    (model,) = installed(settings)
    assert not model.complete
    assert not (model.dir / name).exists()


def test_a_file_longer_than_listed_is_a_mismatch(server: HubServer, settings: Settings) -> None:
    server.faults.surplus.add(WEIGHTS)
    with pytest.raises(ChecksumMismatch, match=WEIGHTS):
        list(pull(settings, patience=QUICK))


def test_no_hub_answers_names_both_ways_out(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, models=ModelSettings(hf_endpoint=f"http://127.0.0.1:{_closed_port()}"))
    with pytest.raises(HubUnreachable) as caught:
        list(pull(settings, patience=QUICK))
    assert "127.0.0.1" not in caught.value.message
    for way in ("HF_ENDPOINT", "--from modelscope", "wentu models add FOLDER"):
        assert way in caught.value.hint


def test_when_modelscope_is_silent_the_other_hub_is_named(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{_closed_port()}"
    settings = Settings(data_dir=tmp_path, models=ModelSettings(modelscope_endpoint=address))
    with pytest.raises(HubUnreachable, match="ModelScope") as caught:
        list(pull(settings, hub="modelscope", patience=QUICK))
    assert "--from huggingface" in caught.value.hint


def test_a_login_page_in_place_of_the_list_is_recognised(server: HubServer, settings: Settings) -> None:
    server.faults.listing = b"<html>please log in</html>"
    with pytest.raises(HubUnreachable, match="login page"):
        list(pull(settings, patience=QUICK))


@pytest.mark.parametrize("hub", ["huggingface", "modelscope"])
@pytest.mark.parametrize("answer", [b"[]", b"{}", b"null", b'{"siblings": 3}', b'{"Success": true, "Data": 5}'])
def test_json_that_is_no_list_is_not_believed(hub: str, answer: bytes, server: HubServer, settings: Settings) -> None:
    server.faults.listing = answer
    with pytest.raises(Exception) as caught:
        list(pull(settings, hub=hub, patience=QUICK))
    assert getattr(caught.value, "code", "") in ("hub_unreachable", "model_not_on_hub")


def test_a_killed_pull_is_not_complete_and_is_resumed(server: HubServer, settings: Settings, pulled: Puller) -> None:
    server.faults.pause_s = 0.02
    child = multiprocessing.get_context("spawn").Process(target=_pull_slowly, args=(settings,))
    child.start()
    part = settings.models_dir / "qwen3-vl-2b-instruct" / f"{WEIGHTS}.part"
    _wait_for(lambda: part.exists() and part.stat().st_size > 100_000)
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join()
    (model,) = installed(settings)
    assert not model.complete
    assert "not finished" in model.problems[0]
    on_disk = part.stat().st_size
    server.faults.pause_s = 0
    server.seen.clear()
    assert pulled().complete
    assert [seen.headers.get("Range") for seen in server.requests_for(WEIGHTS)] == [f"bytes={on_disk}-"]
    assert (model.dir / WEIGHTS).read_bytes() == server.repos[REPO].files[WEIGHTS]


def test_a_part_that_rotted_on_disk_is_noticed_and_fetched_anew(
    server: HubServer, settings: Settings, pulled: Puller
) -> None:
    part = _leave_part(server, settings)
    part.write_bytes(b"\0" * part.stat().st_size)
    assert pulled().complete


def test_a_part_is_finished_by_another_hub_with_the_same_file(
    server: HubServer, settings: Settings, pulled: Puller
) -> None:
    on_disk = _leave_part(server, settings).stat().st_size
    server.seen.clear()
    assert pulled(hub="modelscope").hub == "modelscope"
    assert [seen.headers.get("Range") for seen in server.requests_for(WEIGHTS)] == [f"bytes={on_disk}-"]


def test_a_part_of_an_older_revision_is_not_continued(server: HubServer, settings: Settings, pulled: Puller) -> None:
    _leave_part(server, settings)
    server.repos[REPO] = Repo(model_files(seed=3), commit=NEXT_COMMIT)
    server.seen.clear()
    assert pulled().revision == NEXT_COMMIT
    assert [seen.headers.get("Range") for seen in server.requests_for(WEIGHTS)] == [None]


def test_closing_the_iterator_stops_at_once_even_when_the_server_is_silent(
    server: HubServer, settings: Settings
) -> None:
    server.faults.stall.add(WEIGHTS)
    reports = pull(settings, patience=QUICK)
    for report in reports:
        if report.done_bytes > SIZE // 2:
            break
    started = time.monotonic()
    reports.close()
    assert time.monotonic() - started < 2
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("wentu-pull")]


def test_two_pulls_of_one_model_do_not_meet(server: HubServer, settings: Settings, pulled: Puller) -> None:
    server.faults.pause_s = 0.01
    first = pull(settings, patience=QUICK)
    next(first)
    with pytest.raises(PullRunning):
        list(pull(settings, patience=QUICK))
    *_, report = first
    assert report.model is not None and report.model.complete
    assert pulled().complete


def test_the_lock_of_a_killed_pull_is_free_again(server: HubServer, settings: Settings, pulled: Puller) -> None:
    server.faults.stall.add(WEIGHTS)
    child = multiprocessing.get_context("spawn").Process(target=_pull_slowly, args=(settings,))
    child.start()
    _wait_for(lambda: bool(server.requests_for(WEIGHTS)))
    with pytest.raises(PullRunning):
        pulled()
    child.kill()
    child.join()
    server.faults.stall.clear()
    assert pulled().complete


def test_too_little_room_is_told_before_anything_is_fetched(
    server: HubServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wentu.models.disk.RESERVE_BYTES", 10**18)
    with pytest.raises(DiskFull) as caught:
        list(pull(settings, patience=QUICK))
    assert int(caught.value.params["needed_bytes"]) > 10**18
    assert server.requests_for(WEIGHTS) == []


def test_a_disk_that_becomes_full_keeps_what_has_arrived(
    server: HubServer, settings: Settings, pulled: Puller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        if os.fstat(descriptor).st_size > 100_000:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(DiskFull, match="became full"):
        patch.setattr("os.fsync", full)
        list(pull(settings, patience=QUICK))
    (model,) = installed(settings)
    assert not model.complete
    server.seen.clear()
    assert pulled().complete
    assert server.requests_for(WEIGHTS) == []


def _leave_part(server: HubServer, settings: Settings) -> Path:
    """Pulls until a good part of the weights stands on disk, and stops."""
    server.faults.pause_s = 0.01
    part = settings.models_dir / "qwen3-vl-2b-instruct" / f"{WEIGHTS}.part"
    reports = pull(settings, patience=QUICK)
    for _ in reports:
        if part.exists() and part.stat().st_size > 100_000:
            break
    reports.close()
    server.faults.pause_s = 0
    assert 100_000 < part.stat().st_size < SIZE
    return part


def _pull_slowly(settings: Settings) -> None:
    for _ in pull(settings, patience=QUICK):
        pass


def _wait_for(condition: object, timeout_s: float = 30.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wentu.core.errors import EngineError
from wentu.core.types import Chunk, Prompt, SamplingParams, Usage, VersionSpec
from wentu.engines.base import Capabilities
from wentu.engines.fake import FakeEngine
from wentu.worker.gauge import SIZES, Gauge, fit, measure


class Timed(FakeEngine):
    """Takes a millisecond for ten visual tokens and two for each token that it writes."""

    capabilities = Capabilities(sees=True, token_px=32)
    state = "ready"
    spec = VersionSpec("v", "fake")

    def __init__(self) -> None:
        super().__init__("")
        self.asked = 0
        self.forgotten: list[str] = []
        self.error: EngineError | None = None

    def stream(self, prompt: Prompt, params: SamplingParams) -> Iterator[Chunk]:
        self.asked += 1
        if self.error:
            raise self.error
        n_tokens = sum(p.width * p.height // 32**2 for p in prompt.pictures)
        time.sleep(0.01 + n_tokens / 10_000)
        yield Chunk("a")
        time.sleep(0.002 * (params.max_tokens - 1))
        yield Chunk("b", finish_reason="length", usage=Usage(n_tokens, params.max_tokens))

    def forget(self, digest: str) -> None:
        self.forgotten.append(digest)


def test_the_fit_gives_back_what_the_measurements_were_made_of() -> None:
    speed = fit(SIZES, [0.2 + 0.004 * n + 2e-6 * n * n for n in SIZES], 0.05)
    assert (speed.base_s, speed.token_s, speed.pair_s) == pytest.approx((0.2, 0.004, 2e-6), rel=1e-6)
    assert speed.write_s == 0.05


def test_noise_never_makes_a_part_negative() -> None:
    speed = fit(SIZES, [0.5, 0.4, 3.0], -0.1)
    assert min(speed.base_s, speed.token_s, speed.pair_s, speed.write_s) >= 0
    assert speed.first_token_s([576]) == pytest.approx(3.0, rel=0.3)


def test_an_engine_is_measured_with_pictures_that_it_then_forgets() -> None:
    engine = Timed()
    speed = measure(engine, lambda: False)
    assert speed is not None and len(engine.forgotten) == len(SIZES)
    assert speed.first_token_s([256]) == pytest.approx(0.0356, rel=0.5)
    assert 0.001 < speed.write_s < 0.01


def test_a_question_that_comes_in_between_spoils_the_measurement() -> None:
    engine = Timed()
    assert measure(engine, lambda: engine.asked > 1) is None


def gauge(engine: Timed, file: Path, busy: Callable[[], bool] = lambda: False) -> Gauge:
    return Gauge(lambda: [engine], busy, file, threads=2, look_s=0.01)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_version_is_measured_once_for_this_machine(tmp_path: Path) -> None:
    engine, file = Timed(), tmp_path / "speeds.json"
    first = gauge(engine, file)
    first.start()
    wait_for(lambda: first.speed(engine.spec) is not None)
    first.stop()
    asked = engine.asked
    second = gauge(engine, file)
    assert second.speed(engine.spec) == first.speed(engine.spec)
    assert second.speed(VersionSpec("v", "fake", options=(("openvino.weights", "int8"),))) is None
    second.start()
    time.sleep(0.2)
    second.stop()
    assert engine.asked == asked


def test_nothing_is_measured_while_somebody_waits_or_where_it_fails(tmp_path: Path) -> None:
    engine = Timed()
    waiting = gauge(engine, tmp_path / "a.json", busy=lambda: True)
    waiting.start()
    time.sleep(0.2)
    waiting.stop()
    assert waiting.speed(engine.spec) is None
    broken = Timed()
    broken.error = EngineError("no")
    failing = gauge(broken, tmp_path / "b.json")
    failing.start()
    wait_for(lambda: broken.asked == 1)
    time.sleep(0.2)
    failing.stop()
    assert broken.asked == 1 and failing.speed(broken.spec) is None


def test_a_damaged_file_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "speeds.json").write_text("{", "utf-8")
    assert gauge(Timed(), tmp_path / "speeds.json").speed(Timed.spec) is None

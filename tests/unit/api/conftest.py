"""The app with a real store in a temporary folder, a scripted queue and an intake that trusts its bytes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from PIL import Image

from wentu.api import create_app
from wentu.api.service import Service
from wentu.core.config import IntakeSettings, Settings, WebSettings
from wentu.core.errors import BadDataUrl, Busy, ImageTooLarge, RateLimited, WentuError
from wentu.core.types import Answer, Done, Event, Evidence, Priority, Progress, Query, Token, TokenLogprob, Usage
from wentu.intake import Taken
from wentu.queue import Depth, ModelState, VersionState, WorkerState
from wentu.queue.tallies import Sum
from wentu.store import Store, open_store

MAX_BYTES = 50_000

ANSWER = Answer(
    text="合计 128 元",
    status="grounded",
    evidence=(Evidence(3, 6, 0, ((0, 0), (9, 0), (9, 5), (0, 5)), "128", 0.98, "exact", "ocr"),),
    version="reader-1",
    engine="reader",
    finish_reason="stop",
    usage=Usage(10, 4, 2),
    timings={"reading_text": 0.5},
    logprobs=(TokenLogprob("合计", -0.1, (("合计", -0.1), ("总计", -20_000.0))),),
)


class FakeQueue:
    """A queue and a worker in one: `script` says which events a job gives, and the store gets its end."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.script: Callable[[Query], list[Event | Exception | None]] = lambda query: [
            Progress("queued", position=1, wait_s=0.5),
            Token("合计 "),
            None,
            Token("128 元"),
            Done(ANSWER),
        ]
        self.submitted: list[str] = []
        self.leaving: list[str] = []
        self.cancelled: list[str] = []
        self.expected: list[str] = []
        self.dropped: list[str] = []
        self.state: WorkerState | None = WorkerState(
            (VersionState("reader-1", "reader", False, "ready", "", True),), ModelState("absent", "Qwen/Qwen3-VL")
        )
        self.crowded = False  # seen before anything is kept
        self.full = False  # the last place went to another meanwhile
        self.gone = False
        self.over_rate = False
        self.counted: tuple[Sum, ...] = ()  # what workers counted

    def check_room(self, *, owner: str, priority: Priority = "interactive") -> None:
        if self.crowded:
            raise Busy("64 questions are waiting already", retry_after_s=7, waiting=64)

    def submit(self, job_id: str, *, owner: str, priority: Priority = "interactive") -> None:
        if self.full:
            raise Busy("64 questions are waiting already", retry_after_s=7, waiting=64)
        self.submitted.append(job_id)

    def cancel(self, job_id: str) -> bool:
        self.cancelled.append(job_id)
        return False

    def left(self, job_id: str) -> None:
        self.leaving.append(job_id)

    def publish(self, job_id: str, events: Sequence[Event]) -> bool:
        return True

    def expect(self, digest: str) -> None:
        if self.gone:
            raise Busy("the queue does not answer")
        self.expected.append(digest)

    def drop_picture(self, digest: str) -> None:
        if self.gone:
            raise Busy("the queue does not answer")
        self.dropped.append(digest)

    def place(self, job_id: str) -> Progress | None:
        return Progress("queued", position=2, wait_s=1.5)

    def events(self, job_id: str, *, after: str = "0", silence_s: float) -> Iterator[tuple[str, Event] | None]:
        for number, event in enumerate(self.script(self.store.jobs.load(job_id).query), 1):
            if isinstance(event, Exception):
                raise event
            if isinstance(event, Done):
                self.store.jobs.start(job_id)
                self.store.jobs.finish(job_id, event.answer)
            yield None if event is None else (f"{number}-0", event)

    def expected_wait_s(self) -> float | None:
        return 3.5

    def depth(self) -> Depth:
        if self.gone:
            raise Busy("the queue does not answer")
        return Depth(2, 1)

    def workers(self) -> int:
        return 1

    def worker(self) -> WorkerState | None:
        return self.state

    @property
    def tallies(self) -> SimpleNamespace:
        return SimpleNamespace(read=lambda: self.counted)

    def allow(self, owner: str, per_minute: int) -> None:
        if self.over_rate:
            raise RateLimited("too many", retry_after_s=30)

    def query(self, index: int = -1) -> Query:
        """What the worker would have been asked."""
        return self.store.jobs.load(self.submitted[index]).query


class FakeIntake:
    """Intake's door without its children: takes any bytes as a 4 x 3 picture, and says no to `refuse`."""

    def __init__(self) -> None:
        self.refuse: WentuError | Exception | None = None
        self.links: list[str] = []

    def take(self, data: bytes, *, name: str = "", page: int | None = None) -> Taken:
        if self.refuse is not None:
            raise self.refuse
        if len(data) > MAX_BYTES:
            raise ImageTooLarge("the file is larger than allowed", max_bytes=MAX_BYTES)
        pages = 3 if page is not None else None
        return Taken(hashlib.sha256(data).hexdigest(), data, "image/png", 4, 3, pages, name and name[0] + "***.png")

    def take_stream(self, chunks: Any, *, name: str = "", page: int | None = None) -> Taken:
        return self.take(chunks.read(), name=name, page=page)

    def take_data_url(self, url: str) -> Taken:
        head, _, data = url.partition(";base64,")
        if not head.startswith("data:image/") or not data:
            raise BadDataUrl("not a picture's data URL")
        return self.take(data.encode())

    def take_link(self, url: str) -> Taken:
        self.links.append(url)
        return self.take(url.encode())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path, intake=IntakeSettings(max_bytes=MAX_BYTES, max_pictures=3), web=WebSettings(ping_s=0.05)
    )


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings)
    yield opened
    opened.close()


@pytest.fixture
def queue(store: Store) -> FakeQueue:
    return FakeQueue(store)


@pytest.fixture
def intake() -> FakeIntake:
    return FakeIntake()


@pytest.fixture
def app(settings: Settings, store: Store, queue: FakeQueue, intake: FakeIntake) -> APIFlask:
    parts = Service(settings, store, intake, queue)  # type: ignore[arg-type]
    return create_app(settings, parts)


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    """A client on loopback, without a key."""
    made = app.test_client()
    made.environ_base["HTTP_HOST"] = "127.0.0.1:8760"
    return made


@pytest.fixture
def as_key(app: APIFlask, store: Store) -> Callable[[], FlaskClient]:
    """Makes a client that holds a new key of its own."""

    def make() -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_HOST"] = "wentu.example"
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {store.keys.make('user').secret}"
        return client

    return make


@pytest.fixture
def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(out, "PNG")
    return out.getvalue()

"""A running service with versions of the tiny model that sees, and somebody who asks it and moves its names."""

from __future__ import annotations

import hashlib
import io
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import httpx
from PIL import Image

from running import Running
from seeing import QUESTION, Scene, caption, draw, learnt_scenes
from wentu.bootstrap import choose
from wentu.core.config import Settings, load_settings
from wentu.core.types import Message, Query, Stored
from wentu.models.add import add
from wentu.rollout.artifacts import VersionArtifacts
from wentu.store import Recording, open_store
from wentu.store.places import recorded_files
from wentu.store.recordings import Reply
from wentu.versions import note_versions

SCENE = learnt_scenes()[3]
SETTINGS = {
    "WENTU_OPENVINO__WEIGHTS": "float32",
    "WENTU_OPENVINO__KV_CACHE_MB": "40",
    "WENTU_ENGINE__MAX_PIXELS": "65536",
    "WENTU_WEB__REQUESTS_PER_MINUTE": "100000",
}
BARE = {"chat": ""}  # the tiny model was never trained with a system prompt


def settings_of(data_dir: Path) -> Settings:
    """What the service and its commands are set to."""
    return load_settings({**SETTINGS, "WENTU_DATA_DIR": str(data_dir)})


def bring(settings: Settings, folder: Path, name: str) -> None:
    """Takes in a model; what `wentu models add` does."""
    for _ in add(settings, folder, name=name, copy=True):
        pass
    note_versions(settings, choose(settings).versions)


def make(settings: Settings, name: str, like: str, prompts: Mapping[str, str] = BARE, **sampling: float) -> str:
    """A version of another one; what `wentu rollout create` does."""
    made = VersionArtifacts(settings, stable=lambda: "").create(
        name, like=like, prompts=dict(prompts), sampling=sampling
    )
    return made.name


def compare(settings: Settings, stable: str, candidate: str, n: int = 40) -> None:
    """Recorded questions with both versions' answers, as a finished replay leaves them: three scenarios, and the
    candidate is wrong in every fourth."""
    picture = png(SCENE)
    digest = hashlib.sha256(picture).hexdigest()
    recorded_files(settings).put(picture, digest)
    store = open_store(settings)
    for number in range(n):
        scenario = ("invoice", "chart", "chat")[number % 3]
        query = Query((Message("user", (Stored(digest), f"第 {number + 1} 题：{QUESTION}")),))
        unit, until = f"s{number // 2}", time.time() + 86_400
        recording = Recording(query, unit, scenario, "local", until, caption(SCENE), id=f"rec_{number}")
        store.recordings.add(recording)
        for version, right in ((stable, True), (candidate, number % 4 > 0)):
            text = caption(SCENE) if right else "green post north on grey"
            store.recordings.reply(Reply(recording.id, version, text, right, 0.4, source="replay"))
    store.close()


def png(scene: Scene) -> bytes:
    out = io.BytesIO()
    Image.fromarray(draw(scene)).save(out, "PNG")
    return out.getvalue()


def loaded_s(running: Running) -> float:
    """How long the engine that was loaded last took, seconds, as the service's log says."""
    return float(re.findall(r"was loaded in ([\d.]+) s", running.log.read_text())[-1])


def wait_until(true: Callable[[], bool], running: Running, within_s: float = 60.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, running.log.read_text()
        time.sleep(0.1)


class Client:
    """Asks about a drawn picture, each session a conversation of its own, and is an administrator besides."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.http = httpx.Client(base_url=running.url, timeout=120)
        self.picture = self.upload(SCENE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def upload(self, scene: Scene) -> str:
        return str(self.http.post("/v1/pictures", files={"file": ("a.png", png(scene))}).json()["id"])

    def send(
        self,
        session: str | None = None,
        *,
        model: str = "stable",
        picture: str = "",
        question: str = QUESTION,
        **sampling: float | None,
    ) -> httpx.Response:
        """One question."""
        parts = [
            {"type": "image_url", "image_url": {"url": f"wentu:{picture or self.picture}"}},
            {"type": "text", "text": question},
        ]
        body = {"model": model, "messages": [{"role": "user", "content": parts}]}
        wanted = {"temperature": 0, "max_tokens": 12, "presence_penalty": 0} | sampling
        extra = {"wentu": {"session": session}} if session else {}
        return self.http.post("/v1/chat/completions", json=body | wanted | extra)

    def ask(self, session: str | None = None, **more: Any) -> dict[str, Any]:
        """What an answer says of itself, and its `text`."""
        answer = self.send(session, **more)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told["wentu"] | {"text": told["choices"][0]["message"]["content"]}

    def session(self) -> str:
        return str(self.http.post("/v1/sessions", json={}).json()["id"])

    def rate(self, job: str, thumb: str) -> None:
        self.http.post("/v1/feedback", json={"job": job, "thumb": thumb}).raise_for_status()

    def move(self, move: str, **body: Any) -> dict[str, Any]:
        """The names after a move: canary, promote, rollback, ..."""
        answer = self.http.post(f"/v1/rollout/{move}", json=body)
        assert answer.status_code == 200, answer.text
        names: dict[str, Any] = answer.json()
        return names

    @property
    def rollout(self) -> dict[str, Any]:
        """What the page of versions is drawn from."""
        found: dict[str, Any] = self.http.get("/v1/rollout").json()
        return found

    @property
    def trying(self) -> bool:
        return bool(self.rollout["aliases"]["mode"] != "off")

    @property
    def latest(self) -> dict[str, Any]:
        """The newest decision."""
        decision: dict[str, Any] = self.rollout["history"][0]
        return decision

    def wait_known(self, version: str) -> None:
        """Until the worker has seen the files of a version."""
        wait_until(lambda: version in self._states(), self.running)

    def wait_ready(self, version: str) -> None:
        wait_until(lambda: self._states().get(version) == "ready", self.running)

    def try_out(self, version: str, percent: int, *, auto: bool = False) -> None:
        """Begins a canary; comes back once both versions answer."""
        self.move("canary", version=version, percent=percent, auto=auto)
        self.wait_ready(version)

    def _states(self) -> dict[str, str]:
        models = self.http.get("/v1/models").json()["data"]
        return {one["id"]: one["wentu"]["state"] for one in models}

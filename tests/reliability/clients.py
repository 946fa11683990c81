"""Clients that want their answer whatever happens: they ask, follow, lose the connection, and come back."""

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import dataclass, field

import httpx


@dataclass
class Outcome:
    """One question: `text` is what its reader pieced together, `ends` every terminal event that it saw."""

    job: str
    asked: float
    text: str = ""
    ends: list[str] = field(default_factory=list)
    resumed: int = 0
    ended: float = 0.0


@dataclass
class Crowd:
    """`size` clients that ask one question after another until `stop`; `outcomes` has everything that was accepted."""

    url: str
    size: int
    drop: float = 0.0  # probability that a reader drops its connection after an event
    question: str = "question"

    def __post_init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.refused: dict[str, int] = {}
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,), daemon=True) for number in range(self.size)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, within_s: float) -> None:
        """No new questions; waits until every accepted one has ended for its reader."""
        self._stopped.set()
        until = time.monotonic() + within_s
        for thread in self._threads:
            thread.join(max(until - time.monotonic(), 0.0))

    def answered_after(self, moment: float, within_s: float = 90.0) -> float:
        """Seconds from that moment until everything that was being answered then has ended; 0 when nothing was."""
        open_then = [one for one in self.outcomes if one.asked < moment and not (one.ends and one.ended < moment)]
        until = time.monotonic() + within_s
        while any(not one.ends for one in open_then):
            assert time.monotonic() < until, [one for one in open_then if not one.ends]
            time.sleep(0.05)
        return max((one.ended - moment for one in open_then), default=0.0)

    @property
    def waiting(self) -> list[Outcome]:
        return [one for one in self.outcomes if not one.ends]

    def _run(self, number: int) -> None:
        dice = random.Random(number)
        with httpx.Client(base_url=self.url, timeout=20) as http:
            while not self._stopped.is_set():
                outcome = self._ask(http)
                if outcome is None:
                    time.sleep(0.2)
                    continue
                self.outcomes.append(outcome)
                last = ""
                while not outcome.ends:
                    last = self._follow(http, outcome, last, dice)

    def _ask(self, http: httpx.Client) -> Outcome | None:
        try:
            response = http.post("/v1/jobs", json={"question": self.question})
        except httpx.HTTPError as exc:
            self._refuse(type(exc).__name__)
            return None
        if response.status_code != 202:
            self._refuse(str(response.status_code))
            return None
        return Outcome(response.json()["id"], time.monotonic())

    def _refuse(self, why: str) -> None:
        self.refused[why] = self.refused.get(why, 0) + 1

    def _follow(self, http: httpx.Client, outcome: Outcome, last: str, dice: random.Random) -> str:
        """Reads on after the event `last`; the id of the last one that came."""
        headers = {"Last-Event-ID": last} if last else {}
        try:
            with http.stream("GET", f"/v1/jobs/{outcome.job}/events", headers=headers) as response:
                name, entry = "", ""
                for line in response.iter_lines():
                    key, _, value = line.partition(": ")
                    if key == "id":
                        entry = value
                    elif key == "event":
                        name = value
                    elif key == "data":
                        self._take(outcome, name, json.loads(value))
                        last, entry = entry or last, ""
                        if outcome.ends:
                            return last
                        if dice.random() < self.drop:
                            break
        except httpx.HTTPError:
            time.sleep(0.3)
        outcome.resumed += 1
        return last

    def _take(self, outcome: Outcome, name: str, data: dict[str, object]) -> None:
        if name == "token":
            outcome.text += str(data["text"])
        elif name == "retract":
            outcome.text = outcome.text[: int(str(data["offset"]))] + str(data["replacement"])
        elif name in ("done", "failed"):
            code = "done" if name == "done" else str(data["error"]["code"])  # type: ignore[index]
            if code == "busy":  # the queue was away for longer than the server waits; the job goes on
                return
            outcome.ends.append(code)
            outcome.ended = time.monotonic()

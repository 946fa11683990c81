"""Versions of the running service: tried, promoted, taken back, and refused when somebody touched them.

`ROLLOUT_SESSIONS=400` tries a better version from 10% on (`make test-rollout`).
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from running import Running, run_wentu, serving, wait_for_version
from running.axe import findings, settled
from running.browser import open_page, shoot
from seeing import CHECKPOINT, caption, learnt_scenes
from seeing.wider import make_wider
from seeing.worse import make_worse
from trying import SCENE, SETTINGS, Client, bring, compare, loaded_s, make, settings_of, wait_until
from wentu.rollout.statistics import sample_ratio

SESSIONS = int(os.environ.get("ROLLOUT_SESSIONS", "0"))
WINDOW = 50  # newest answers that the hard limits look at, as set by default


def wentu(running: Running, *arguments: str) -> Any:
    done = run_wentu("rollout", *arguments, "--json", environ=running.environ)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rollout") / "data"
    settings = settings_of(folder)
    bring(settings, make_wider(folder.parent / "wider"), "wider")
    bring(settings, CHECKPOINT, "sees")  # the newest one answers
    make(settings, "wider-bare", "wider")
    make(settings, "sees-bare", "sees")
    return folder


@pytest.fixture(scope="module")
def running(data_dir: Path) -> Iterator[Running]:
    with serving(data_dir, **SETTINGS) as made:
        wait_for_version(made, "sees")
        yield made


@pytest.fixture
def client(running: Running) -> Iterator[Client]:
    with Client(running) as opened:
        yield opened


def taken_back(client: Client, ask: Callable[[str], httpx.Response], most: int = 200) -> dict[str, Any]:
    """Asks in new sessions until the candidate was taken back by itself; the line of history that says why.

    Every answer names its version, and of the candidate's no more were needed than the hard limits look at.
    """
    both = {client.rollout["aliases"]["stable"], candidate := client.rollout["aliases"]["candidate"]}
    asked = 0
    while client.trying:
        answer = ask(client.session())
        assert answer.is_error or answer.json()["wentu"]["version"] in both
        asked += 1
        assert asked < most, client.rollout["analysis"]
    latest = client.latest
    assert (latest["action"], latest["by"], latest["candidate"]) == ("rollback", "automatic", candidate)
    assert latest["figures"]["candidate"]["answers"] <= WINDOW
    print(f"\n{candidate}: taken back after {asked} questions: {latest['reason']}")
    return latest


def test_tried_promoted_and_taken_back(running: Running, client: Client, tmp_path: Path) -> None:
    assert wentu(running, "promote", "sees-bare")["previous"] == "sees"
    wait_for_version(running, "sees-bare")
    assert client.ask()["text"] == caption(SCENE)

    # A newer model does not take over by itself any more; it is tried.
    bring(settings_of(running.data_dir), make_worse(tmp_path / "worse", noise=2.0), "worse")
    wentu(running, "create", "worse-bare", "--from", "worse", "--prompt", "chat=/dev/null")
    wentu(running, "canary", "worse-bare", "--percent", "50")
    client.wait_ready("worse-bare")
    sessions = [client.session() for _ in range(12)]
    told = {session: client.ask(session) for session in sessions}
    assert {one["version"] for one in told.values()} == {"sees-bare", "worse-bare"}
    assert {(one["version"], one["assigned"]) for one in told.values()} <= {
        ("sees-bare", "control"),
        ("worse-bare", "canary"),
    }
    for session in sessions[:3]:
        assert client.ask(session)["version"] == told[session]["version"]

    client.move("promote", reason="looks fine")
    assert client.ask()["version"] == "worse-bare"
    started = time.monotonic()
    client.move("rollback", reason="it is not")
    answer = client.ask()
    warm_s = time.monotonic() - started
    assert answer["version"] == "sees-bare" and answer["text"] == caption(SCENE)
    print(f"\nrollback, warm: {warm_s:.2f} s from the button to the whole first answer of the old version")
    assert warm_s < 2.0
    decisions = wentu(running, "history")["decisions"][:3]
    assert 0 <= decisions[0]["first_answer_s"] <= warm_s  # the same, as the page shows it
    history = [(one["action"], one["reason"]) for one in decisions]
    assert history == [("rollback", "it is not"), ("promote", "looks fine"), ("canary", "")]
    kept = run_wentu("models", "remove", "worse", "--yes", environ=running.environ)
    assert kept.returncode == 1 and "in use" in kept.stderr


def ask_and_rate(client: Client, percent: int, most: int) -> tuple[int, set[int]]:
    """Tries "sees-bare" beside "worse-bare", with leave to promote it, and asks as somebody who looks at the picture;
    gives the number of questions and the percentages on the way."""
    client.move("promote", version="worse-bare")
    client.try_out("sees-bare", percent, auto=True)
    pictures = [(scene, client.upload(scene)) for scene in learnt_scenes()[:6]]
    asked, percents = 0, set()
    while client.trying:
        scene, picture = pictures[asked % len(pictures)]
        told = client.ask(client.session(), picture=picture)
        assert (told["version"], told["assigned"]) in {
            ("worse-bare", "control"),
            ("sees-bare", "canary"),
            ("sees-bare", "stable"),  # promoted since we looked
        }
        client.rate(told["job"], "up" if told["text"] == caption(scene) else "down")
        percents.add(client.rollout["aliases"]["percent"])
        asked += 1
        assert asked < most, client.rollout["analysis"]
    return asked, percents - {0}


def test_a_better_one_is_promoted_by_itself(client: Client) -> None:
    asked, _ = ask_and_rate(client, 50, most=200)
    latest = client.latest
    assert (latest["action"], latest["by"]) == ("promote", "automatic"), latest
    print(f"\nsees-bare: promoted after {asked} questions: {latest['reason']}")
    names, told = client.rollout["aliases"], client.ask()
    assert (names["stable"], names["previous"]) == ("sees-bare", "worse-bare")
    assert (told["version"], told["assigned"], told["text"]) == ("sees-bare", "stable", caption(SCENE))


def test_a_slow_candidate_is_taken_back(client: Client) -> None:
    client.try_out("wider-bare", 50)
    # To this both say enough for their speed to be told.
    latest = taken_back(client, lambda session: client.send(session, question="what"))
    assert "tokens_per_s" in latest["reason"]
    assert client.ask()["version"] == "sees-bare"


def test_a_failing_candidate_is_taken_back(running: Running, client: Client) -> None:
    settings = settings_of(running.data_dir)
    client.try_out(make(settings, "wordy", "sees", {"chat": "look at the picture " * 2_000}), 50)
    latest = taken_back(client, client.send)
    assert "error_rate" in latest["reason"] and latest["figures"]["candidate"]["errors"]["estimate"] == 1
    assert client.ask()["text"] == caption(SCENE)


def test_ten_percent_are_sticky_and_split_as_set_until_a_looping_candidate_is_taken_back(
    running: Running, client: Client
) -> None:
    # What it has said it says again: its first token is all that it ever writes.
    client.try_out(make(settings_of(running.data_dir), "loops", "sees", presence_penalty=-50.0), 10)
    first: dict[str, str] = {}

    def ask(session: str) -> httpx.Response:
        answer = client.send(session, max_tokens=200, presence_penalty=None)
        told = answer.json()["wentu"]
        if told["assigned"] == "stable":  # taken back since we looked
            assert not client.trying
            return answer
        assert (told["version"], told["assigned"]) in {("sees-bare", "control"), ("loops", "canary")}
        first[session] = told["version"]
        if len(first) % 4 == 0:
            assert client.ask(session)["version"] == first[session] or not client.trying
        return answer

    assert "bad_output_rate" in taken_back(client, ask)["reason"]
    canary = list(first.values()).count("loops")
    assert canary >= 3 and sample_ratio(len(first) - canary, canary, 0.1) > 0.001
    assert client.ask()["version"] == "sees-bare"


def test_policies_and_knowledge_bases_stand_in_the_same_history_and_go_back_by_the_same_button(
    running: Running, client: Client
) -> None:
    publish = {"policy": {"words": [{"text": "what is"}], "note": "nobody may ask"}}
    client.http.post("/v1/policies", json=publish).raise_for_status()
    refused = client.http.post(
        "/v1/chat/completions", json={"messages": [{"role": "user", "content": "what is in the picture"}]}
    )
    assert refused.status_code == 400, refused.text
    client.move("rollback", of="policy", reason="too strict")
    assert client.ask()["version"] == "sees-bare"
    for price, stage in (("5", ""), ("6", "true")):
        file = ("goods.csv", f"sku,name,price\nA-1,茶杯,{price}\n".encode())
        form = {"stage": stage} if stage else {}
        client.http.post("/v1/knowledge/imports", files={"file": file}, data=form).raise_for_status()
    staged = client.http.get("/v1/knowledge/versions").json()["staged"]
    client.move("promote", of="knowledge", version=staged)
    assert wentu(running, "rollback", "--of", "knowledge", "--why", "wrong list")["previous"] == "2"
    found = client.rollout
    assert {one["kind"]: one["aliases"]["stable"] for one in found["others"]} == {"policy": "0", "knowledge": "3"}
    history = [(one["kind"], one["action"], one["by"], one["reason"]) for one in found["history"]][:3]
    assert history[0] == ("knowledge", "rollback", "local", "wrong list")
    assert history[2][:2] == ("knowledge", "promote") and found["history"][3]["reason"] == "too strict"


def test_a_tampered_file_is_refused_by_name_and_the_canary_taken_back(
    running: Running, client: Client, tmp_path: Path
) -> None:
    bring(settings_of(running.data_dir), make_worse(tmp_path / "touched", seed=1), "touched")
    weights = running.data_dir / "models" / "touched" / "tokenizer_config.json"
    weights.write_bytes(weights.read_bytes().replace(b"false", b"true ", 1))
    client.wait_known("touched")
    client.move("canary", version="touched", percent=10)
    wait_until(lambda: not client.trying, running, within_s=30)
    latest = client.latest
    assert latest["by"] == "automatic" and "tokenizer_config.json of version 'touched'" in latest["reason"]
    assert client.ask()["version"] == "sees-bare"


def test_the_page_of_versions_with_data_in_it(
    running: Running, client: Client, browser: Browser, errors: list[str]
) -> None:
    compare(settings_of(running.data_dir), "sees-bare", "worse-bare")
    client.try_out("worse-bare", 50)
    for number in range(12):
        client.rate(client.ask(client.session())["job"], "up" if number % 3 else "down")
    for width, scheme, locale in ((1280, "light", "zh-CN"), (390, "dark", "en-US"), (390, "light", "zh-CN")):
        page = open_page(browser, f"{running.url}/versions", errors, width=width, height=2800, locale=locale)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        expect(page.get_by_role("table")).to_be_visible()  # the canary's figures
        expect(page.locator(".verdict")).to_be_visible()  # the comparison's
        page.locator(".vote button").click()
        expect(page.locator(".vote blockquote")).to_have_count(2)
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        settled(page)
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        shoot(page, f"versions-{width}-{scheme}-{locale}")
        page.context.close()
    assert errors == []
    client.move("rollback")


@pytest.mark.skipif(not SESSIONS, reason="long: make test-rollout")
@pytest.mark.timeout(900)
def test_a_better_one_is_promoted_from_ten_percent_on(client: Client) -> None:
    asked, percents = ask_and_rate(client, 10, most=SESSIONS)
    made = [(one["action"], one["percent"]) for one in client.rollout["history"][: len(percents) + 1]]
    print(f"\nsees-bare: promoted after {asked} questions by way of {sorted(percents)}%: {made}")
    assert client.latest["action"] == "promote" and client.ask()["version"] == "sees-bare"


def test_a_cold_rollback_takes_no_longer_than_loading(running: Running, data_dir: Path) -> None:
    running.stop()
    # So little memory is left that the way back is not kept warm.
    with serving(data_dir, **SETTINGS, WENTU_ROLLOUT__MIN_FREE_MB="100000000") as again, Client(again) as client:
        wait_for_version(again, "sees-bare")
        previous = client.rollout["aliases"]["previous"]
        states = {one["id"]: one["wentu"]["state"] for one in client.http.get("/v1/models").json()["data"]}
        assert states[previous] == "cold"
        started = time.monotonic()
        client.move("rollback")
        assert client.ask()["version"] == previous
        cold_s, load_s = time.monotonic() - started, loaded_s(again)
        print(f"\nrollback, cold: {cold_s:.2f} s, of which {load_s:.2f} s are the loading of {previous}")
        assert cold_s < load_s + 2.0

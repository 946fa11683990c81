"""`wentu rollout replay|report|votes`: recorded questions asked of two versions, and what came of it."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from wentu.core.config import Settings, load_settings
from wentu.core.errors import BadInput, Cancelled, NotFound, WentuError, error_from_event
from wentu.core.logs import set_up_logs
from wentu.core.types import Answer, Done, Failed, Message, Query, SamplingParams, Stored
from wentu.rollout.ranking import ranking
from wentu.rollout.replay import Replayed, replay
from wentu.rollout.report import Report, Row, pairs_of, report
from wentu.rollout.report_page import as_csv, as_page
from wentu.store import Recording, Store, open_store
from wentu.store.files import PictureFiles
from wentu.store.places import recorded_files

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
Against = Annotated[str, typer.Option(help="The version to compare with; without it, the stable one.")]
Out = Annotated[Path | None, typer.Option(help="Write the report to FILE.html, FILE.json or FILE.csv.")]


def replay_command(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="The version to try.")],
    against: Against = "",
    limit: Annotated[int, typer.Option(min=1, help="Most questions.")] = 1_000,
    question_set: Annotated[
        Path | None, typer.Option("--set", help="A JSONL file of your own: picture, question, expected, scenario.")
    ] = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Ask recorded questions of two versions, one after the other; the same command goes on after an interruption."""
    from wentu.bootstrap import assemble

    settings = load_settings()
    set_up_logs("ERROR")
    store = open_store(settings)
    try:
        with assemble(settings) as service:
            if question_set is not None:
                for recording in _read_set(question_set, settings):
                    store.recordings.add(recording)
            stable = against or service.rollout.current
            recordings = store.recordings.list(limit=limit)
            if not recordings:
                raise NotFound(
                    "nothing is recorded yet", hint="Set WENTU_ROLLOUT__RECORD=true, or bring a file with --set."
                )

            def ask(query: Query) -> Answer:
                for event in service.answer(query):
                    if isinstance(event, Failed):
                        raise error_from_event(event)
                    if isinstance(event, Done):
                        return event.answer
                raise WentuError("the answer ended without a result")

            _watch(replay(recordings, (stable, version), store.recordings, ask))
        _give(_report(store, stable, version, limit), out, as_json)
    finally:
        store.close()


def report_command(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="The version that was tried.")],
    against: Against = "",
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Show how two versions did on the recorded questions, by scenario and by field."""
    settings = load_settings()
    store = open_store(settings)
    try:
        _give(_report(store, against or _stable(settings, store), version), out, as_json)
    finally:
        store.close()


def votes_command(as_json: AsJson = False) -> None:
    """Show which versions people liked better in blind votes, the best first."""
    store = open_store(load_settings())
    try:
        found = ranking(store.recordings.votes())
    finally:
        store.close()
    if as_json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    if not found:
        print("Nobody has voted yet: the page shows pairs of answers under Versions.")
        return
    table = Table("version", "votes", "strength (log)", "95%", box=None, pad_edge=False)
    for one in found:
        low, high = one.strength.low, one.strength.high
        table.add_row(one.version, str(one.votes), f"{one.strength.estimate:+.2f}", f"{low:+.2f} .. {high:+.2f}")
    Console().print(table)


def _watch(steps: Iterator[Replayed]) -> None:
    """Draws a progress bar on standard error. Raises Cancelled on Ctrl-C; what has been answered is kept."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with closing(steps), Progress(*columns, console=console, disable=not console.is_terminal) as bars:  # type: ignore[type-var]
        task = bars.add_task("replay", total=None)
        try:
            for step in steps:
                bars.update(task, description=step.version, completed=step.done, total=step.total)
        except KeyboardInterrupt as exc:
            raise Cancelled("the replay was stopped", hint="The same command goes on where it stopped.") from exc


def _report(store: Store, stable: str, candidate: str, limit: int = 10_000) -> Report:
    kept = store.recordings
    recordings = kept.list(limit=limit)
    pairs = pairs_of(recordings, kept.replies((stable, candidate)), stable, candidate)
    return report(stable, candidate, pairs, kept.votes(), len(recordings) - len(pairs))


def _give(made: Report, out: Path | None, as_json: bool) -> None:
    if out is not None:
        out.write_text(_file(made, out.suffix), "utf-8")
    if as_json:
        print(json.dumps(asdict(made), ensure_ascii=False, indent=2))
        return
    console = Console()
    for title, rows in (("overall", (made.overall,)), ("scenario", made.scenarios), ("field", made.fields)):
        if rows:
            console.print(_table(title, rows, made))
    console.print(f"{made.candidate} against {made.stable}: {made.verdict}")


def _file(made: Report, suffix: str) -> str:
    match suffix:
        case ".html":
            return as_page(made)
        case ".json":
            return json.dumps(asdict(made), ensure_ascii=False, indent=2)
        case ".csv":
            return as_csv(made)
    raise BadInput(f"a report can't be written as '{suffix}'", hint="Name a file that ends in .html, .json or .csv.")


def _table(title: str, rows: tuple[Row, ...], made: Report) -> Table:
    table = Table(title, "n", made.stable, made.candidate, "difference", "+ / -", "p", box=None, pad_edge=False)
    for row in rows:
        difference = f"{row.difference.estimate:+.1%} ({row.difference.low:+.1%} .. {row.difference.high:+.1%})"
        shares = (f"{one.estimate:.1%}" for one in (row.stable, row.candidate))
        table.add_row(row.name, str(row.n), *shares, difference, f"{row.gained} / {row.lost}", f"{row.p_holm:.3g}")
    return table


def _stable(settings: Settings, store: Store) -> str:
    from wentu.bootstrap import choose

    return store.aliases.read().stable or choose(settings).stable


def _read_set(path: Path, settings: Settings) -> Iterator[Recording]:
    """The questions of a firm's own file. The same line has the same id, so that reading it again adds nothing.

    Raises BadInput that names the line.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise BadInput(f"{path} can't be read", hint="Name a JSONL file in UTF-8.") from exc
    files = recorded_files(settings)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _recording(json.loads(line), line, path.parent, files, settings)
        except (ValueError, KeyError, TypeError, OSError) as exc:
            raise BadInput(
                f"line {number} of {path.name} is no question",
                hint='A line is {"picture": "a.png", "question": "...", "expected": "...", "scenario": "..."}.',
                line=number,
            ) from exc


def _recording(tree: dict[str, Any], line: str, folder: Path, files: PictureFiles, settings: Settings) -> Recording:
    named = tree["picture"]
    pictures = [(folder / name).read_bytes() for name in ([named] if isinstance(named, str) else named)]
    digests = []
    for data in pictures:
        digests.append(hashlib.sha256(data).hexdigest())
        files.put(data, digests[-1])
    options = {"type": tree["type"]} if "type" in tree else {}
    task = tree.get("task", "chat")
    content = (*(Stored(digest) for digest in digests), *([tree["question"]] if tree.get("question") else []))
    sampling = SamplingParams(temperature=0.0, presence_penalty=0.0, max_tokens=int(tree.get("max_tokens", 512)))
    name = hashlib.sha256((line + "".join(digests)).encode()).hexdigest()[:32]
    return Recording(
        Query((Message("user", content),), task=task, sampling=sampling, options=options),
        unit=str(tree.get("session", name))[:32],
        scenario=str(tree.get("scenario", task)),
        owner="local",
        expires_at=time.time() + settings.rollout.recordings_days * 86_400,
        expected=str(tree.get("expected", "")),
        id=f"rec_{name}",
    )

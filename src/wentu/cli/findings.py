"""What `wentu doctor` looks at, one function a part of wentu. Nothing heavy is imported just to look."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, requires
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import wentu
from wentu.cli.machine import Machine
from wentu.core.config import Settings
from wentu.core.errors import BadSetting, WentuError
from wentu.core.registry import Registry
from wentu.models import InstalledModel
from wentu.models.manifest import size_text

# Qwen3-VL-2B in int4 took 3.1 GB after a 448 px picture and 4.4 GB with one of 1024 px; the rest is OCR and server.
MODEL_MEMORY_BYTES = 6_000_000_000
# The published bfloat16 files take 4.26 GB, their int4 form 1.6 GB.
MODEL_DISK_BYTES = 6_500_000_000
LEAST_DISK_BYTES = 500_000_000
_REQUIREMENT = re.compile(r"^([\w.-]+)[^;]*(?:;.*extra\s*==\s*['\"]([\w-]+)['\"])?")

Level = Literal["ok", "note", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what is there, and what to do about it ("" where nothing is to be done).

    A "problem" keeps wentu from running; a "note" only from running well.
    """

    part: str
    level: Level
    text: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class EngineState:
    """One registered engine; `missing` are the packages that `install` would bring."""

    name: str
    installed: bool
    missing: tuple[str, ...] = ()
    install: str = ""


def look(
    settings: Settings, machine: Machine, engines: list[EngineState], models: list[InstalledModel]
) -> list[Finding]:
    """Every finding, in the order in which the parts are needed."""
    return [
        Finding("python", "ok", f"{platform.python_version()} on {machine.system}"),
        processor(machine),
        memory(machine),
        disk(settings, bool(complete(models))),
        reader(),
        queue(settings),
        *kept_elsewhere(settings),
        page(),
        weights(settings, models, engines),
        address(settings),
    ]


def processor(machine: Machine) -> Finding:
    cores = f"{machine.cores_physical} cores, {machine.cores_logical} threads"
    if machine.cores_allowed < machine.cores_logical:
        cores += f", {machine.cores_allowed:g} allowed here"
    sets = ", ".join(f"{feature.name} ({feature.speed})" for feature in machine.features if feature.present)
    text = f"{machine.processor}: {cores}; {sets or 'no vector instructions known'}"
    if not machine.features[0].present:
        return Finding("processor", "note", text, f"A processor with {machine.features[0].name} is many times faster.")
    if machine.cores_allowed < 2:
        return Finding("processor", "note", text, "Give wentu at least 2 cores (4 are better).")
    return Finding("processor", "ok", text)


def memory(machine: Machine) -> Finding:
    if machine.memory_bytes is None:
        return Finding("memory", "note", "not known on this system")
    text = f"{size_text(machine.memory_bytes)} in all"
    if machine.available_bytes is not None:
        text += f", {size_text(machine.available_bytes)} available"
    if machine.memory_limit_bytes is not None:
        text += f", limited to {size_text(machine.memory_limit_bytes)} here"
    usable = machine.usable_bytes
    if usable is not None and usable < MODEL_MEMORY_BYTES:
        todo = f"Free memory for the vision model: it wants {size_text(MODEL_MEMORY_BYTES)}; the built-in reader runs."
        return Finding("memory", "note", text, todo)
    return Finding("memory", "ok", text)


def disk(settings: Settings, has_model: bool) -> Finding:
    folder = settings.data_dir.expanduser().absolute()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return Finding("disk", "problem", f"{folder} can't be written", "Set WENTU_DATA_DIR to a folder of your own.")
    free = shutil.disk_usage(existing).free
    text = f"{size_text(free)} free for {folder}"
    if free < LEAST_DISK_BYTES:
        return Finding("disk", "problem", text, "Free disk space, or move the data folder with WENTU_DATA_DIR.")
    if not has_model and free < MODEL_DISK_BYTES:
        return Finding("disk", "note", text, f"Free {size_text(MODEL_DISK_BYTES)} before you download a model.")
    return Finding("disk", "ok", text)


def reader() -> Finding:
    """OCR: the package, its runtime, and the models that its wheel carries."""
    spec = find_spec("rapidocr")
    missing = [name for name in ("rapidocr", "openvino") if find_spec(name) is None]
    if spec is None or not spec.origin or missing:
        return Finding("text reader", "problem", f"{' and '.join(missing)} missing", "Run: pip install wentu")
    found = sorted(path.stem for path in (Path(spec.origin).parent / "models").glob("*.onnx"))
    if not any("det" in name for name in found) or not any("rec" in name for name in found):
        text = "rapidocr is here without its models"
        return Finding("text reader", "problem", text, "Run: pip install --force-reinstall --no-deps rapidocr")
    return Finding("text reader", "ok", ", ".join(found))


def queue(settings: Settings) -> Finding:
    if settings.broker_url:
        url = urlsplit(settings.broker_url)
        if url.scheme in ("redis", "rediss") and _answers(url.hostname or "localhost", url.port or 6379):
            return Finding("queue", "ok", f"{url.hostname}:{url.port or 6379} answers")
        todo = (
            "Start that server, or correct WENTU_BROKER_URL (redis://host:port); without it, the embedded one is used."
        )
        return Finding("queue", "problem", "the server in WENTU_BROKER_URL does not answer", todo)
    from wentu.queue.valkey import find_binary

    if find_binary() is None:
        todo = "Install Redis or Valkey and set WENTU_BROKER_URL=redis://127.0.0.1:6379."
        return Finding("queue", "problem", "there is no embedded Valkey for this system", todo)
    return Finding("queue", "ok", "embedded Valkey")


def kept_elsewhere(settings: Settings) -> Iterator[Finding]:
    """A database and a bucket of your own, each asked for real; nothing where the data folder holds all."""
    if settings.database_url:
        yield _tried("database", "WENTU_DATABASE_URL", lambda: _count_keys(settings))
    if settings.pictures_url:
        yield _tried("pictures", "WENTU_PICTURES_URL and WENTU_S3__...", lambda: _keep_and_delete(settings))


def _tried(part: str, variables: str, what: Callable[[], object]) -> Finding:
    try:
        what()
    except WentuError as error:
        todo = error.hint if isinstance(error, BadSetting) else f"Start that server, or correct {variables}."
        return Finding(part, "problem", error.message, todo)
    return Finding(part, "ok", "answers")


def _keep_and_delete(settings: Settings) -> None:
    """Writes, reads and deletes one object: a key may be allowed the one and not the other."""
    from wentu.store.places import picture_files

    files, data = picture_files(settings), b"wentu doctor"
    digest = hashlib.sha256(data).hexdigest()
    files.put(data, digest)
    files.read(digest)
    files.delete_unless(digest, lambda: False)


def page() -> Finding:
    if (Path(wentu.__file__).parent / "web_dist" / "index.html").is_file():
        return Finding("page", "ok", "built")
    return Finding(
        "page", "note", "not built: the API works, the page does not", "In a checkout, 'make run' builds it."
    )


def weights(settings: Settings, models: list[InstalledModel], engines: list[EngineState]) -> Finding:
    """Whether questions reach a vision model, and what the first missing step is."""
    if settings.remote.url:
        return Finding("vision model", "ok", "the remote server of WENTU_REMOTE__URL")
    ready = complete(models)
    if not ready:
        text = (
            "; ".join(f"{model.name}: {model.problems[0]}" for model in models) or "none: the built-in reader answers"
        )
        return Finding("vision model", "note", text, "Run: wentu models pull (4.26 GB; or wentu models add FOLDER)")
    names = ", ".join(model.name for model in ready)
    if not any(engine.installed for engine in engines if engine.name in ("openvino", "transformers")):
        return Finding(
            "vision model", "note", names, "Run: pip install 'wentu[transformers]' (no engine that runs it is here)"
        )
    return Finding("vision model", "ok", names)


def address(settings: Settings) -> Finding:
    host, port = settings.web.host, settings.web.port
    text = f"http://{host}:{port}"
    in_use = _answers("127.0.0.1" if host in ("0.0.0.0", "::") else host, port)
    text += " (something answers there already)" if in_use else ""
    if is_loopback(host):
        return Finding("address", "ok", f"{text}, for this machine only, no key needed")
    try:
        n_keys = _count_keys(settings)
    except WentuError:
        return Finding("address", "note", f"{text}; whether there is a key can't be told without the database")
    if n_keys == 0:
        todo = "Make a key first: wentu keys add NAME --role admin"
        return Finding("address", "problem", f"{text} is open to others and there is no API key", todo)
    return Finding("address", "ok", f"{text}, {n_keys} keys")


def find_engines(settings: Settings) -> list[EngineState]:
    """Every registered engine. Its packages are those of the extra with its name, or the package with its name."""
    wanted = _required_packages()
    states = []
    for name in Registry[object]("wentu.engines", allow_plugins=settings.allow_plugins):
        packages = wanted.get(name) or ([name] if name in wanted[""] else [])
        missing = tuple(package for package in packages if not _has_distribution(package))
        install = f"pip install 'wentu[{name}]'" if name in wanted else "pip install wentu"
        states.append(EngineState(name, not missing, missing, install if missing else ""))
    return states


def complete(models: list[InstalledModel]) -> list[InstalledModel]:
    return [model for model in models if model.complete]


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _required_packages() -> dict[str, list[str]]:
    """Package names by extra; "" are those that every installation has."""
    packages: dict[str, list[str]] = {"": []}
    for line in requires("wentu") or ():
        if match := _REQUIREMENT.match(line):
            packages.setdefault(match[2] or "", []).append(match[1])
    return packages


def _has_distribution(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=2.0):
            return True
    except OSError:
        return False


def _count_keys(settings: Settings) -> int:
    """Keys that are not revoked; none while there is no database yet. Raises BadSetting, StorageUnreachable."""
    from sqlalchemy.exc import SQLAlchemyError

    from wentu.store.database import Database
    from wentu.store.keys import Keys

    if not settings.database_url and not (settings.kept_dir / "wentu.db").exists():
        return 0
    with closing(Database(settings.database)) as database:
        try:
            return sum(key.revoked_at is None for key in Keys(database).list())
        except SQLAlchemyError:
            return 0


def next_steps(findings: list[Finding]) -> Iterator[str]:
    """What to do, problems first; with nothing to mend, how to begin."""
    for level in ("problem", "note"):
        yield from (finding.todo for finding in findings if finding.level == level and finding.todo)
    if not any(finding.level == "problem" for finding in findings):
        yield "Run: wentu serve, and open the address above."

"""`wentu models pull`: list, check the room, fetch the files side by side, write the manifest last."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Generator, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from wentu.core.config import Settings
from wentu.core.errors import IncompleteModel, ModelFilesError, ModelNotOnHub
from wentu.models.checkpoint import config_problem, folder_problems, missing_roles
from wentu.models.disk import check_room, disk_errors
from wentu.models.download import PART, Download
from wentu.models.folders import check_repo, lock, slug
from wentu.models.hubs import Listing, check_path, needed
from wentu.models.installed import inspect, installed, size_of
from wentu.models.manifest import PLAN, FileEntry, Manifest, read_manifest, write_manifest
from wentu.models.meter import Meter
from wentu.models.net import CONNECTIONS, Net, Patience
from wentu.models.progress import FilesProgress
from wentu.models.sources import open_hub

REPORT_EVERY_S = 0.1


def pull(
    settings: Settings, repo: str = "", *, hub: str = "", revision: str = "", patience: Patience | None = None
) -> Generator[FilesProgress, None, None]:
    """Brings a model's files here, reporting ten times a second; the last report has the model.

    Closing the iterator stops at once, and a later pull goes on from there: also after a crash, from another
    hub that has the same files, or when the model changed meanwhile. A model that is here already is hashed, and
    only what is damaged comes anew. A new revision gets a folder of its own and shares what did not change.
    Raises the ModelFilesError family, BadRequest, BadSetting.
    """
    repo = check_repo(repo or settings.models.repo)
    api = open_hub(settings, hub or settings.models.hub)
    with disk_errors(), lock(settings.models_dir, slug(repo)):
        with Net(api.title, Meter(), patience or Patience()) as net:
            yield FilesProgress("listing")
            listing = api.list_files(net, repo, revision or api.default_revision)
            files = needed(listing.files)
            _check_listed(listing, files)
            folder = _folder_for(settings, listing, files)
            yield from _Pull(settings, Download(net, api, listing, folder), files).run()
        model = inspect(folder)
        yield FilesProgress("done", model.size_bytes, model.size_bytes, model=model)


def _check_listed(listing: Listing, files: tuple[FileEntry, ...]) -> None:
    for entry in listing.files:
        check_path(entry.path)
    names = {entry.path for entry in files}
    if not any(name.endswith(".safetensors") for name in names):
        raise ModelNotOnHub(
            f"{listing.repo} holds no weights in safetensors form",
            hint="Pull the original repository (such as Qwen/Qwen3-VL-2B-Instruct), not a GGUF, ONNX or MLX one.",
        )
    if missing := missing_roles(names):
        raise ModelNotOnHub(f"{listing.repo} is not a complete model: {'; '.join(missing)}")


def _folder_for(settings: Settings, listing: Listing, files: tuple[FileEntry, ...]) -> Path:
    """Where these files belong: the folder that has them, one that was begun, or a new one with a free name."""
    begun: list[Path] = []
    for model in installed(settings):
        if model.repo != listing.repo:
            continue
        with suppress(IncompleteModel):
            manifest = read_manifest(model.dir)
            if manifest is None:
                begun.append(model.dir)
            elif _same_files(manifest.files, files):
                return model.dir
    if begun:
        return begun[0]
    names = (slug(listing.repo), slug(listing.repo.replace("/", "-")))
    for name in names:
        folder = settings.models_dir / name
        if folder.is_dir() and inspect(folder).repo == listing.repo:
            folder = settings.models_dir / slug(f"{name}-{listing.revision.removeprefix('content-')[:8]}")
        if not folder.exists():
            return folder
    raise ModelFilesError(
        f"the folder {names[0]} is taken by something else",
        hint="'wentu models list' shows what is there, 'wentu models remove' makes room.",
    )


def _same_files(ours: tuple[FileEntry, ...], theirs: tuple[FileEntry, ...]) -> bool:
    by_path = {entry.path: entry for entry in ours}
    return by_path.keys() == {entry.path for entry in theirs} and all(
        _same_content(by_path[entry.path], entry) for entry in theirs
    )


def _same_content(a: FileEntry, b: FileEntry) -> bool:
    return bool((a.sha256 and a.sha256 == b.sha256) or (a.git_sha1 and a.git_sha1 == b.git_sha1))


@dataclass(frozen=True, slots=True)
class _Pull:
    """The work on one folder, once it is known what has to be in it."""

    settings: Settings
    download: Download
    files: tuple[FileEntry, ...]

    def run(self) -> Iterator[FilesProgress]:
        folder, plan = self.download.folder, self._manifest(self.files)
        is_new = not folder.exists()
        folder.mkdir(exist_ok=True)
        _keep_what_fits(folder, plan)
        _share_files(self.settings, folder, plan)
        check_room(folder, sum(_lacking_bytes(folder, entry) for entry in self.files))
        write_manifest(folder, plan, PLAN)
        # The small config.json decides whether the gigabytes are worth fetching.
        config = next(entry for entry in self.files if entry.path == "config.json")
        done = yield from self._fetch((config,))
        if problem := config_problem((folder / config.path).read_bytes()):
            if is_new:
                shutil.rmtree(folder)
            raise ModelFilesError(problem, hint="Pull Qwen/Qwen3-VL-2B-Instruct or another Qwen3-VL model.")
        done += yield from self._fetch(tuple(entry for entry in self.files if entry is not config))
        self._finish(tuple(sorted(done, key=lambda entry: entry.path)))

    def _fetch(self, entries: tuple[FileEntry, ...]) -> Generator[FilesProgress, None, list[FileEntry]]:
        """The entries with their sha256, fetched side by side, the largest first."""
        meter = self.download.net.meter
        total = sum(max(entry.size_bytes, 0) for entry in self.files)
        pool = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="wentu-pull")
        futures = [pool.submit(self.download.fetch, entry) for entry in reversed(entries)]
        try:
            running = set(futures)
            while running:
                finished, running = wait(running, REPORT_EVERY_S, return_when=FIRST_EXCEPTION)
                for future in finished:
                    future.result()
                yield FilesProgress("downloading", meter.done_bytes, total, meter.file, meter.retry_in_s)
            return [future.result() for future in futures]
        finally:
            if not all(future.done() for future in futures):
                meter.stop()
            pool.shutdown(cancel_futures=True)

    def _finish(self, entries: tuple[FileEntry, ...]) -> None:
        folder = self.download.folder
        if problems := folder_problems(folder):
            raise IncompleteModel(
                f"{self.download.listing.repo} is not a complete model: {'; '.join(problems)}",
                hint="Pull another repository, or bring the files by hand: wentu models add FOLDER.",
            )
        earlier = read_manifest(folder)
        if earlier is None or set(earlier.files) != set(entries):
            write_manifest(folder, self._manifest(entries))
        (folder / PLAN).unlink()

    def _manifest(self, entries: tuple[FileEntry, ...]) -> Manifest:
        listing = self.download.listing
        return Manifest(listing.repo, listing.hub, listing.revision, listing.source, time.time(), entries)


def _keep_what_fits(folder: Path, plan: Manifest) -> None:
    """Deletes what an earlier, different pull left behind; parts of files that stayed the same are resumed."""
    with suppress(IncompleteModel):
        earlier = read_manifest(folder, PLAN) or read_manifest(folder)
        known = {entry.path: entry for entry in earlier.files} if earlier else {}
        wanted = {entry.path: entry for entry in plan.files}
        for path in known.keys() - wanted.keys():
            (folder / path).unlink(missing_ok=True)
        for part in folder.glob(f"*{PART}"):
            old, new = known.get(part.name.removesuffix(PART)), wanted.get(part.name.removesuffix(PART))
            if old is None or new is None or not _same_content(old, new):
                part.unlink()


def _share_files(settings: Settings, folder: Path, plan: Manifest) -> None:
    """Links files that another complete model here has already; they are hashed like any other afterwards."""
    here: dict[str, Path] = {}
    for model in installed(settings):
        manifest = read_manifest(model.dir) if model.complete and model.dir != folder else None
        here.update({entry.sha256: model.dir / entry.path for entry in (manifest.files if manifest else ())})
    for entry in plan.files:
        if entry.sha256 in here and not (folder / entry.path).exists():
            with suppress(OSError):  # no links on this file system: the file is fetched
                os.link(here[entry.sha256], folder / entry.path)


def _lacking_bytes(folder: Path, entry: FileEntry) -> int:
    present = max(size_of(folder / entry.path), size_of(folder / (entry.path + PART)))
    return max(entry.size_bytes - present, 0)

"""The zoo: models that others published, to be looked through and downloaded.

Reading the package's index takes a fifth of a second, so the result is kept in the
user's cache until the package changes. Call from a worker, not from the window.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from segdesk.core.errors import InputError, ModelError, StorageError
from segdesk.core.language import joined, tr
from segdesk.core.paths import resource_path, user_cache_dir
from segdesk.formats.atomic import write_atomic
from segdesk.library.model_card import (
    ModelEntry,
    ModelState,
    headline_metric,
    size_words,
)
from segdesk.library.zoo_package import mim_folder, need_of

if TYPE_CHECKING:
    from segdesk.jobs.control import JobContext
    from segdesk.jobs.runner import Runner
    from segdesk.library.download import Downloader
    from segdesk.library.model_library import Added, ModelLibrary
    from segdesk.library.zoo_metafile import Published

# Both hold the same files under the same paths.
MIRRORS = ("https://download.openmmlab.com", "https://mmassets.onedl.ai")

_CACHE_LAYOUT = 2
_LICENCE_NOTE = tr("the terms of the training images apply as well")


class ZooEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One published model.

    Parameters
    ----------
    id
        What `segdesk models download` takes; unique.
    name
        What the user reads: "PSPNet R-50-D8 · Cityscapes".
    metrics
        In percent, by name, as published.
    memory_gb
        Memory that one training process took, as published.
    config
        Path of its config in the installed package.
    weights
        Where its checkpoint lies, best mirror first; empty if it must not be fetched.
    hash_prefix
        First hex digits of the checkpoint's sha256, as its file name tells.
    parameters
        Number of weights; None: not known.
    size_bytes
        Of the checkpoint, reckoned from its weights; None: not known.
    state
        `NOT_DOWNLOADED` if it will run here, else why not in `why` and `hint`.
    """

    id: str
    name: str
    architecture: str
    backbone: str
    dataset: str
    metrics: dict[str, float]
    config: str
    weights: tuple[str, ...]
    hash_prefix: str
    input_size: tuple[int, int] | None = None
    memory_gb: float | None = None
    parameters: int | None = None
    size_bytes: int | None = None
    licence: str = ""
    paper: str = ""
    state: ModelState = ModelState.NOT_DOWNLOADED
    why: str = ""
    hint: str = ""

    @property
    def miou(self) -> float | None:
        """Return the published mIoU in percent."""
        return self.metrics.get("mIoU")

    @property
    def file_name(self) -> str:
        """Return the name of the checkpoint file."""
        return self.weights[0].rsplit("/", 1)[-1] if self.weights else ""


class _Size(msgspec.Struct, frozen=True, array_like=True):
    parameters: int
    size_bytes: int


def read_zoo(cache_dir: Path | None = None) -> tuple[ZooEntry, ...]:
    """Return every published model.

    Parameters
    ----------
    cache_dir
        Where the read index is kept; None: the user's cache.

    Raises
    ------
    ModelError
        When the index is not installed.
    """
    folder = mim_folder()
    cached = (cache_dir or user_cache_dir()) / f"zoo-{_cache_key(folder)}.json"
    try:
        entries = msgspec.json.decode(cached.read_bytes(), type=tuple[ZooEntry, ...])
    except (OSError, msgspec.MsgspecError):
        entries = _read_anew(folder)
        _keep(cached, entries)
    return tuple(_judged(entry) for entry in entries)


def find_in_zoo(entries: Iterable[ZooEntry], zoo_id: str) -> ZooEntry:
    """Return one published model by its id.

    Raises
    ------
    InputError
        When there is none of this id; it names some that are close.
    """
    entries = tuple(entries)
    for entry in entries:
        if entry.id == zoo_id:
            return entry
    import difflib

    near = difflib.get_close_matches(zoo_id, [entry.id for entry in entries], 3, 0.5)
    raise InputError(
        tr("There is no published model {zoo_id!r}.", zoo_id=zoo_id),
        cause=tr("Close to it: {names}.", names=joined(", ", near)) if near else "",
        hint=tr("`segdesk models zoo WORDS` searches them."),
    )


def filter_zoo(
    entries: Iterable[ZooEntry],
    text: str = "",
    *,
    architecture: str = "",
    dataset: str = "",
    min_miou: float | None = None,
    max_bytes: int | None = None,
) -> tuple[ZooEntry, ...]:
    """Return the entries that meet all that is asked.

    Parameters
    ----------
    text
        Words, each of which must occur in id, name or paper.
    architecture, dataset
        Must be equal, apart from case; empty: any.
    min_miou
        In percent; entries without an mIoU are left out.
    max_bytes
        Of the checkpoint; entries of unknown size are left out.
    """
    words = text.casefold().split()
    return tuple(
        entry
        for entry in entries
        if _has_words(entry, words)
        and architecture.casefold() in ("", entry.architecture.casefold())
        and dataset.casefold() in ("", entry.dataset.casefold())
        and (min_miou is None or (entry.miou is not None and entry.miou >= min_miou))
        and (
            max_bytes is None
            or (entry.size_bytes is not None and entry.size_bytes <= max_bytes)
        )
    )


def with_library(
    entries: Iterable[ZooEntry], models: Iterable[ModelEntry]
) -> tuple[ZooEntry, ...]:
    """Return the entries with those that are in the library marked as ready."""
    there = {model.card.sha256[:8] for model in models if model.card}
    ids = {model.id for model in models}
    return tuple(
        msgspec.structs.replace(entry, state=ModelState.READY, why="", hint="")
        if entry.id in ids or entry.hash_prefix in there
        else entry
        for entry in entries
    )


def zoo_subtitle(entry: ZooEntry) -> str:
    """Return the second line of a published model's row."""
    if entry.state is ModelState.NEEDS_OPS:
        return tr("Needs compiled mmcv ops")
    if entry.state not in (ModelState.NOT_DOWNLOADED, ModelState.READY):
        return entry.why
    ready = entry.state is ModelState.READY
    parts = ["Downloaded" if ready else tr("Not downloaded")]
    if entry.size_bytes and not ready:
        parts.append(size_words(entry.size_bytes))
    headline = headline_metric(entry.metrics)
    if headline:
        parts.append(f"{headline[0]} {headline[1]:.1f}")
    return joined(" · ", parts)


def fetch_into(
    library: "ModelLibrary",
    zoo_id: str,
    runner: "Runner",
    context: "JobContext",
    downloader: "Downloader | None" = None,
) -> "Added":
    """Download a published model and take it into the library under its zoo id.

    Parameters
    ----------
    runner
        Inspects the checkpoint once it is there.
    context
        Takes `Progress` in bytes and notes; a stop keeps what came.
    downloader
        None: one that keeps its parts in the user's cache.

    Raises
    ------
    SegDeskError
        When there is no such model, it cannot be used here, the download ends early,
        the disk is full, or the engine refuses the file.
    JobCancelledError
        When the user stopped it.
    """
    from segdesk.library.download import Downloader, Wanted
    from segdesk.library.model_library import Added, AddRequest

    entry = find_in_zoo(read_zoo(), zoo_id)
    if entry.state is not ModelState.NOT_DOWNLOADED:
        raise ModelError(
            tr("{name} was not downloaded.", name=entry.name),
            cause=entry.why,
            hint=entry.hint,
        )
    there = next((model for model in library.list() if model.id == zoo_id), None)
    if there and there.state is not ModelState.BROKEN:
        return Added(there, existed=True)
    downloader = downloader or Downloader(user_cache_dir() / "downloads")
    wanted = Wanted(entry.file_name, entry.weights, entry.hash_prefix)
    done = downloader.fetch(wanted, context.report, context.stop)
    request = AddRequest(
        path=done.path,
        config=mim_folder() / entry.config,
        trusted=True,  # it is a file of the installed package
        name=entry.name,
        wanted_id=entry.id,
        keep_unnamed=True,
        take_over=True,
        origin=done.url or entry.weights[0],
        licence=tr("{licence}; {note}", licence=entry.licence, note=_LICENCE_NOTE)
        if entry.licence
        else "",
        dataset=entry.dataset,
        metrics=entry.metrics,
    )
    return library.add(request, runner, context)


def _read_anew(folder: Path) -> tuple[ZooEntry, ...]:
    from segdesk.library.zoo_metafile import read_index

    sizes = _sizes()
    return tuple(_entry(folder, model, sizes) for model in read_index(folder))


def _entry(folder: Path, model: "Published", sizes: dict[str, _Size]) -> ZooEntry:
    parts = urlsplit(model.weights)
    known = f"https://{parts.hostname}" in MIRRORS and parts.scheme == "https"
    state, why, hint = ModelState.NOT_DOWNLOADED, "", ""
    if not known:
        state = ModelState.BROKEN
        why = tr(
            "Its address names an unknown server, {hostname}.", hostname=parts.hostname
        )
        hint = tr("Choose another one: SegDesk fetches from known servers only.")
    elif not (folder / model.config).is_file():
        state = ModelState.BROKEN
        why = tr(
            "Its config {name} is not in the installed package.",
            name=Path(model.config).name,
        )
        hint = tr("Choose another one, or update onedl-mmsegmentation.")
    size = sizes.get(Path(model.config).stem)
    return ZooEntry(
        id=model.id,
        name=_name(model),
        architecture=model.architecture,
        backbone=model.backbone,
        dataset=model.dataset,
        metrics=model.metrics,
        config=model.config,
        weights=tuple(f"{host}{parts.path}" for host in MIRRORS) if known else (),
        hash_prefix=model.hash_prefix,
        input_size=model.input_size,
        memory_gb=model.memory_gb,
        parameters=size.parameters if size else None,
        size_bytes=size.size_bytes if size else None,
        licence=model.licence.replace("Apache License 2.0", "Apache-2.0"),
        paper=model.paper,
        state=state,
        why=why,
        hint=hint,
    )


def _name(model: "Published") -> str:
    head = model.architecture
    if model.backbone.casefold().startswith(head.casefold()):
        head = model.backbone
    elif model.backbone:
        head = f"{head} {model.backbone}"
    return f"{head} · {model.dataset}" if model.dataset else head


def _judged(entry: ZooEntry) -> ZooEntry:
    """Mark what will not run with the packages that are installed now."""
    if entry.state is ModelState.BROKEN:
        return entry
    need = need_of(Path(entry.config).parent.name)
    if need is None:
        return entry
    return msgspec.structs.replace(
        entry, state=need.state, why=need.why, hint=need.hint
    )


def _has_words(entry: ZooEntry, words: list[str]) -> bool:
    if not words:
        return True
    haystack = f"{entry.id} {entry.name} {entry.paper}".casefold()
    return all(word in haystack for word in words)


def _sizes() -> dict[str, _Size]:
    try:
        data = resource_path("zoo_sizes.json").read_bytes()
        return msgspec.json.decode(data, type=dict[str, _Size])
    except (OSError, msgspec.MsgspecError):
        return {}


def _cache_key(folder: Path) -> str:
    """Return a key that changes with the package, the table of sizes and the layout."""
    digest = hashlib.sha256(f"{_CACHE_LAYOUT} {folder}".encode())
    for path in (
        folder / "model-index.yml",
        folder.parent / "version.py",
        resource_path("zoo_sizes.json"),
    ):
        with suppress(OSError):
            stat = path.stat()
            digest.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def _keep(path: Path, entries: tuple[ZooEntry, ...]) -> None:
    """Keep the read index; a full disk only makes the next start slower."""
    with suppress(StorageError, OSError):
        for old in path.parent.glob("zoo-*.json"):
            old.unlink(missing_ok=True)
        write_atomic(path, msgspec.json.encode(entries, enc_hook=str))

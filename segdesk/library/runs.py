"""Run folders: what was trained, how it went, how it ended.

A run of SegDesk is `spec.json` beside `events.jsonl`; the folder of a training by mmseg
itself is read through the curves that mmengine wrote.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import msgspec

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.formats.file_lock import FileLock, HeldError
from segdesk.jobs.codec import decode_event, decode_spec
from segdesk.jobs.events import (
    Cancelled,
    Event,
    Failed,
    LogLine,
    Succeeded,
    Terminal,
    TrainDone,
    Validated,
)
from segdesk.jobs.specs import TrainSpec
from segdesk.jobs.training_events import MemoryAdapted, PreviewsSaved
from segdesk.library.run_curves import RunCurves
from segdesk.library.work_dir import config_classes, is_work_dir, read_work_dir

SPEC_FILE = "spec.json"
EVENTS_FILE = "events.jsonl"
MODEL_FILE = "model.pth"
_LOCK_FILE = ".lock"
_LOG_LINES = 1000
_DEPTH = 3


class RunEnd(StrEnum):
    """How a run of the past ended."""

    RUNNING = "running"  # in another process
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run, read from its folder.

    Parameters
    ----------
    spec
        What was asked; None for a training by mmseg itself.
    end
        How it ended; for a training by mmseg itself "finished" when it came to the
        length that its config asks for, else "stopped".
    iteration, total
        How far it came, and how far it should.
    previews
        Predictions of the fixed validation images that are still there, oldest first.
    checkpoints
        Files that are still there, the oldest first.
    adapted
        What was changed because the memory ran out.
    failure
        Why it failed.
    kept
        What a stopped run left.
    log
        Its last lines.
    ended_s
        When it was last written, in seconds since 1970.
    """

    folder: Path
    end: RunEnd
    curves: RunCurves = field(repr=False)
    spec: TrainSpec | None = None
    classes: ClassList | None = None
    iteration: int = 0
    total: int = 0
    previews: tuple[PreviewsSaved, ...] = ()
    checkpoints: tuple[Path, ...] = ()
    adapted: tuple[MemoryAdapted, ...] = ()
    failure: Failed | None = None
    kept: str = ""
    result: TrainDone | None = None
    log: tuple[str, ...] = field(default=(), repr=False)
    ended_s: float = 0.0

    @property
    def name(self) -> str:
        """What the user calls it."""
        return (self.spec.name if self.spec else "") or self.folder.name

    @property
    def best(self) -> tuple[int, float] | None:
        """Iteration and mIoU in percent of the weights that it keeps as the best."""
        names = self.classes.names if self.classes else ()
        return self.curves.best_kept(
            self.spec.keep_best if self.spec else "mIoU", names
        )

    @property
    def best_checkpoint(self) -> Path | None:
        """The file with the best weights that is still there."""
        model = self.folder / MODEL_FILE
        if model in self.checkpoints:
            return model
        best = [path for path in self.checkpoints if path.name.startswith("best_")]
        found = best or list(self.checkpoints)
        return found[-1] if found else None

    @property
    def can_resume(self) -> bool:
        """Whether a training can go on from what it left."""
        ends = (RunEnd.STOPPED, RunEnd.FAILED, RunEnd.CRASHED)
        return self.spec is not None and self.end in ends and bool(self.checkpoints)


def is_run_folder(folder: Path) -> bool:
    """Tell whether a folder holds a run, of SegDesk or of mmseg itself."""
    return (folder / SPEC_FILE).is_file() or is_work_dir(folder)


def find_runs(root: Path) -> tuple[Path, ...]:
    """Return the run folders in a folder, the folder itself included, oldest first.

    Raises
    ------
    InputError
        There is no such folder.
    """
    root = root.expanduser().absolute()
    if not root.is_dir():
        raise InputError(
            tr("The runs were not listed."),
            cause=tr("{folder} is not a folder.", folder=root),
            hint=tr("Give a run folder, or a folder with runs in it."),
        )
    return tuple(sorted(_walk(root, _DEPTH), key=_written_s))


def read_run(folder: Path) -> RunRecord:
    """Read a run folder.

    What a crash has cut, such as the last line of `events.jsonl`, is left out.

    Raises
    ------
    InputError
        The folder holds no run, or its `spec.json` cannot be read.
    """
    folder = folder.expanduser().absolute()
    if (folder / SPEC_FILE).is_file():
        return _read_own(folder)
    if folder.is_dir() and is_work_dir(folder):
        return _read_foreign(folder)
    raise InputError(
        tr("The run was not opened."),
        cause=tr(
            "{folder} holds neither {spec_file} nor */vis_data/scalars.json.",
            folder=folder,
            spec_file=SPEC_FILE,
        ),
        hint=tr("Choose the work_dir of a training."),
    )


def compare_runs(runs: Sequence[RunRecord]) -> list[dict[str, object]]:
    """Return what tells runs apart: only the fields of their specs that differ.

    Returns
    -------
    rows
        One for each run: folder, name, end, iterations, best metrics, and the fields.
    """
    specs = [msgspec.structs.asdict(run.spec) if run.spec else {} for run in runs]
    names = {name for spec in specs for name in spec} - {"work_dir", "name", "resume"}
    differing = [
        name
        for name in TrainSpec.__struct_fields__
        if name in names and len({repr(spec.get(name)) for spec in specs}) > 1
    ]
    return [
        summary(run) | {"spec": {name: spec.get(name) for name in differing}}
        for run, spec in zip(runs, specs, strict=True)
    ]


def summary(run: RunRecord) -> dict[str, object]:
    """Return a run in plain values, for tables and JSON."""
    best = run.best
    return {
        "name": run.name,
        "folder": run.folder,
        "architecture": run.spec.architecture if run.spec else None,
        "state": run.end.value,
        "iteration": run.iteration,
        "total": run.total,
        "best_iteration": best[0] if best else None,
        "best_miou": best[1] if best else None,
        "loss": run.curves.loss.last,
        "why": run.failure.message if run.failure else run.kept,
    }


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    if is_run_folder(folder):
        yield folder
        return
    if not depth:
        return
    try:
        inside = sorted(entry.path for entry in os.scandir(folder) if entry.is_dir())
    except OSError:
        return
    for path in inside:
        if not Path(path).name.startswith("."):
            yield from _walk(Path(path), depth - 1)


def _read_own(folder: Path) -> RunRecord:
    try:
        spec = decode_spec((folder / SPEC_FILE).read_bytes())
    except (OSError, msgspec.MsgspecError) as error:
        raise InputError(
            tr("The run was not opened."),
            cause=tr(
                "{folder} cannot be read: {error}.",
                folder=folder / SPEC_FILE,
                error=error,
            ),
            hint=tr("Its checkpoints can still be added as models."),
        ) from error
    if not isinstance(spec, TrainSpec):
        raise InputError(
            tr("The run was not opened."),
            cause=tr(
                "{folder} asks for something else than a training.",
                folder=folder / SPEC_FILE,
            ),
        )
    said = _Said()
    for event in _events(folder / EVENTS_FILE):
        said.take(event)
    done = said.result
    return RunRecord(
        folder=folder,
        spec=spec,
        curves=said.curves,
        end=_end(folder, said.terminal),
        classes=done.classes if done else config_classes(folder / "config.py"),
        iteration=said.curves.iteration,
        total=said.curves.total or spec.max_iters,
        previews=tuple(one for one in said.previews.values() if one.labels[0].exists()),
        checkpoints=_checkpoints(folder),
        adapted=tuple(said.adapted),
        failure=said.terminal if isinstance(said.terminal, Failed) else None,
        kept=said.terminal.kept if isinstance(said.terminal, Cancelled) else "",
        result=done,
        log=tuple(said.log[-_LOG_LINES:]),
        ended_s=_written_s(folder),
    )


def _read_foreign(folder: Path) -> RunRecord:
    curves, classes = read_work_dir(folder)
    whole = curves.iteration >= curves.total > 0
    named = (config_classes(path) for path in sorted(folder.glob("*.py")))
    found = next((each for each in named if each is not None), None)
    logs = sorted(folder.glob("*/*.log"))
    text = logs[-1].read_text(encoding="utf-8", errors="replace") if logs else ""
    return RunRecord(
        folder=folder,
        curves=curves,
        end=RunEnd.FINISHED if whole else RunEnd.STOPPED,
        classes=found or classes,
        iteration=curves.iteration,
        total=curves.total,
        checkpoints=_checkpoints(folder),
        log=tuple(text.splitlines()[-_LOG_LINES:]),
        ended_s=_written_s(folder),
    )


class _Said:
    """What the events of a run add up to."""

    def __init__(self) -> None:
        self.curves = RunCurves()
        self.previews: dict[int, PreviewsSaved] = {}
        self.adapted: list[MemoryAdapted] = []
        self.log: list[str] = []
        self.terminal: Terminal | None = None

    @property
    def result(self) -> TrainDone | None:
        """What came of the run."""
        if isinstance(self.terminal, Succeeded):
            result = self.terminal.result
            return result if isinstance(result, TrainDone) else None
        return None

    def take(self, event: Event) -> None:
        if isinstance(event, Succeeded | Failed | Cancelled):
            self.terminal = event
            return
        self.terminal = None  # it was taken up again after its end
        match event:
            case LogLine(text):
                self.log.append(text)
            case PreviewsSaved():
                self.previews[event.iteration] = event
            case MemoryAdapted():
                self.adapted.append(event)
            case _:
                self.curves.take(event)
                if isinstance(event, Validated):
                    self.log.append(_validation_words(event))


def _validation_words(event: Validated) -> str:
    miou = event.metrics.get("mIoU")
    words = "n/a" if miou is None else f"{miou:.1f}"
    return tr(
        "iteration {iteration}: validated, mIoU {words}",
        iteration=event.iteration,
        words=words,
    )


def _events(path: Path) -> Iterator[Event]:
    try:
        file = path.open("rb")
    except OSError:
        return
    with file:
        for line in file:
            try:
                yield decode_event(line)
            except msgspec.MsgspecError:
                continue  # the line that a crash cut, or a word of a later version


def _end(folder: Path, terminal: Terminal | None) -> RunEnd:
    match terminal:
        case Succeeded():
            return RunEnd.FINISHED
        case Failed():
            return RunEnd.FAILED
        case Cancelled():
            return RunEnd.STOPPED
        case _:
            return RunEnd.RUNNING if _is_held(folder) else RunEnd.CRASHED


def _is_held(folder: Path) -> bool:
    lock = folder / _LOCK_FILE
    if not lock.exists():
        return False
    try:
        FileLock.take(lock).release()
    except HeldError:
        return True
    except OSError:
        return False
    return False


def _checkpoints(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob("*.pth"), key=_modified_s))


def _modified_s(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _written_s(folder: Path) -> float:
    for name in (EVENTS_FILE, SPEC_FILE):
        if (folder / name).exists():
            return _modified_s(folder / name)
    scalars = folder.glob("*/vis_data/scalars.json")
    return max((_modified_s(path) for path in scalars), default=0.0)

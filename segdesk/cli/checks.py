"""The checks of `segdesk doctor`, each a sentence with its cure."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from segdesk.cli.display import Display, probe_display
from segdesk.core.errors import SegDeskError
from segdesk.core.paths import (
    config_path,
    models_dir,
    resource_path,
    user_cache_dir,
    user_config_dir,
    user_log_dir,
)
from segdesk.formats.atomic import write_atomic
from segdesk.jobs.arrays import scratch_root
from segdesk.jobs.control import StopFlag
from segdesk.jobs.events import (
    DeviceFacts,
    EnvironmentReport,
    Failed,
    ModelLoaded,
    Report,
    Succeeded,
    Terminal,
)
from segdesk.jobs.process import EngineProcess
from segdesk.jobs.specs import EnvironmentSpec, LoadSpec
from segdesk.library.model_card import ModelState
from segdesk.library.model_library import ModelLibrary

State = Literal["ok", "note", "warning", "broken"]

_LITTLE_SPACE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One finding.

    Parameters
    ----------
    topic
        What was looked at: "engine", "display", "folders".
    state
        `note` is worth knowing, `warning` may bite later, `broken` stops something.
    message, cause, hint
        What is so, why, and what to do.
    detail
        The system's own words.
    """

    topic: str
    state: State
    message: str
    cause: str = ""
    hint: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was found.

    Parameters
    ----------
    versions
        Of Python packages, Qt and CUDA, by name.
    devices
        What a model can run on.
    compiled_ops
        mmcv has its compiled operators; None when the engine did not say.
    """

    versions: dict[str, str]
    devices: tuple[DeviceFacts, ...]
    compiled_ops: bool | None
    checks: tuple[Check, ...]


def examine() -> Examination:
    """Look at everything; starts the engine and a window that nobody sees."""
    engine = EngineProcess()
    try:
        terminal = engine.run(EnvironmentSpec(), _ignore, StopFlag())
        display = probe_display()
        checks = (
            *_engine_checks(terminal),
            *_model_checks(engine),
            *_display_checks(display),
            *_folder_checks(),
            *_shipped_checks(),
        )
    finally:
        engine.close()
    report = _environment(terminal)
    qt = {"PySide6": display.pyside, "Qt": display.qt}
    return Examination(
        versions=(report.versions if report else {}) | qt,
        devices=report.devices if report else (),
        compiled_ops=report.compiled_ops if report else None,
        checks=checks,
    )


def _ignore(_report: Report) -> None:
    """Leave what a job reports on its way unsaid."""


def _environment(terminal: Terminal) -> EnvironmentReport | None:
    if isinstance(terminal, Succeeded) and isinstance(
        terminal.result, EnvironmentReport
    ):
        return terminal.result
    return None


def _engine_checks(terminal: Terminal) -> Iterator[Check]:
    report = _environment(terminal)
    if report is None:
        yield _from_failure("engine", terminal)
        return
    yield Check("engine", "ok", f"It runs, with {report.cpu_threads} CPU threads.")
    for device in report.devices:
        memory = device.memory_bytes
        size = f", {memory / 1e9:.1f} GB" if memory else ""
        yield Check("device", "ok", f"{device.id}: {device.name}{size}")
    for problem in report.problems:
        state: State = "warning" if problem.level == "warning" else "note"
        yield Check("engine", state, problem.message, problem.cause, problem.hint)


def _model_checks(engine: EngineProcess) -> Iterator[Check]:
    """Load the first model that is ready: that proves the whole stack."""
    library = ModelLibrary()
    entries = library.list()
    for entry in entries:
        if entry.state is ModelState.BROKEN:
            yield Check("model", "warning", f"{entry.id}: {entry.why}", "", entry.hint)
    ready = next((entry for entry in entries if entry.state is ModelState.READY), None)
    if ready is None:
        yield Check(
            "model",
            "warning",
            "No model is ready.",
            hint="Add one with `segdesk models add`, or look at `segdesk models zoo`.",
        )
        return
    try:
        source = library.get(ready.id)
    except SegDeskError as error:
        yield Check("model", "broken", error.message, error.cause, error.hint)
        return
    terminal = engine.run(LoadSpec(model=source), _ignore, StopFlag())
    if isinstance(terminal, Succeeded) and isinstance(terminal.result, ModelLoaded):
        loaded = terminal.result
        message = f"{ready.id} was loaded on {loaded.device} in {loaded.seconds:.1f} s."
        yield Check("model", "ok", message)
    else:
        yield _from_failure("model", terminal)


def _from_failure(topic: str, terminal: Terminal) -> Check:
    if isinstance(terminal, Failed):
        return Check(
            topic,
            "broken",
            terminal.message,
            terminal.cause,
            terminal.hint,
            terminal.detail,
        )
    return Check(topic, "broken", "The engine gave no answer.")


def _display_checks(display: Display) -> Iterator[Check]:
    if display.visible:
        sizes = ", ".join(
            f"{screen['width']} × {screen['height']} at {screen['scale']:g}×"
            for screen in display.screens
        )
        yield Check("display", "ok", f"Qt opens windows ({display.platform}): {sizes}")
    else:
        # Without a display predicting, training and the demo's picture still work.
        works = bool(display.platform)
        yield Check(
            "display",
            "note" if works else "broken",
            display.problem,
            "Drawing a window unseen works." if works else "",
            display.hint,
            display.detail,
        )
    if display.platform and display.fonts == 0:
        yield Check(
            "fonts",
            "broken",
            "No font is installed, so the window would show no text.",
            hint="Install one, for instance `apt install fonts-dejavu-core`.",
        )
    elif display.platform:
        yield Check("fonts", "ok", f"{display.fonts} font families.")


def _folder_checks() -> Iterator[Check]:
    folders = {
        "settings": user_config_dir(),
        "models": models_dir(),
        "thumbnails": user_cache_dir(),
        "logs": user_log_dir(),
        "exchange with the engine": scratch_root(),
    }
    for purpose, folder in folders.items():
        yield _folder_check(purpose, folder)


def _folder_check(purpose: str, folder: Path) -> Check:
    probe = folder / ".segdesk-doctor"
    try:
        write_atomic(probe, b"written by segdesk doctor\n")
        probe.unlink(missing_ok=True)
        free = shutil.disk_usage(folder).free
    except SegDeskError as error:
        return Check(
            "folders",
            "broken",
            f"The folder of {purpose} cannot be written to.",
            error.cause,
            error.hint,
        )
    except OSError as error:
        return Check("folders", "broken", f"{folder} does not answer.", str(error))
    text = f"{purpose}: {folder}, {free / 1e9:.1f} GB free"
    if free < _LITTLE_SPACE:
        return Check("folders", "warning", text, "That is little.", "Free some space.")
    return Check("folders", "ok", text)


def _shipped_checks() -> Iterator[Check]:
    missing = [
        path
        for path in (resource_path("logo.svg"), config_path("unet-small.py"))
        if not path.is_file()
    ]
    if missing:
        yield Check(
            "files",
            "broken",
            "Files that belong to SegDesk are missing.",
            ", ".join(str(path) for path in missing),
            "Install SegDesk again.",
        )

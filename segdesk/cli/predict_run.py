"""A batch of the command line at work: its progress, its results, its drafts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from segdesk.cli.model_choice import with_cure
from segdesk.cli.output import (
    ExitCode,
    print_json,
    print_line,
    say,
    show_error,
    show_report,
)
from segdesk.cli.predict_drafts import DraftProject
from segdesk.cli.progress_bar import progress_bar
from segdesk.jobs.events import (
    BatchDone,
    Cancelled,
    Failed,
    ItemDone,
    ItemFailed,
    Progress,
    Report,
    Succeeded,
    Terminal,
)
from segdesk.jobs.specs import BatchSpec


@dataclass(frozen=True, slots=True)
class Call:
    """A batch as it was asked for.

    Parameters
    ----------
    drafts
        The project that gets drafts; None: none does.
    """

    spec: BatchSpec
    drafts: DraftProject | None
    replaces: bool
    as_json: bool


def run_call(call: Call) -> ExitCode:
    """Run a batch, say how it ended, and return the exit code."""
    # Imported here: the engine behind it takes seconds, a wrong call should not.
    from segdesk.cli.running import run_in_process

    log = _Log(call)
    total = None if call.spec.watch else len(call.spec.items)
    with progress_bar("Predicting", total, rate=True) as advance:
        terminal = run_in_process(call.spec, lambda event: log.take(event, advance))
    code = _finish(terminal, log)
    if call.drafts is None or code is ExitCode.WRONG:
        return code
    failed = _make_drafts(call, call.drafts, log)
    return ExitCode.SOME_FAILED if failed and code is ExitCode.OK else code


def _make_drafts(call: Call, project: DraftProject, log: "_Log") -> int:
    from segdesk.formats.mmseg_classes import read_classes
    from segdesk.formats.outputs import CLASSES_FILE, output_path

    out_dir = call.spec.out_dir
    done = [
        (item, output_path(out_dir, "mask", item.name))
        for index, item in enumerate(call.spec.items)
        if index in log.done
    ]
    classes = read_classes(out_dir / CLASSES_FILE)
    return project.write(done, call.spec.model.id, classes, replaces=call.replaces)


@dataclass
class _Log:
    """Keeps what a batch says of its items, as far as it is needed later."""

    call: Call
    items: dict[int, ItemDone | ItemFailed] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)

    def take(self, event: Report, advance: Callable[[Progress], None]) -> None:
        if isinstance(event, ItemDone | ItemFailed):
            self._keep(event)
        if isinstance(event, ItemFailed):
            say(" ".join(part for part in (event.message, event.cause) if part), "red")
        elif isinstance(event, Progress):
            advance(event)
        else:
            show_report(event)

    def _keep(self, event: ItemDone | ItemFailed) -> None:
        if self.call.as_json:
            self.items[event.index] = event
        if self.call.drafts is not None and isinstance(event, ItemDone):
            self.done.add(event.index)

    def documents(self) -> list[dict[str, object]]:
        items = self.call.spec.items
        named = [
            self._document(item.source, self.items.get(index))
            for index, item in enumerate(items)
        ]
        arrived = (event for index, event in self.items.items() if index >= len(items))
        return [*named, *(self._document(one.source, one) for one in arrived)]

    def _document(
        self, source: Path, event: ItemDone | ItemFailed | None
    ) -> dict[str, object]:
        document: dict[str, object] = {"path": source, "status": "stopped"}
        if isinstance(event, ItemFailed):
            error = {
                "message": event.message,
                "cause": event.cause,
                "hint": event.hint,
            }
            document |= {"status": "failed", "error": error}
        elif event is not None:
            width, height = event.size
            document |= {
                "status": _status_of(event),
                "width": width,
                "height": height,
                "seconds": round(event.seconds, 3),
                "shares": event.shares,
                "mean_confidence": event.mean_confidence,
                "outputs": dict(zip(self.call.spec.save, event.outputs, strict=True)),
            }
        return document


def _status_of(event: ItemDone) -> str:
    if event.skipped:
        return "skipped"
    return "remade" if event.remade else "done"


def _finish(terminal: Terminal, log: _Log) -> ExitCode:
    """Say how it ended and return the exit code."""
    spec, as_json = log.call.spec, log.call.as_json
    if isinstance(terminal, Failed):
        show_error(with_cure(terminal, spec.model), as_json=as_json)
        return ExitCode.WRONG
    code = ExitCode.STOPPED
    if isinstance(terminal, Succeeded) and isinstance(terminal.result, BatchDone):
        done = terminal.result
        code = ExitCode.SOME_FAILED if done.failed else ExitCode.OK
        _say_result(done, spec, as_json=as_json)
    elif isinstance(terminal, Cancelled):
        say(f"Stopped. {terminal.kept}".strip())
        if spec.watch:  # nothing else ends it
            code = ExitCode.OK
    if as_json:
        print_json(_document(log, stopped=code is ExitCode.STOPPED))
    return code


def _say_result(done: BatchDone, spec: BatchSpec, *, as_json: bool) -> None:
    counts = (
        (done.done, "predicted"),
        (done.remade, "made of their masks"),
        (done.skipped, "there already"),
        (done.failed, "failed"),
    )
    words = ", ".join(f"{count:,} {word}" for count, word in counts if count)
    line = f"{words}: {spec.out_dir}"
    if as_json:
        say(line)
    else:
        print_line(line)


def _document(log: _Log, *, stopped: bool) -> dict[str, object]:
    from segdesk.formats.outputs import CLASSES_FILE, SUMMARY_FILE

    spec = log.call.spec
    out_dir = spec.out_dir
    return {
        "model": spec.model.id,
        "out": out_dir,
        "summary": out_dir / SUMMARY_FILE,
        "classes": out_dir / CLASSES_FILE,
        "stopped": stopped,
        "items": log.documents(),
    }

"""`segdesk evaluate`: how good a model is on labelled images."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segdesk.cli.model_choice import chosen_model
from segdesk.cli.output import (
    ExitCode,
    console,
    print_json,
    say,
    show_error,
    show_report,
)
from segdesk.cli.progress_bar import progress_bar
from segdesk.cli.tta_option import TTA_HELP, tta_of
from segdesk.jobs.events import (
    Failed,
    ItemFailed,
    Progress,
    Report,
    Succeeded,
    Terminal,
)
from segdesk.jobs.specs import EvaluateSpec
from segdesk.jobs.training_events import EvaluationDone

if TYPE_CHECKING:
    from rich.table import Table

_HEADLINES = ("mIoU", "fgIoU", "aAcc", "mAcc", "mDice", "mPrecision", "mRecall")
_COLUMNS = ("IoU", "Acc", "Dice", "Precision", "Recall")


def evaluate(  # noqa: PLR0913 - one for each option
    *,
    model: Annotated[
        list[str],
        typer.Option(
            help="Id or .pth file; give it several times to compare models.",
            show_default=False,
        ),
    ],
    data: Annotated[
        Path,
        typer.Option(
            help="A project, or img_dir and ann_dir with classes.json.",
            show_default=False,
        ),
    ],
    split: Annotated[str, typer.Option(help="train, val or test.")] = "val",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda:0 or mps.")] = "auto",
    tta: Annotated[str | None, typer.Option(help=TTA_HELP)] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Folder for report.html, evaluation.json, regions.csv and the "
            "predictions.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document.")
    ] = False,
) -> None:
    """Measure models on labelled images.

    IoU, accuracy, Dice, precision and recall of every class and their means, where a
    class that is not in the split is n/a and never hidden; how far the model's
    confidence is from its accuracy; the worst images; the
    speed. With --report a page with pictures, every region's size and place, and the
    predicted masks are kept.
    """
    with _kept_in(report) as folder:
        specs = [
            EvaluateSpec(
                model=chosen_model(name, None, None, trusted=False),
                data_dir=data.expanduser().absolute(),
                split=split,
                out_dir=_folder(folder, index, len(model)),
                device=device,
                tta=tta_of(tta),
                report=report is not None,
            )
            for index, name in enumerate(model)
        ]
        from segdesk.cli.running import run_in_process

        done: list[EvaluationDone] = []
        for spec in specs:
            with _shown(spec) as take:
                terminal = run_in_process(spec, take)
            done.append(_result(terminal, as_json=as_json))
    if as_json:
        documents = [_document(one, kept=report is not None) for one in done]
        print_json(documents if len(documents) > 1 else documents[0])
    else:
        _print(done)
    failed = any(one.failed for one in done)
    raise typer.Exit(ExitCode.SOME_FAILED if failed else ExitCode.OK)


@contextmanager
def _kept_in(report: Path | None) -> Iterator[Path]:
    if report is not None:
        yield report.expanduser().absolute()
        return
    with tempfile.TemporaryDirectory(prefix="segdesk-evaluation-") as folder:
        yield Path(folder)


def _folder(folder: Path, index: int, models: int) -> Path:
    return folder / f"model-{index + 1}" if models > 1 else folder


@contextmanager
def _shown(spec: EvaluateSpec) -> Iterator[Callable[[Report], None]]:
    with progress_bar(f"Evaluating {spec.model.id}") as advance:

        def take(event: Report) -> None:
            if isinstance(event, ItemFailed):
                say(" ".join(filter(None, (event.message, event.cause))), "red")
            elif isinstance(event, Progress):
                advance(event)
            else:
                show_report(event)

        yield take


def _result(terminal: Terminal, *, as_json: bool) -> EvaluationDone:
    if isinstance(terminal, Failed):
        show_error(terminal, as_json=as_json)
        raise typer.Exit(ExitCode.WRONG)
    if isinstance(terminal, Succeeded) and isinstance(terminal.result, EvaluationDone):
        return terminal.result
    say("Stopped.")
    if as_json:
        print_json({"status": "stopped"})
    raise typer.Exit(ExitCode.STOPPED)


def _document(done: EvaluationDone, *, kept: bool) -> dict[str, object]:
    classes = [
        {
            "name": name,
            "color": colour,
            **{metric: values[index] for metric, values in done.per_class.items()},
            "regions": done.sizes[index] if done.sizes else None,
        }
        for index, (name, colour) in enumerate(
            zip(done.classes.names, done.classes.palette, strict=True)
        )
    ]
    return {
        "model": done.model_id,
        "data": done.data_dir,
        "split": done.split,
        "device": done.device,
        "images": len(done.images),
        "failed": done.failed,
        "metrics": done.metrics,
        "classes": classes,
        "confusion": done.confusion,
        "calibration": done.calibration,
        "seconds_per_image": done.times,
        "images_per_second": round(1 / done.times.total_s, 2),
        "worst": [{"path": item.image, "mIoU": item.miou} for item in done.images[:10]],
        "report": done.report if kept else None,
    }


def _print(done: list[EvaluationDone]) -> None:
    from rich.table import Table

    heads = Table(title=f"{done[0].split} of {done[0].data_dir}", title_justify="left")
    heads.add_column("model")
    shown = [name for name in _HEADLINES if name in done[0].metrics]
    for name in (*shown, "calibration error", "images/s"):
        heads.add_column(name, justify="right")
    for one in done:
        values = [_share(one.metrics.get(name)) for name in shown]
        values.append(_share(one.calibration.error if one.calibration else None))
        heads.add_row(one.model_id, *values, f"{1 / one.times.total_s:.1f}")
    console().print(heads)
    for one in done:
        console().print(_class_table(one))
        if one.report:
            say(f"Report: {one.report}")


def _class_table(done: EvaluationDone) -> "Table":
    from rich.table import Table

    table = Table(title=done.model_id, title_justify="left")
    table.add_column("class")
    columns = [name for name in _COLUMNS if name in done.per_class]
    for name in columns:
        table.add_column(name, justify="right")
    for index, name in enumerate(done.classes.names):
        values = (_share(done.per_class[column][index]) for column in columns)
        table.add_row(name, *values)
    return table


def _share(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.1f}"

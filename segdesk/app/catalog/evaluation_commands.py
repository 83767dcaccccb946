"""Measuring models, and correcting what they get wrong."""

from collections.abc import Callable

from segdesk.app.commands import Command
from segdesk.app.context import AppContext
from segdesk.core.language import tr


def _why_no_evaluation(context: AppContext) -> str | None:
    return context.evaluating.why_not()


def _calibrate(context: AppContext) -> None:
    if context.evaluating.calibrating is not None:
        context.evaluating.calibrating.calibrate()


def _why_no_calibration(context: AppContext) -> str | None:
    calibrating = context.evaluating.calibrating
    if calibrating is None:
        return tr("Open a project with labelled images first")
    return calibrating.why_not()


def _why_no_run(context: AppContext) -> str | None:
    return None if context.evaluating.run else tr("No evaluation runs")


def _why_no_result(context: AppContext) -> str | None:
    return None if context.evaluating.shown else tr("Evaluate a model first")


def _why_no_region(context: AppContext) -> str | None:
    why = _why_no_result(context)
    if why is None and context.evaluating.search.chosen is None:
        return tr("Choose an error of the confusion matrix first")
    return why


def _why_no_correction(context: AppContext) -> str | None:
    why = _why_no_region(context)
    if why is None and context.projects.read_only is not None:
        return tr("This folder is read-only")
    return why


def _decide(decision: str) -> Callable[[AppContext], None]:
    return lambda context: context.evaluating.decide(decision)


COMMANDS = (
    Command(
        "view.evaluate",
        tr("Evaluate layout"),
        "target",
        tr("View"),
        lambda context: context.window.set_layout("evaluate"),
        ("Ctrl+4",),
        tr("Measure models on labelled images, and correct what they get wrong."),
        checked=lambda context: context.window.layout_id == "evaluate",
    ),
    Command(
        "evaluation.run",
        tr("Evaluate"),
        "arrow-clockwise",
        tr("Evaluation"),
        lambda context: context.evaluating.evaluate(),
        (),
        tr("Predict every image of the split and compare it with its labels."),
        disabled_why=_why_no_evaluation,
    ),
    Command(
        "evaluation.stop",
        tr("Stop evaluation"),
        "stop",
        tr("Evaluation"),
        lambda context: context.evaluating.stop(),
        (),
        tr("Stop measuring; what was measured so far is dropped."),
        disabled_why=_why_no_run,
    ),
    Command(
        "evaluation.calibrate",
        tr("Calibrate"),
        "gauge",
        tr("Evaluation"),
        _calibrate,
        (),
        tr("Make the confidence as high as the model is often right. Labels stay."),
        disabled_why=_why_no_calibration,
    ),
    Command(
        "evaluation.report",
        tr("Open report"),
        "file-text",
        tr("Evaluation"),
        lambda context: context.evaluating.write_report(context.dialogs.open_file),
        (),
        tr("Write one page with numbers and pictures, and open it in the browser."),
        disabled_why=_why_no_result,
    ),
    Command(
        "evaluation.reveal",
        tr("Show evaluation folder"),
        "folder-open",
        tr("Evaluation"),
        lambda context: context.evaluating.write_report(context.dialogs.reveal),
        (),
        tr(
            "Show the report, the predicted masks and the sizes of all regions as "
            "files."
        ),
        disabled_why=_why_no_result,
    ),
    Command(
        "evaluation.accept_truth",
        tr("Accept truth"),
        "check",
        tr("Evaluation"),
        _decide("truth"),
        (),
        tr("The labels are right, the model is wrong. Go on to the next region."),
        disabled_why=_why_no_correction,
    ),
    Command(
        "evaluation.accept_model",
        tr("Accept model"),
        "circle-dashed",
        tr("Evaluation"),
        _decide("model"),
        (),
        tr("The model is right: its class goes into the labels. Undo takes it back."),
        disabled_why=_why_no_correction,
    ),
    Command(
        "evaluation.paint",
        tr("Paint"),
        "paint-brush",
        tr("Evaluation"),
        _decide("paint"),
        (),
        tr("Neither is right: open the region with the brush in hand."),
        disabled_why=_why_no_correction,
    ),
    Command(
        "evaluation.next_region",
        tr("Next region"),
        "arrow-right",
        tr("Evaluation"),
        lambda context: context.evaluating.search.next(),
        (),
        tr("Go to the next region that nobody has decided."),
        disabled_why=_why_no_region,
    ),
    Command(
        "evaluation.open_region",
        tr("Open in viewer"),
        "arrow-square-out",
        tr("Evaluation"),
        lambda context: context.evaluating.open_region(),
        (),
        tr("Show the region in its image, with what the model said."),
        disabled_why=_why_no_region,
    ),
)

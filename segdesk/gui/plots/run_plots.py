"""What the four plots of a run show."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from segdesk.app.training.run import Run
from segdesk.core.language import joined, tr
from segdesk.gui.item_models import figures
from segdesk.gui.plots.content import Curve, Look, PlotContent
from segdesk.gui.plots.plot_card import Heading
from segdesk.library.run_curves import RunCurves, Series

Shown = tuple[PlotContent, Heading]
_MOST_NAMES = 8
_PART_COLOURS = ("ok", "model", "warn", "bad", "text2", "accent")
LOSS_CHOICES = (("loss", tr("Loss")), ("parts", tr("Parts of the loss")))
TIME_CHOICES = (
    ("time", tr("Seconds per iteration")),
    ("lr", tr("Learning rate")),
    ("memory", tr("Memory")),
)


def loss(run: Run, other: Run | None, choice: str) -> Shown:
    """Return the loss of training and validation, or its parts."""
    curves = run.curves
    newest = curves.loss.last
    value = _decimal(newest, 3)
    if choice == "parts":
        parts = [name for name in curves.losses if name != "loss"]
        drawn = [
            _curve(name, curves.losses[name], Look.MEAN, colour)
            for name, colour in zip(parts, _PART_COLOURS * 8, strict=False)
        ]
        content = _content(run, tuple(drawn))
        return content, Heading(
            tr("Parts of the loss"), "", value, tr("Parts of the loss")
        )
    rows = []
    if other is not None:
        rows.append(_earlier(other, other.curves.loss, Look.EARLIER))
    rows += [
        _curve("", curves.loss, Look.RAW, "accent"),
        _curve("train", curves.loss, Look.MEAN, "accent"),
    ]
    if curves.val_loss.last is not None:
        rows.append(_curve("validation", curves.val_loss, Look.DOTS, "warnFill"))
    spoken = tr(
        "Loss {loss} at {iteration}",
        loss=value,
        iteration=figures.number(run.iteration),
    )
    return _content(run, tuple(rows), other), Heading(tr("Loss"), "", value, spoken)


def miou(run: Run, other: Run | None, _choice: str = "") -> Shown:
    """Return the mean IoU of the validations, 0-1, the best one ringed."""
    own, best = run.curves.metric("mIoU"), run.best
    rows = [_curve(tr("this run"), own, Look.DOTS, "accent", 0.01)]
    if other is not None:
        series = other.curves.metric("mIoU")
        look = Look.EARLIER if len(series) > 1 else Look.DOTS
        rows.insert(0, _earlier(other, series, look, 0.01))
    value = _decimal(None if own.last is None else own.last / 100, 3)
    ringed = (best[0], best[1] / 100) if best else None
    content = replace(_content(run, tuple(rows), other), best=ringed, low=None)
    spoken = tr(
        "mIoU {miou} at {iteration}",
        miou=value,
        iteration=figures.number(run.iteration),
    )
    return content, Heading("mIoU", tr("on validation"), value, spoken)


def per_class(run: Run, _other: Run | None, _choice: str = "") -> Shown:
    """Return the IoU of each class, 0-1; a class that is absent has no line."""
    rows = run.curves.per_class.get("IoU", ())
    names, colours = _class_looks(run, len(rows))
    drawn = tuple(
        _curve(name, row, Look.LINE if len(row) > 1 else Look.DOTS, colour, 0.01)
        for name, row, colour in zip(names, rows, colours, strict=True)
        if row.last is not None
    )
    few = len(drawn) <= _MOST_NAMES
    content = replace(_content(run, drawn), high=1.0, digits=2, names_at_end=few)
    absent = [n for n, row in zip(names, rows, strict=True) if row.last is None]
    note = (
        tr("not in this split: {classes}", classes=joined(", ", absent[:3]))
        if absent
        else ""
    )
    words = [
        tr("{name} {number}", name=c.name, number=_decimal(c.last, 2))
        for c in drawn[:_MOST_NAMES]
    ]
    spoken = tr("IoU per class: {classes}", classes=joined(", ", words))
    return content, Heading(tr("IoU per class"), note, "", spoken)


def costs(run: Run, _other: Run | None, choice: str) -> Shown:
    """Return the time of an iteration, the learning rate, or the memory."""
    curves = run.curves
    if choice == "lr":
        value = "" if curves.lr.last is None else f"{curves.lr.last:.1e}"
        rows = (_curve(tr("learning rate"), curves.lr, Look.LINE, "accent"),)
        content = replace(_content(run, rows), digits=6)
        return content, Heading(
            tr("Learning rate"), "", value, tr("Learning rate {value}", value=value)
        )
    if choice == "memory":
        newest = curves.memory_mb.last
        value = "" if newest is None else f"{figures.decimal(newest / 1024, 1)} GB"
        rows = (_curve("GB", curves.memory_mb, Look.LINE, "accent", 1 / 1024),)
        note = "" if newest is not None else tr("not recorded")
        content = replace(_content(run, rows), digits=2)
        return content, Heading(
            tr("Memory"), note, value, tr("Memory {value}", value=value)
        )
    whole, data = curves.iter_time_s, curves.data_time_s
    compute = whole.y - data.y
    times = (
        Curve("compute", whole.x, compute, Look.THIN, "accent"),
        _curve("data", data, Look.THIN, "warnFill"),
    )
    value = _decimal(whole.last, 2)
    spoken = tr("Seconds per iteration {value}", value=value)
    heading = Heading(tr("Seconds per iteration"), "", value, spoken)
    return _content(run, times), heading


PLOTS: tuple[tuple[str, tuple[tuple[str, str], ...], Callable[..., Shown]], ...] = (
    (tr("Loss"), LOSS_CHOICES, loss),
    ("mIoU", (), miou),
    (tr("IoU per class"), (), per_class),
    (tr("Seconds per iteration"), TIME_CHOICES, costs),
)


def _curve(
    name: str, series: Series, look: Look, colour: str, scale: float = 1.0
) -> Curve:
    y = series.y if scale == 1.0 else series.y * scale
    return Curve(name, series.x, y, look, colour)


def _earlier(run: Run, series: Series, look: Look, scale: float = 1.0) -> Curve:
    x, y = series.x, series.y * scale
    if len(x) > 2 * _SMOOTH:  # its own noise would hide the curve in front
        from segdesk.app.training.metric_log import mean_line

        line = mean_line(x, y, _SMOOTH)
        x, y = line.x.astype(np.int64), line.y
    return Curve(run.short_title, x, y, look, "text3")


_SMOOTH = 200


def _content(
    run: Run, curves: tuple[Curve, ...], other: Run | None = None
) -> PlotContent:
    length = max(run.total, run.iteration, 1)
    if other is not None and not run.is_live:
        length = max(length, other.iteration)
    now = run.iteration if run.is_live and run.iteration else None
    return PlotContent(curves=curves, length=length, now=now)


def _class_looks(run: Run, count: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if run.classes is not None and len(run.classes) == count:
        return run.classes.names, run.classes.palette
    from segdesk.core.classes import proposed_palette

    names = tuple(tr("class {index}", index=index) for index in range(count))
    return names, proposed_palette(names) if names else ()


def _decimal(value: float | None, digits: int) -> str:
    return "" if value is None else figures.decimal(value, digits)


def newest(curves: RunCurves, name: str) -> tuple[float | None, float | None]:
    """Return a metric's newest value and its gain over the one before, 0-1 each."""
    row = curves.metric(name)
    known = row.y[~np.isnan(row.y)]
    if not len(known):
        return None, None
    gain = float(known[-1] - known[-2]) / 100 if len(known) > 1 else None
    return float(known[-1]) / 100, gain

"""A plain mmseg `work_dir`: its curves from `scalars.json`, its classes from a log."""

import ast
import math
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from segdesk.core.classes import ClassList
from segdesk.jobs.events import TrainStep, Validated
from segdesk.library.run_curves import RunCurves

_SCALARS = "vis_data/scalars.json"
_LENGTH = re.compile(r"\bmax_iters\s*=\s*(\d+)")
_NOT_METRICS = frozenset({"step", "iter", "epoch", "time", "data_time", "memory"})


def is_work_dir(folder: Path) -> bool:
    """Tell whether mmengine wrote curves into a folder."""
    return any(folder.glob(f"*/{_SCALARS}"))


def read_work_dir(folder: Path) -> tuple[RunCurves, ClassList | None]:
    """Read the curves of an mmseg work_dir, those of all its starts in order.

    Returns
    -------
    curves
        Per-class values too, where a log has their tables.
    classes
        Names from the tables; None without one.
    """
    curves = RunCurves()
    names: tuple[str, ...] = ()
    for scalars in sorted(folder.glob(f"*/{_SCALARS}")):
        tables = list(_tables(scalars.parent.parent))
        names = tables[-1][0] if tables else names
        validations = 0
        for row in _rows(scalars):
            if "loss" in row:
                curves.take(_step(row))
                continue
            here = validations < len(tables)
            per_class = tables[validations][1] if here else {}
            curves.take(_validation(row, per_class))
            validations += 1
    curves.total = _length(folder) or curves.iteration
    return curves, ClassList.from_names(names) if names else None


def config_classes(config: Path) -> ClassList | None:
    """Return the classes that a flat config names; None if it names none."""
    try:
        tree = ast.parse(config.read_text(encoding="utf-8", errors="replace"))
    except (OSError, SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "metainfo":
            found = _metainfo(node.value)
            if found is not None:
                return found
    return None


def _metainfo(node: ast.expr) -> ClassList | None:
    if not isinstance(node, ast.Call):
        return None
    values = {word.arg: word.value for word in node.keywords}
    try:
        names = tuple(str(name) for name in ast.literal_eval(values["classes"]))
        colours = ast.literal_eval(values["palette"]) if "palette" in values else ()
        palette = tuple(f"#{r:02X}{g:02X}{b:02X}" for r, g, b in colours)
        if len(palette) == len(names):
            return ClassList(names, palette)
        return ClassList.from_names(names)
    except (KeyError, TypeError, ValueError):
        return None


def _rows(path: Path) -> Iterator[dict[str, object]]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        try:
            row = msgspec.json.decode(line)
        except msgspec.DecodeError:
            continue  # the line that a crash cut
        if isinstance(row, dict) and isinstance(row.get("step"), int):
            yield row


def _step(row: dict[str, object]) -> TrainStep:
    losses = {name: _number(value) for name, value in row.items() if "loss" in name}
    return TrainStep(
        iteration=_whole(row.get("iter", row["step"])),
        total=0,
        losses=losses,
        lr=_number(row.get("lr")) or 0.0,
        iter_time_s=_number(row.get("time")) or 0.0,
        data_time_s=_number(row.get("data_time")) or 0.0,
        memory_mb=_number(row.get("memory")) or None,
    )


def _validation(
    row: dict[str, object], per_class: dict[str, tuple[float | None, ...]]
) -> Validated:
    metrics = {
        name.removeprefix("val/"): _number(value)
        for name, value in row.items()
        if name not in _NOT_METRICS and isinstance(value, int | float)
    }
    return Validated(
        iteration=_whole(row["step"]),
        metrics=metrics,
        per_class=per_class,
        seconds=_number(row.get("time")) or 0.0,
    )


Table = tuple[tuple[str, ...], dict[str, tuple[float | None, ...]]]


def _tables(folder: Path) -> Iterator[Table]:
    """Yield the tables of per-class values in a start's log, in order."""
    for log in sorted(folder.glob("*.log")):
        heads: list[str] = []
        rows: list[tuple[str, list[float | None]]] = []
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if line.startswith("|") and cells[0] == "Class":
                heads, rows = cells[1:], []
            elif line.startswith("|") and heads and len(cells) == len(heads) + 1:
                rows.append((cells[0], [_read_number(cell) for cell in cells[1:]]))
            elif not line.startswith("+") and rows:
                yield _table(heads, rows)
                heads, rows = [], []
        if rows:
            yield _table(heads, rows)


def _table(heads: list[str], rows: list[tuple[str, list[float | None]]]) -> Table:
    columns = zip(*(values for _, values in rows), strict=True)
    return tuple(name for name, _ in rows), dict(zip(heads, columns, strict=True))


def _read_number(text: str) -> float | None:
    try:
        return _number(float(text))
    except ValueError:
        return None


def _number(value: object) -> float | None:
    if isinstance(value, int | float) and math.isfinite(value):
        return float(value)
    return None


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _length(folder: Path) -> int:
    """Return the iterations that a config of the folder asks for; 0: not said."""
    for config in sorted(folder.glob("*.py")) + sorted(folder.glob("*/vis_data/*.py")):
        text = config.read_text(encoding="utf-8", errors="replace")
        found = _LENGTH.search(text)
        if found:
            return int(found[1])
    return 0

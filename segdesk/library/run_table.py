"""The curves of a run as one table, for spreadsheets."""

import csv
import io
import math
from pathlib import Path

from segdesk.formats.atomic import write_atomic
from segdesk.library.run_curves import RunCurves


def curves_csv(curves: RunCurves, classes: tuple[str, ...] = ()) -> str:
    """Return a row for each iteration and a column for each curve.

    A cell is empty where a curve has no number.

    Parameters
    ----------
    classes
        Names for the columns of per-class values.
    """
    columns = curves.columns()
    rows: dict[int, dict[str, float]] = {}
    for name, series in columns.items():
        for x, y in zip(series.x.tolist(), series.y.tolist(), strict=True):
            if not math.isnan(y):
                rows.setdefault(x, {})[name] = y
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["iteration", *(_named(name, classes) for name in columns)])
    for iteration in sorted(rows):
        row = rows[iteration]
        writer.writerow([iteration, *(row.get(name, "") for name in columns)])
    return out.getvalue()


def write_curves_csv(
    path: Path, curves: RunCurves, classes: tuple[str, ...] = ()
) -> None:
    """Write the table whole or not at all.

    Raises
    ------
    StorageError
        The file cannot be written.
    """
    write_atomic(path, curves_csv(curves, classes).encode())


def _named(column: str, classes: tuple[str, ...]) -> str:
    head, _, index = column.rpartition("/")
    if head.startswith("val/") and index.isdigit() and int(index) < len(classes):
        return f"{head}/{classes[int(index)]}"
    return column

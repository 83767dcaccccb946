"""The table of a batch."""

import csv
import json
from dataclasses import replace
from pathlib import Path

from segdesk.core.classes import ClassList
from segdesk.formats.classes_file import ModelMark, read_model_mark, write_classes
from segdesk.formats.mmseg_classes import read_classes
from segdesk.formats.summary import (
    SummaryRow,
    Totals,
    read_summary,
    write_summary,
)

CLASSES = ClassList.from_names(("background", "Wald, Wiese", "水"))


def test_read_summary_returns_rows_when_written_by_write_summary(tmp_path):
    rows = [
        SummaryRow(
            Path('/a b/图 "1", x.png'), 8, 6, 0.25, "done", "", (0.5, 0.25, 0), 0.75
        ),
        SummaryRow(Path("/bad.png"), status="failed", error="It is a folder.\nSo."),
        SummaryRow(Path("/later.png")),
    ]
    path = tmp_path / "summary.csv"
    write_summary(path, rows, CLASSES)
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["status"] for line in lines] == ["done", "failed", "stopped"]
    assert lines[0]["share_Wald, Wiese"] == "0.250000"
    assert [line["mean_confidence"] for line in lines] == ["0.750000", "", ""]
    assert lines[1]["error"] == "It is a folder.\nSo."
    assert lines[2]["share_水"] == lines[2]["width"] == ""
    # When and how fast it was made is in no table.
    assert read_summary(path, CLASSES)[rows[0].path] == replace(rows[0], seconds=0)
    assert read_summary(path, ClassList.from_names(("other",))) == {}
    assert read_summary(tmp_path / "none.csv", CLASSES) == {}


def test_write_summary_numbers_columns_when_class_names_repeat(tmp_path):
    classes = ClassList(("road", "road"), ("#000000", "#FFFFFF"))
    write_summary(tmp_path / "s.csv", [], classes)
    head = (tmp_path / "s.csv").read_text().strip()
    assert head.endswith("mean_confidence,share_road_0,share_road_1")


def test_write_classes_is_read_by_training_when_reused(tmp_path):
    checkpoint = tmp_path / "model.pth"
    checkpoint.write_bytes(b"123")
    mark = ModelMark.of("unet", checkpoint)
    path = tmp_path / "classes.json"
    write_classes(path, CLASSES, mark)
    assert read_classes(path) == CLASSES
    assert read_model_mark(path) == mark
    assert json.loads(path.read_text(encoding="utf-8"))["ignore_index"] == 255
    path.write_text("{}")
    assert read_model_mark(path) is None
    assert read_model_mark(tmp_path / "none.json") is None


def test_summary_keeps_confidence_of_classes_when_asked(tmp_path):
    row = SummaryRow(
        Path("/a.png"), 2, 2, 0, "skipped", "", (0.5, 0.5, 0.0), 0.75, (0.5, 1.0, None)
    )
    write_summary(tmp_path / "s.csv", [row], CLASSES, confidences=True)
    (read,) = read_summary(tmp_path / "s.csv", CLASSES).values()
    assert read == replace(row, status="done")


def test_totals_add_up_images_when_written(tmp_path):
    totals = Totals(CLASSES)
    totals.add((10, 10), (60, 30, 0), (0.5, 1.0, None))
    totals.add((10, 20), (200, 0, 0))
    totals.write(tmp_path / "totals.csv")
    with (tmp_path / "totals.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["class"]: row for row in csv.DictReader(file)}
    background = rows["background"]
    assert (background["pixels"], background["images"]) == ("260", "2")
    assert background["share"] == f"{260 / 300:.6f}"
    assert background["mean_confidence"] == "0.500000"
    assert rows["水"] | {"share": ""} == {
        "class": "水",
        "pixels": "0",
        "share": "",
        "images": "0",
        "mean_confidence": "",
    }
    assert (rows["(all)"]["pixels"], rows["(all)"]["images"]) == ("300", "2")
    assert rows["(all)"]["mean_confidence"] == f"{60 / 90:.6f}"

"""Run folders read back: SegDesk's own, mmseg's, whole and cut short."""

import json
from pathlib import Path

import pytest

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.jobs.codec import encode
from segdesk.jobs.events import (
    Cancelled,
    CheckpointSaved,
    Failed,
    LogLine,
    Succeeded,
    TrainDone,
    TrainStep,
    Validated,
)
from segdesk.jobs.specs import TrainSpec
from segdesk.jobs.training_events import PreviewsSaved
from segdesk.library.run_curves import RunCurves
from segdesk.library.run_table import curves_csv
from segdesk.library.runs import RunEnd, compare_runs, find_runs, read_run

LOG = """
2026/11/22 12:00:00 - mmengine - INFO - per class results:
2026/11/22 12:00:00 - mmengine - INFO -
+------------+-------+-------+
|   Class    |  IoU  |  Acc  |
+------------+-------+-------+
| background | 96.26 | 98.19 |
| red  melon | {iou} | 80.0  |
|   absent   |  nan  |  nan  |
+------------+-------+-------+
2026/11/22 12:00:00 - mmengine - INFO - Iter(val) [6/6] aAcc: 97.0
"""


def step(iteration, loss, total=20):
    return TrainStep(
        iteration=iteration,
        total=total,
        losses={"loss": loss, "decode.loss_ce": loss},
        lr=0.01,
        iter_time_s=0.5,
        data_time_s=0.1,
    )


def validated(iteration, miou):
    return Validated(
        iteration=iteration,
        metrics={"mIoU": miou},
        per_class={"IoU": (90.0, miou, None)},
        val_loss=0.4,
    )


@pytest.fixture
def make_run(tmp_path):
    def make(*events, name="first", tail=b"", **fields):
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)
        spec = TrainSpec(
            data_dir=tmp_path,
            architecture="unet-small",
            work_dir=folder,
            max_iters=20,
            **fields,
        )
        (folder / "spec.json").write_bytes(encode(spec))
        lines = b"".join(encode(event) + b"\n" for event in events)
        (folder / "events.jsonl").write_bytes(lines + tail)
        return folder

    return make


def test_read_run_gives_curves_and_end_when_it_finished(make_run, tmp_path):
    folder = tmp_path / "first"
    done = TrainDone(
        work_dir=folder,
        checkpoint=folder / "model.pth",
        config=folder / "config.py",
        iterations=20,
        metrics={"mIoU": 80.0},
        per_class={},
        classes=ClassList.from_names(("a", "b", "c")),
        seconds=1.0,
    )
    make_run(
        LogLine("begins"),
        step(10, 1.0),
        validated(10, 70.0),
        step(20, None),
        validated(20, 80.0),
        CheckpointSaved(folder / "best_mIoU_iter_20.pth", 20, best=True),
        Succeeded(done),
    )
    (folder / "iter_20.pth").write_bytes(b"x")
    (folder / "model.pth").write_bytes(b"x")
    run = read_run(folder)
    assert run.end is RunEnd.FINISHED
    assert run.curves.best() == (20, 80.0)
    assert run.curves.loss.last == 1.0  # what is not a number does not count
    assert run.curves.per_class["IoU"][2].last is None
    assert run.curves.val_loss.y.tolist() == [0.4, 0.4]
    assert run.best_checkpoint == folder / "model.pth"
    assert not run.can_resume
    assert curves_csv(run.curves, ("a", "b", "c")).splitlines()[0].endswith("IoU/c")


def test_best_is_the_validation_whose_weights_are_kept_when_scores_differ():
    curves = RunCurves()
    for iteration, mean, front in ((10, 40.0, 20.0), (20, 60.0, 5.0)):
        curves.take(
            Validated(
                iteration=iteration,
                metrics={"mIoU": mean, "fgIoU": front},
                per_class={"IoU": (mean, front)},
            )
        )
    assert curves.best_kept("mIoU") == (20, 60.0)
    assert curves.best_kept("fgIoU") == (10, 40.0)
    assert curves.best_kept("IoU:cell", ("background", "cell")) == (10, 40.0)
    assert curves.best_kept("IoU:gone", ("background", "cell")) == (20, 60.0)


def test_read_run_joins_the_parts_when_it_was_taken_up_again(make_run):
    folder = make_run(
        step(5, 1.0), step(10, 0.9), step(12, 0.8), Cancelled("it"), step(11, 0.7)
    )
    run = read_run(folder)
    assert run.curves.loss.x.tolist() == [5, 10, 11]
    assert run.end is RunEnd.CRASHED


def test_read_run_says_how_it_ended_when_it_did_not_finish(make_run, tmp_path):
    stopped = make_run(step(5, 1.0), Cancelled("checkpoint at iteration 5"))
    (stopped / "interrupted.pth").write_bytes(b"x")
    assert read_run(stopped).kept == "checkpoint at iteration 5"
    assert read_run(stopped).can_resume
    failed = make_run(Failed(kind="ModelError", message="No memory."), name="second")
    assert read_run(failed).failure.message == "No memory."
    cut = make_run(step(5, 1.0), name="third", tail=b'{"type":"TrainSt')
    assert read_run(cut).end is RunEnd.CRASHED
    assert read_run(cut).iteration == 5


def test_read_run_leaves_out_previews_that_are_gone(make_run, tmp_path):
    there = tmp_path / "there.png"
    there.write_bytes(b"x")
    gone = tmp_path / "gone.png"
    previews = [
        PreviewsSaved(iteration=n, images=(there,), truths=(there,), labels=(path,))
        for n, path in ((10, gone), (20, there))
    ]
    assert [p.iteration for p in read_run(make_run(*previews)).previews] == [20]


@pytest.fixture
def work_dir(tmp_path):
    folder = tmp_path / "watermelon_fcn"
    start = folder / "20261122_120000"
    (start / "vis_data").mkdir(parents=True)
    rows = [
        {"lr": 0.01, "data_time": 0.02, "loss": 0.9, "decode.loss_ce": 0.9}
        | {"time": 0.3, "iter": 10, "memory": 2000, "step": 10},
        {"aAcc": 90.0, "mIoU": 60.0, "mAcc": 70.0, "time": 0.1, "step": 10},
        {"lr": 0.01, "data_time": 0.02, "loss": 0.7, "time": 0.3, "iter": 20}
        | {"step": 20},
        {"aAcc": 92.0, "mIoU": 71.0, "mAcc": 75.0, "time": 0.1, "step": 20},
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (start / "vis_data" / "scalars.json").write_text(text + '{"lr": 0.')
    log = LOG.format(iou="50.0") + LOG.format(iou="60.5")
    (start / "20261122_120000.log").write_text(log)
    (folder / "config.py").write_text("train_cfg = dict(max_iters=20)\n")
    (folder / "iter_20.pth").write_bytes(b"x")
    return folder


def test_read_run_reads_a_work_dir_of_mmseg(work_dir):
    run = read_run(work_dir)
    assert run.name == "watermelon_fcn"
    assert (run.end, run.iteration, run.total) == (RunEnd.FINISHED, 20, 20)
    assert run.classes.names == ("background", "red  melon", "absent")
    iou = run.curves.per_class["IoU"]
    assert iou[1].y.tolist() == [50.0, 60.5]
    assert iou[2].last is None
    assert run.curves.memory_mb.last == 2000


def test_find_runs_looks_into_folders_and_compare_names_what_differs(
    make_run, work_dir, tmp_path
):
    one = make_run(step(20, 0.5), name="runs/one", lr=0.1)
    two = make_run(step(20, 0.4), name="runs/two", lr=0.2)
    assert set(find_runs(tmp_path)) == {one, two, work_dir}
    rows = compare_runs([read_run(one), read_run(two)])
    assert [row["spec"] for row in rows] == [{"lr": 0.1}, {"lr": 0.2}]


def test_read_run_refuses_what_is_no_run(tmp_path):
    with pytest.raises(InputError, match="not opened"):
        read_run(tmp_path)
    with pytest.raises(InputError, match="not listed"):
        find_runs(Path("/nowhere"))

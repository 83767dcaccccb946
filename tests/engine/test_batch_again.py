"""A batch given again: what is done stays, what changed is done, nothing twice."""

import json
import os
import shutil
import threading

import numpy as np
import pytest
from PIL import Image

from segdesk.core.errors import JobCancelledError, StorageError
from segdesk.engine.batch import watch as batch_watch
from segdesk.formats import prediction_ledger, registry
from segdesk.formats.prediction_ledger import Ledger
from segdesk.jobs.batch_record import read_record
from segdesk.jobs.events import ItemDone, ItemStarted

pytestmark = pytest.mark.engine

EVERY = (
    *("mask", "colour", "overlay", "side", "confidence", "confidence16"),
    *("labelme", "coco", "cvat", "yolo", "measurements"),
)


def files_of(out):
    """Every file of the results with its bytes, the ledger left out."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and ".segdesk-batch" not in path.parts
    }


def test_run_batch_predicts_again_when_content_changed_under_an_old_date(desk):
    path = desk.add("1.png", share=0.25)
    desk.add("2.png")
    desk.run()
    old = path.stat()
    desk.add("1.png", share=0.75)
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns - 10**12))
    done = desk.run()
    assert (done.done, done.skipped, desk.predictor.calls) == (1, 1, 1)
    assert desk.rows()[0]["share_bright"] == "0.750000"


def test_run_batch_skips_when_only_the_date_changed(desk):
    path = desk.add("1.png")
    desk.run()
    os.utime(path)
    os.utime(desk.model)
    assert desk.run().skipped == 1


def test_run_batch_adds_what_is_missing_when_more_is_to_be_saved(desk):
    for name in ("1.png", "2.png"):
        desk.add(name)
    desk.run(save=("mask",))
    before = (desk.out / "masks" / "1.png").stat().st_mtime_ns
    done = desk.run(save=("mask", "overlay", "coco"))
    assert (done.done, done.remade, desk.predictor.calls) == (0, 2, 0)
    assert all(event.remade for event in desk.of(ItemDone)[-2:])
    assert (desk.out / "masks" / "1.png").stat().st_mtime_ns == before
    added = files_of(desk.out)
    shutil.rmtree(desk.out)
    desk.run(save=("mask", "overlay", "coco"))
    assert files_of(desk.out) == added
    # Another look is another file; the confidence of all needs the network.
    done = desk.run(save=("mask", "overlay"), legend=True)
    assert (done.done, done.remade, desk.predictor.calls) == (0, 2, 0)
    assert read_record(desk.out).spec.legend
    desk.run(save=("mask", "measurements"))
    assert desk.predictor.calls == 2


def test_run_batch_predicts_when_confidence_is_missing_of_files_known_by_their_stamp(
    desk, monkeypatch
):
    monkeypatch.setattr(prediction_ledger, "_SETTLED_NS", 0)
    desk.add("1.png")
    desk.run(save=("mask",))
    done = desk.run(save=("mask", "measurements"))
    assert (done.done, done.skipped, desk.predictor.calls) == (1, 0, 1)


def test_run_batch_writes_the_same_when_killed_at_any_line(desk):
    for index in range(4):
        desk.add(f"{index}.png", share=0.25 * index)
    desk.run(save=EVERY)
    whole = files_of(desk.out)
    ledger = desk.out / ".segdesk-batch" / "ledger.jsonl"
    lines = ledger.read_bytes()
    for cut in (0, 10, len(lines) // 2, len(lines) - 1):
        ledger.write_bytes(lines[:cut])
        half = desk.out / ".segdesk-batch" / "tmp" / "half.tmp"
        half.parent.mkdir(exist_ok=True)
        half.write_bytes(b"half")
        kept = lines[:cut].count(b"\n")
        done = desk.run(save=EVERY)
        assert (done.skipped, done.done) == (kept, 4 - kept)
        assert files_of(desk.out) == whole
        assert not half.exists()


def test_run_batch_writes_labels_that_other_programs_read_back(desk):
    for index, share in enumerate((0.25, 0.5, 1.0)):
        desk.add(f"day/{index}.png", share=share)
    desk.run(save=EVERY)
    truth = {
        index: np.asarray(Image.open(desk.out / f"masks/day/{index}.png"))
        for index in range(3)
    }
    for name, format_id in (
        ("labelme", "labelme"),
        ("coco.json", "coco"),
        ("cvat.xml", "cvat"),
        ("yolo", "yolo"),
    ):
        _, labelled = registry.read(desk.out / name, format_id)
        items = {int(item.name[-1]): item.read().labels for item in labelled.items}
        assert items.keys() == truth.keys(), format_id
        for index, labels in items.items():
            assert np.array_equal(labels, truth[index]), (format_id, index)
    content = json.loads((desk.out / "coco.json").read_bytes())
    ids = [one["id"] for one in content["annotations"]]
    assert ids == list(range(1, len(ids) + 1))
    rows = (desk.out / "measurements.csv").read_text().splitlines()
    assert rows[1].endswith("/day/0.png,bright,80,10.0,2.0,0,0,20,4,0.8000")
    wide = np.asarray(Image.open(desk.out / "confidence16/day/0.png"))
    assert wide.dtype == np.uint16
    assert np.unique(wide).tolist() == [52_500]
    colours = np.asarray(Image.open(desk.out / "colour/day/0.png"))
    assert colours[0, 0].tolist() == [0xEE, 0x6A, 0x05]
    totals = (desk.out / "totals.csv").read_text().splitlines()
    assert totals[2] == f"bright,{80 + 160 + 320},0.583333,3,0.800000"


def test_run_batch_waits_when_paused_and_goes_on(desk):
    for index in range(8):
        desk.add(f"{index}.png")

    class Watched(list):
        """Pauses at the first image and goes on when nothing came for a while."""

        def append(self, event):
            super().append(event)
            if isinstance(event, ItemStarted) and not desk.stop.is_paused():
                desk.stop.pause()
                self.at_pause = len([e for e in self if isinstance(e, ItemStarted)])

    desk.events = Watched()
    original = desk.stop.is_paused
    asked = []

    def is_paused():
        if original():
            asked.append(len(desk.of(ItemDone)))
            if len(asked) % 5 == 0:
                desk.stop.go_on()
        return original()

    desk.stop.is_paused = is_paused
    assert desk.run().done == 8
    assert len(asked) >= 5


def test_run_batch_refuses_when_another_one_writes_there(desk):
    desk.add("1.png")
    desk.run()
    marked = (desk.out / "classes.json").read_bytes()
    desk.model.write_bytes(b"other weights")
    with (
        Ledger(desk.out),
        pytest.raises(StorageError, match="Another batch"),
    ):
        desk.run(overwrite=True)
    assert (desk.out / "classes.json").read_bytes() == marked
    assert desk.run(overwrite=True).done == 1


def test_run_batch_waits_with_a_watched_image_that_changes_while_it_is_at_work(
    desk, monkeypatch
):
    monkeypatch.setattr(batch_watch, "_EVERY_S", 0.01)
    monkeypatch.setattr(batch_watch, "_SETTLED_S", 0.0)
    desk.add("1.png", share=0.25)
    again = threading.Event()

    def change():
        if predictor.calls == 1:
            desk.add("1.png", share=0.75)
            assert not again.wait(0.5)
        again.set()

    class Until(list):
        def append(self, event):
            super().append(event)
            if len(desk.of(ItemDone)) == 2:
                desk.stop.set()

    predictor = desk.model_without_network(change)
    desk.events = Until()
    with pytest.raises(JobCancelledError):
        desk.run(predictor, watch=(desk.images,))
    assert desk.rows()[0]["share_bright"] == "0.750000"

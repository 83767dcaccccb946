"""A batch: every image is one row, and one bad file is nothing but a bad row."""

import os
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from segdesk.core.errors import InputError, JobCancelledError
from segdesk.core.imaging import read_size
from segdesk.formats.png_mask import read_mask
from segdesk.jobs.events import ItemDone, ItemFailed, Progress

pytestmark = pytest.mark.engine

KINDS = ("mask", "overlay", "confidence", "side")


def test_run_batch_writes_every_kind_when_asked_for(desk):
    desk.add("tag 1/ä 1.png", share=0.25)
    desk.add("2.jpg", share=0.75)
    done = desk.run(save=KINDS, opacity=0.5)
    assert (done.done, done.failed, done.skipped) == (2, 0, 0)
    assert done.summary == desk.out / "summary.csv"
    mask = read_mask(desk.out / "masks" / "tag 1" / "ä 1.png")
    assert mask.shape == (16, 20)
    assert mask.mean() == 0.25
    overlay = np.asarray(Image.open(desk.out / "overlays" / "2.jpg")).astype(int)
    assert np.abs(overlay[4, 10] - (219, 153, 102)).max() < 8
    assert overlay[15, 10].max() < 8
    assert read_size(desk.out / "side" / "2.jpg") == (20 + 8 + 20, 16)
    confidence = Image.open(desk.out / "confidence" / "2.png")
    assert np.unique(np.asarray(confidence)).tolist() == [204]
    rows = {row["path"]: row for row in desk.rows()}
    row = rows[str(desk.images / "2.jpg")]
    assert (row["width"], row["height"], row["status"]) == ("20", "16", "done")
    assert (row["share_background"], row["share_bright"]) == ("0.250000", "0.750000")
    event = desk.of(ItemDone)[0]
    assert event.seconds > 0
    assert event.mean_confidence == pytest.approx(0.8)
    assert all(path.is_file() for path in event.outputs)
    assert [(p.done, p.total) for p in desk.of(Progress)] == [(1, 2), (2, 2)]


def test_run_batch_goes_on_when_files_are_bad(desk):
    desk.add("1.png")
    (desk.images / "2.png").write_bytes(b"")
    desk.add("3.png")
    (desk.images / "4.png").write_bytes(b"text")
    desk.add("5.png")
    done = desk.run()
    assert (done.done, done.failed) == (3, 2)
    statuses = [row["status"] for row in desk.rows()]
    assert statuses == ["done", "failed", "done", "failed", "done"]
    assert "2.png was not opened. The file is empty" in desk.rows()[1]["error"]
    assert sorted(event.index for event in desk.of(ItemFailed)) == [1, 3]
    assert sorted(event.index for event in desk.of(ItemDone)) == [0, 2, 4]


def test_run_batch_goes_on_when_network_fails_on_one_image(desk):
    for name in ("1.png", "2.png", "3.png"):
        desk.add(name)
    predictor = desk.model_without_network()

    def fail_on_second():
        if predictor.calls == 2:
            raise RuntimeError("strange size")

    predictor._before = fail_on_second
    done = desk.run(predictor)
    assert (done.done, done.failed) == (2, 1)
    (event,) = desk.of(ItemFailed)
    assert event.message.endswith(".png was not predicted.")
    assert "strange size" in event.cause


def test_run_batch_fails_one_image_when_it_goes_through_a_gpu_with_others(desk):
    for index in range(12):
        desk.add(f"{index}.png", share=1 if index == 5 else 0.25)
    predictor = desk.model_without_network()
    predictor.device = SimpleNamespace(type="cuda")
    together, alone = predictor.built.scores, predictor.predict

    def scores(images):
        if any(image.min() > 0 for image in images[:, 0]):
            raise RuntimeError("strange picture")
        return together(images)

    def predict(pixels, **options):
        if pixels[:, :, 0].min() > 0:
            raise RuntimeError("strange picture")
        return alone(pixels, **options)

    predictor.built.scores, predictor.predict = scores, predict
    done = desk.run(predictor)
    assert (done.done, done.failed) == (11, 1)
    (event,) = desk.of(ItemFailed)
    assert event.source.name == "5.png"

    predictor._before = lambda: predictor.calls == 20 and desk.stop.set()
    with pytest.raises(JobCancelledError):
        desk.run(predictor, overwrite=True)


def test_run_batch_fails_items_when_disk_takes_no_more(desk):
    resource = pytest.importorskip("resource")
    rng = np.random.default_rng(0)
    for name in ("1.png", "2.png"):
        desk.add(name)
    noise = rng.integers(0, 256, (300, 300, 3), np.uint8)
    Image.fromarray(noise).save(desk.images / "1.png")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, before[1]))
    try:
        done = desk.run()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (done.done, done.failed) == (1, 1)
    (event,) = desk.of(ItemFailed)
    assert event.message == "1.png was not written."
    assert [path.name for path in (desk.out / "masks").iterdir()] == ["2.png"]


def test_run_batch_skips_what_is_there_when_run_again(desk):
    for name in ("1.png", "2.png", "3.png"):
        desk.add(name)
    desk.run()
    first = desk.rows()
    (desk.out / "masks" / "2.png").unlink()
    newer = desk.add("3.png", share=0.5)
    os.utime(newer, ns=(2**62, 2**62))
    done = desk.run()
    assert (done.done, done.skipped, desk.predictor.calls) == (2, 1, 2)
    assert desk.rows()[0] == first[0]
    assert [event.skipped for event in desk.of(ItemDone)].count(True) == 1
    done = desk.run(overwrite=True)
    assert (done.done, done.skipped) == (3, 0)


def test_run_batch_counts_masks_again_when_summary_is_lost(desk):
    desk.add("1.png", share=0.5)
    desk.run()
    (desk.out / "summary.csv").unlink()
    assert desk.run().skipped == 1
    assert desk.rows()[0]["share_bright"] == "0.500000"
    assert desk.rows()[0]["width"] == "20"


def test_run_batch_refuses_when_folder_is_of_another_model(desk):
    desk.add("1.png")
    desk.run()
    desk.model.write_bytes(b"weights of a longer training")
    with pytest.raises(InputError, match="an earlier training of threshold"):
        desk.run()
    assert desk.run(overwrite=True).done == 1


def test_run_batch_keeps_what_is_done_when_cancelled(desk):
    for index in range(6):
        desk.add(f"{index}.png")
    predictor = desk.model_without_network()

    def stop_in_third():
        if predictor.calls == 3:
            desk.stop.set()

    predictor._before = stop_in_third
    with pytest.raises(JobCancelledError) as caught:
        desk.run(predictor)
    done = len(desk.of(ItemDone))
    assert 3 <= done < 6
    assert caught.value.kept.startswith(f"{done} of 6 images are predicted; ")
    statuses = [row["status"] for row in desk.rows()]
    assert sorted(statuses) == ["done"] * done + ["stopped"] * (6 - done)
    assert len(list((desk.out / "masks").iterdir())) == done


def test_run_batch_goes_through_stages_when_a_gpu_runs_the_network(desk):
    for index in range(12):
        desk.add(f"{index}.png", share=index / 16)
    (desk.images / "3.png").write_bytes(b"text")
    predictor = desk.model_without_network()
    predictor.device = SimpleNamespace(type="cuda")
    done = desk.run(predictor, save=KINDS)
    assert (done.done, done.failed, predictor.calls) == (11, 1, 11)
    rows = {row["path"]: row["share_bright"] for row in desk.rows()}
    assert rows[str(desk.images / "8.png")] == "0.500000"
    assert desk.run(predictor, save=KINDS).skipped == 11

    def stop_in_third():
        if predictor.calls == 3:
            desk.stop.set()

    predictor.calls, predictor._before = 0, stop_in_third
    with pytest.raises(JobCancelledError):
        desk.run(predictor, save=KINDS, overwrite=True)
    assert len(desk.of(ItemDone)) < 11
    assert len(list((desk.out / "masks").iterdir())) == 11

"""`segdesk predict` on lists, projects, folders that fill, and into drafts."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from segdesk.cli import run_command
from segdesk.core.item_status import ItemStatus, MadeBy
from segdesk.formats.native import AnnotationState, Expected, write_annotation
from segdesk.formats.png_mask import read_mask
from segdesk.formats.project_file import read_project, write_project
from segdesk.formats.project_store import ProjectStore

pytestmark = pytest.mark.engine


@pytest.fixture
def predict(sample_model, capfd):
    """Run a call in this process; return its exit code and its JSON document."""

    def run(*words):
        call = ["predict", *map(str, words), "--model", sample_model, "--json"]
        code = run_command([*call, "--device", "cpu"])
        said = capfd.readouterr()
        return code, json.loads(said.out), said.err

    return run


def test_predict_writes_polygons_and_tables_when_a_list_names_images(
    tmp_path, nuclei, predict
):
    nuclei(tmp_path / "in" / "a.png")
    nuclei(tmp_path / "in" / "deep" / "b.jpg", seed=1)
    (tmp_path / "list.txt").write_text("in/a.png\nin/deep/b.jpg\nin/gone.png\n")
    out = tmp_path / "out"
    words = ("--list", tmp_path / "list.txt", "--out", out, "--legend")
    code, document, _ = predict(
        *words, "--save", "overlay,labelme,coco,measurements", "--tta", "flip"
    )
    assert code == 1
    assert [item["status"] for item in document["items"]] == ["done", "done", "failed"]
    assert {path.name for path in out.iterdir()} >= {
        *("overlays", "labelme", "coco.json", "measurements.csv"),
        *("summary.csv", "totals.csv", "classes.json"),
    }
    assert (out / "labelme" / "deep" / "b.json").is_file()
    content = json.loads((out / "coco.json").read_bytes())
    names = [one["file_name"] for one in content["images"]]
    assert names == ["a.png", "deep/b.jpg"]


def test_predict_leaves_pictures_as_they_are_when_the_legend_is_not_named(
    tmp_path, nuclei, predict
):
    image = nuclei(tmp_path / "a.png")
    words = (image, "--out", tmp_path, "--save", "mask,overlay")
    _, _, said = predict(*words, "--legend", "--opacity", "0.4")
    assert "holds the images, too" in said
    picture = tmp_path / "overlays" / "a.jpg"
    before = picture.read_bytes()
    _, document, said = predict(*words)
    assert document["items"][0]["status"] == "skipped"
    assert picture.read_bytes() == before
    _, document, said = predict(*words, "--no-legend")
    assert document["items"][0]["status"] == "remade"
    assert "1 made of their masks" in said
    assert picture.read_bytes() != before


def test_predict_makes_drafts_when_project_has_images_without_annotation(
    tmp_path, nuclei, predict
):
    root = tmp_path / "project"
    for index in range(3):
        nuclei(root / f"{index}.png", seed=index)
    project = read_project(root)
    labels = np.zeros(read_mask_size(root / "0.png"), np.uint8)
    code, _, said = predict("--project", root, "--drafts", "--split", "train")
    assert code == 2
    mine = AnnotationState("0.png", labels)
    own = project.annotation_path("0.png")
    from segdesk.core.classes import ClassList

    classes = ClassList.from_names(("background", "nucleus"))
    write_annotation(own, mine, classes, Expected())
    before = own.read_bytes()
    write_project(project.with_classes(classes))
    code, document, said = predict("--project", root, "--drafts")
    assert (code, len(document["items"])) == (0, 2), said
    assert "2 drafts made" in said
    assert own.read_bytes() == before
    project = read_project(root)
    facts = project.facts("1.png")
    assert (facts.status, facts.made_by) == (ItemStatus.DRAFT, MadeBy.MODEL)
    assert facts.classes == (0, 1)
    assert read_mask(project.annotation_path("2.png")).any()
    code, document, said = predict(
        "--project", root, "--drafts", "--replace", "--status", "draft"
    )
    assert (code, len(document["items"])) == (0, 3), said
    assert own.read_bytes() != before
    assert any(path.read_bytes() == before for path in own.parent.glob("0.png.*"))


def test_predict_refuses_drafts_when_project_is_open_elsewhere(
    tmp_path, nuclei, predict
):
    root = tmp_path / "project"
    nuclei(root / "0.png")
    write_project(read_project(root))
    store = ProjectStore.open(root)
    try:
        code, document, _ = predict("--project", root, "--drafts")
    finally:
        store.close()
    assert code == 2
    assert "Another SegDesk has it open" in document["error"]["cause"]


@pytest.mark.skipif(os.name != "posix", reason="sends a POSIX signal")
def test_predict_takes_what_arrives_when_it_watches(tmp_path, nuclei, sample_model):
    folder, out = tmp_path / "in", tmp_path / "out"
    nuclei(folder / "a.png")
    whole = nuclei(tmp_path / "b.png", seed=1).read_bytes()
    words = ["predict", folder, "--model", sample_model, "--out", out, "--watch"]
    words += ["--save", "mask", "--device", "cpu", "--json"]
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "segdesk", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with child:
        wait_for(out / "masks" / "a.png", child)
        (folder / "b.png").write_bytes(whole[:1000])
        with (folder / "b.png").open("ab") as file:
            file.write(whole[1000:])
        wait_for(out / "masks" / "b.png", child)
        wait_for(out / "summary.csv", child)
        child.send_signal(signal.SIGINT)
        stdout, stderr = child.communicate(timeout=60)
    assert child.returncode == 0, stderr
    items = json.loads(stdout)["items"]
    assert [item["status"] for item in items] == ["done", "done"]
    rows = (out / "summary.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == [
        str(folder / "a.png"),
        str(folder / "b.png"),
    ]


def wait_for(path, child, seconds=60):
    end_s = time.monotonic() + seconds
    while not path.exists():
        assert child.poll() is None, child.stderr.read()
        assert time.monotonic() < end_s, f"{path.name} did not come"
        time.sleep(0.05)


def read_mask_size(image):
    from segdesk.core.imaging import read_size

    width, height = read_size(image)
    return height, width

"""Exporting labels: what is written, and what can be read back."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.app.annotate.autosave import Autosave
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.exchange.export_writing import writable_formats
from segdesk.app.exchange.exporting import ExportChoice, Exporting, Scope
from segdesk.app.files.opened_image import open_image
from segdesk.app.notices import Level
from segdesk.app.project.shelf import ProjectShelf
from segdesk.core.classes import ClassList
from segdesk.core.geometry import Size
from segdesk.core.item_status import ItemFacts, ItemStatus
from segdesk.core.project import Project
from segdesk.formats import registry
from segdesk.formats.mmseg_dataset import check_masks, read_mmseg_dataset
from segdesk.formats.native import AnnotationState, Expected, write_annotation
from segdesk.formats.project_file import write_project

CLASSES = ClassList.from_names(("background", "road", "tree"))
SIZE = Size(24, 16)
NAMES = ("a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg")


def labels_of(number: int) -> np.ndarray:
    labels = np.zeros((SIZE.height, SIZE.width), np.uint8)
    labels[2:8, 3:9] = 1
    labels[5:, 12 + number :] = 2
    labels[0, 0] = 255
    return labels


class Room:
    """A project, and an export from it."""

    def __init__(self, root: Path, desk, executor, engine, timer) -> None:
        self.root, self.desk, self.executor, self.engine = root, desk, executor, engine
        self.autosave = Autosave(executor, timer, desk.notices)
        self.shelf = ProjectShelf(executor, desk.notices)
        self.annotations = OpenAnnotations(desk, executor, self.autosave, self.shelf)
        self.exporting = Exporting(
            desk, engine, self.annotations, self.autosave, self.shelf
        )
        self.shelf.open(root)
        executor.run_all()

    def run(self, choice: ExportChoice, reveal=None) -> None:
        self.exporting.run(choice, reveal)
        self.work()

    def work(self) -> None:
        self.executor.run_all()
        while self.engine.works:
            self.engine.run_work()
            self.executor.run_all()

    @property
    def told(self):
        return self.desk.notices.history[-1]

    def close(self) -> None:
        self.annotations.leave()
        self.executor.run_all()
        self.shelf.close()


@pytest.fixture
def make_room(tmp_path, desk, executor, engine, timer):
    """Return what makes a project: five images, the last one without annotation."""
    rooms = []

    def make(**splits: str) -> Room:
        root = tmp_path / "project"
        root.mkdir()
        items = {}
        project = Project(root, CLASSES)
        for number, name in enumerate(NAMES):
            Image.new("RGB", SIZE, "grey").save(root / name)
            if number < 4:
                mask = project.annotation_path(name)
                state = AnnotationState(name, labels_of(number))
                write_annotation(mask, state, CLASSES, Expected())
                status = ItemStatus.DONE if number < 3 else ItemStatus.DRAFT
                items[name] = ItemFacts(status, splits.get(name[0], ""))
        write_project(project.with_all_facts(items))
        rooms.append(Room(root, desk, executor, engine, timer))
        return rooms[-1]

    yield make
    for room in rooms:
        room.close()


def read_back(folder: Path, format_id: str) -> dict[str, np.ndarray]:
    _, labelled = registry.read(folder, format_id)
    order = [labelled.classes.names.index(name) for name in CLASSES.names]
    table = np.full(256, 255, np.uint8)
    table[order] = range(len(order))
    return {Path(item.name).name: table[item.read().labels] for item in labelled.items}


def test_export_can_be_trained_on_when_the_project_is_divided(make_room, tmp_path):
    room = make_room(a="train", b="val", c="train", d="val")

    room.run(ExportChoice("mmseg", Scope.LABELLED, tmp_path / "out"))

    dataset = read_mmseg_dataset(tmp_path / "out")
    check_masks(dataset)
    assert [pair.image.stem for pair in dataset.train] == ["a", "c"]
    assert [pair.image.stem for pair in dataset.val] == ["b", "d"]
    assert dataset.classes.names == CLASSES.names
    assert room.told.message == "4 images exported."


def test_export_divides_for_training_when_nobody_did(make_room, tmp_path):
    room = make_room()
    choice = ExportChoice("mmseg", Scope.DONE, tmp_path / "out")
    assert "one in five" in room.exporting.split_words(choice)

    room.run(choice)

    dataset = read_mmseg_dataset(tmp_path / "out")
    assert len(dataset.train) + len(dataset.val) == 3
    assert room.shelf.facts("a.jpg").split == ""


@pytest.mark.parametrize("format_id", ["mmseg", "labelme", "cvat", "coco"])
def test_export_changes_no_pixel_when_read_back(make_room, tmp_path, format_id):
    room = make_room()

    room.run(ExportChoice(format_id, Scope.DONE, tmp_path / "out"))

    found = read_back(tmp_path / "out", format_id)
    assert sorted(found) == ["a", "b", "c"]
    for number, name in enumerate("abc"):
        assert (found[name] == labels_of(number)).all()


def test_export_goes_on_when_one_annotation_is_damaged(make_room, tmp_path):
    room = make_room()
    Project(room.root).annotation_path("b.jpg").write_bytes(b"no picture")

    room.run(ExportChoice("labelme", Scope.DONE, tmp_path / "out"))

    assert room.told.level is Level.WARNING
    assert room.told.message == "2 images exported."
    assert "b: " in room.told.cause


def test_export_shows_its_folder_when_asked(make_room, tmp_path):
    room, shown = make_room(), []

    room.run(ExportChoice("labelme", Scope.DONE, tmp_path / "out"), shown.append)
    room.told.verbs[0].run()

    assert shown == [tmp_path / "out"]


def test_export_stops_when_it_is_cancelled(make_room, tmp_path):
    room = make_room()
    room.exporting.run(ExportChoice("labelme", Scope.DONE, tmp_path / "out"))
    room.desk.jobs.cancel(room.desk.jobs.live()[-1].id)

    room.work()

    assert room.told.message == "1 image exported before you stopped it."


def test_export_takes_the_image_on_screen_when_it_is_labelled(make_room):
    room = make_room()
    room.desk.session.set_image(open_image(room.root / "d.jpg"))
    room.executor.run_all()
    assert room.exporting.items(Scope.IMAGE) == ("d.jpg",)

    room.desk.session.set_image(open_image(room.root / "e.jpg"))
    room.executor.run_all()
    assert room.exporting.items(Scope.IMAGE) == ()


def test_export_says_why_when_it_cannot_begin(make_room, tmp_path):
    exporting = make_room().exporting
    full = tmp_path / "full"
    full.mkdir()
    (full / "a.txt").touch()

    def why(folder: Path | None) -> str:
        return exporting.problem(ExportChoice("mmseg", Scope.DONE, folder))

    assert why(None) == "Choose a folder."
    assert "holds files already" in why(full)
    assert "part of the project" in why(tmp_path / "project" / "out")
    assert why(tmp_path / "new") == ""
    assert "mmseg" in {one.id for one in writable_formats()}


def test_export_reads_back_a_tile_of_the_aerial_images(
    real_data, tmp_path, desk, executor, engine, timer
):
    tile = real_data / "aerial_dubai" / "Tile 5"
    root = tmp_path / "tile"
    (root / "images").mkdir(parents=True)
    _, labelled = registry.read(tile)
    project, items = Project(root, labelled.classes), {}
    for item in labelled.items[:2]:
        shutil.copy(item.image, root / "images")
        name = f"images/{item.image.name}"
        state = AnnotationState(item.image.name, item.read().labels)
        mask = project.annotation_path(name)
        write_annotation(mask, state, labelled.classes, Expected())
        items[name] = ItemFacts(ItemStatus.DONE)
    write_project(project.with_all_facts(items))
    room = Room(root, desk, executor, engine, timer)
    for format_id in ("mmseg", "labelme", "cvat"):
        out = tmp_path / format_id
        room.run(ExportChoice(format_id, Scope.DONE, out))
        _, back = registry.read(out, format_id)
        found = {Path(one.name).name: one.read().labels for one in back.items}
        assert len(found) == 2
        for item in labelled.items[:2]:
            truth, other = item.read().labels, found[Path(item.name).name]
            names = np.array([*back.classes.names, *[""] * 256])[other]
            wanted = np.array([*labelled.classes.names, *[""] * 256])[truth]
            assert (names == wanted).all()
    check_masks(read_mmseg_dataset(tmp_path / "mmseg"))
    room.close()

"""Importing labels: what is proposed, what is written, what is left alone."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segdesk.app.annotate.autosave import Autosave
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.exchange.import_classes import IGNORE, SKIP, to_class
from segdesk.app.exchange.importing import Importing
from segdesk.app.files.opened_image import open_image
from segdesk.app.notices import Level
from segdesk.app.project.shelf import ProjectShelf
from segdesk.core.classes import ClassList
from segdesk.core.geometry import Size
from segdesk.core.item_status import ItemStatus, MadeBy
from segdesk.core.project import Project
from segdesk.formats.native import (
    AnnotationState,
    Expected,
    read_annotation,
    write_annotation,
)
from segdesk.formats.project_file import read_project, write_project

CLASSES = ClassList(("background", "road"), ("#8A8F98", "#A06192"))
SIZE = Size(12, 8)
ROAD, TREE, STRAY = (160, 97, 146), (0, 200, 0), (9, 9, 9)


class Room:
    """A project of three images, and an import into it."""

    def __init__(self, root: Path, desk, executor, engine, timer) -> None:
        self.root, self.desk, self.executor, self.engine = root, desk, executor, engine
        self.autosave = Autosave(executor, timer, desk.notices)
        self.shelf = ProjectShelf(executor, desk.notices)
        self.annotations = OpenAnnotations(desk, executor, self.autosave, self.shelf)
        self.importing = Importing(
            desk, engine, self.annotations, self.autosave, self.shelf
        )

    def show(self, name: str) -> None:
        self.shelf.open(self.root)
        self.executor.run_all()
        self.desk.session.set_image(open_image(self.root / name))
        self.executor.run_all()

    def draft(self, path: Path):
        draft = self.importing.draft()
        draft.open(path)
        self.work()
        return draft

    def work(self) -> None:
        self.executor.run_all()
        while self.engine.works:
            self.engine.run_work()
            self.executor.run_all()

    def run(self, draft) -> None:
        self.importing.run(draft)
        self.work()

    def saved(self, item: str, size: Size = SIZE) -> AnnotationState:
        return read_annotation(Project(self.root).annotation_path(item), size).state

    @property
    def told(self):
        return self.desk.notices.history[-1]


@pytest.fixture
def make_room(tmp_path, desk, executor, engine, timer):
    rooms = []

    def make(classes: ClassList | None = CLASSES) -> Room:
        root = tmp_path / "project"
        (root / "images").mkdir(parents=True)
        for name in ("a.jpg", "b.jpg", "c.jpg"):
            Image.new("RGB", SIZE, "grey").save(root / "images" / name)
        if classes:
            write_project(Project(root, classes))
        room = Room(root, desk, executor, engine, timer)
        room.show("images/a.jpg")
        rooms.append(room)
        return room

    yield make
    for room in rooms:
        room.annotations.leave()
        room.executor.run_all()
        room.shelf.close()


@pytest.fixture
def masks(tmp_path) -> Path:
    """Colour masks of a and b, and of an image that is none of the project's."""
    folder = tmp_path / "export" / "masks"
    folder.mkdir(parents=True)
    pixels = np.full((8, 12, 3), ROAD, np.uint8)
    pixels[:4] = TREE
    for name in ("a.png", "b.png", "other.png"):
        Image.fromarray(pixels).save(folder / name)
    pixels[0, 0] = STRAY
    Image.fromarray(pixels).save(folder / "b.png")
    return folder.parent


def by_name(draft) -> dict[str, int]:
    return {row.name: place for place, row in enumerate(draft.rows)}


def test_draft_waits_for_a_class_when_a_colour_means_none(make_room, masks):
    draft = make_room().draft(masks)

    places = by_name(draft)
    assert draft.targets[places["#A06192"]] == to_class("road")
    assert draft.targets[places["#00C800"]] is None
    assert draft.problem == "2 classes to choose."
    draft.set_target(places["#00C800"], to_class("tree"))
    draft.set_target(places["#090909"], IGNORE)
    assert draft.problem == ""
    assert draft.new_names == ("tree",)
    assert draft.count == 2
    assert draft.look.matches.without_image == ("other",)


def test_import_writes_annotations_of_the_project_when_run(make_room, masks):
    room = make_room()
    draft = room.draft(masks)
    places = by_name(draft)
    draft.set_target(places["#00C800"], to_class("tree"))
    draft.set_target(places["#090909"], SKIP)

    room.run(draft)

    labels = room.saved("images/b.jpg").labels
    assert labels[0, 0] == 0
    assert labels[0, 1] == 2
    assert labels[7, 7] == 1
    project = read_project(room.root)
    assert project.classes.names == ("background", "road", "tree")
    facts = room.shelf.facts("images/b.jpg")
    assert facts.status is ItemStatus.DRAFT
    assert facts.made_by is MadeBy.IMPORT
    assert facts.classes == (0, 1, 2)
    document = room.annotations.current.document
    assert document.labels[7, 7] == 1
    assert [step.title for step in document.history] == ["Import export"]
    document.undo()
    assert not document.labels.any()
    assert room.told.message == "2 annotations imported from export."
    assert "1 annotations have no image" in room.told.cause


def test_import_leaves_hand_work_alone_when_not_told_to_replace(make_room, masks):
    room = make_room()
    mask = Project(room.root).annotation_path("images/b.jpg")
    before = AnnotationState("b.jpg", np.ones((8, 12), np.uint8))
    write_annotation(mask, before, CLASSES, Expected())
    draft = room.draft(masks)
    for place, target in enumerate(draft.targets):
        draft.set_target(place, target or IGNORE)
    assert draft.count == 1

    room.run(draft)

    assert (room.saved("images/b.jpg").labels == 1).all()
    assert "1 images kept their own annotation." in room.told.cause


def test_import_keeps_a_copy_when_it_replaces(make_room, masks):
    room = make_room()
    mask = Project(room.root).annotation_path("images/b.jpg")
    before = AnnotationState("b.jpg", np.ones((8, 12), np.uint8))
    write_annotation(mask, before, CLASSES, Expected())
    old = mask.read_bytes()
    draft = room.draft(masks)
    for place, target in enumerate(draft.targets):
        draft.set_target(place, target or IGNORE)
    draft.set_replaces(replaces=True)

    room.run(draft)

    state = room.saved("images/b.jpg")
    assert state.labels[0, 1] == 255
    assert state.revision == 1
    copies = [one for one in mask.parent.iterdir() if ".png.replaced-" in one.name]
    assert [one.read_bytes() for one in copies] == [old]
    room.show("images/b.jpg")
    room.annotations.current.document.undo()
    assert (room.annotations.current.document.labels == 1).all()


def test_import_goes_on_when_one_file_is_bad(make_room, masks):
    room = make_room()
    Image.new("RGB", (5, 5), ROAD).save(masks / "masks" / "a.png")
    draft = room.draft(masks)
    for place, target in enumerate(draft.targets):
        draft.set_target(place, target or IGNORE)

    room.run(draft)

    assert room.told.level is Level.WARNING
    assert "images/a.jpg: It is 5 × 5 px, its image 12 × 8 px." in room.told.cause
    assert room.saved("images/a.jpg") is None
    assert room.saved("images/b.jpg") is not None


def test_import_keeps_what_is_written_when_it_is_stopped(make_room, masks):
    room = make_room()
    draft = room.draft(masks)
    for place, target in enumerate(draft.targets):
        draft.set_target(place, target or IGNORE)
    room.importing.run(draft)
    room.executor.run_all()
    room.desk.jobs.cancel(room.desk.jobs.live()[-1].id)

    room.work()

    assert room.told.message.endswith("before you stopped it.")
    assert not room.importing.is_busy
    assert room.annotations.current is not None


def test_import_makes_a_project_when_the_folder_is_bare(make_room, masks):
    room = make_room(None)
    table = [{"name": "tree", "color": "#00C800"}, {"name": "road", "color": "#A06192"}]
    (masks / "classes.json").write_text(json.dumps({"classes": table}))
    draft = room.draft(masks)
    assert draft.problem == ""

    room.run(draft)

    assert read_project(room.root).classes.names == ("tree", "road")
    assert room.saved("images/a.jpg").labels[0, 0] == 0


def test_import_keeps_shapes_when_the_format_has_them(make_room, tmp_path):
    room = make_room()
    content = {
        "version": "5.0.1",
        "flags": {},
        "shapes": [
            {
                "label": "Road",
                "points": [[2, 2], [9, 2], [9, 6], [2, 6]],
                "group_id": None,
                "shape_type": "polygon",
                "flags": {},
            }
        ],
        "imagePath": "c.jpg",
        "imageData": None,
        "imageHeight": 8,
        "imageWidth": 12,
    }
    folder = tmp_path / "labelme"
    folder.mkdir()
    (folder / "c.json").write_text(json.dumps(content))
    draft = room.draft(folder / "c.json")
    assert draft.format_id == "labelme"
    assert draft.problem == ""

    room.run(draft)

    state = room.saved("images/c.jpg")
    assert [shape.class_index for shape in state.shapes] == [1]
    assert state.labels[3, 3] == 1


def test_import_is_the_only_one_to_rewrite_files_while_it_runs(make_room, masks):
    room = make_room()
    draft = room.draft(masks)
    for place, target in enumerate(draft.targets):
        draft.set_target(place, target or IGNORE)
    room.importing.run(draft)

    assert room.importing.draft() is None
    assert not room.annotations.may_write()
    assert room.told.message == "Nothing was begun."
    room.work()

    assert room.annotations.may_write()


def test_draft_tells_why_when_nothing_can_be_read(make_room, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()

    draft = make_room().draft(empty)

    assert draft.failure is not None
    assert draft.problem == "Nothing was read yet."


def test_draft_takes_the_neighbours_class_when_a_colour_is_near(make_room, masks):
    pixels = np.full((8, 12, 3), ROAD, np.uint8)
    pixels[0, 0] = (158, 97, 146)
    Image.fromarray(pixels).save(masks / "masks" / "a.png")
    room = make_room()
    draft = room.draft(masks)
    assert draft.targets[by_name(draft)["#9E6192"]] is None

    draft.set_tolerance(12)
    assert draft.is_looking
    room.work()

    assert draft.targets[by_name(draft)["#9E6192"]] == to_class("road")
    assert draft.targets[by_name(draft)["#00C800"]] is None


def test_draft_draws_file_and_classes_when_a_class_is_shown(make_room, masks):
    room = make_room()
    draft = room.draft(masks)
    drawn = []
    draft.pictured.connect(drawn.append)

    draft.show_class(by_name(draft)["#090909"])
    room.work()

    assert drawn[-1].name == "b"
    assert tuple(drawn[-1].before[0, 0]) == STRAY
    assert drawn[-1].after.shape == drawn[-1].before.shape


def test_draft_draws_the_last_state_alone_when_decided_in_haste(make_room, masks):
    room = make_room()
    draft = room.draft(masks)
    drawn = []
    draft.pictured.connect(drawn.append)
    draft.show(1)
    for target in (IGNORE, SKIP, to_class("road")):
        draft.set_target(0, target)
    assert len(room.engine.works) == 1
    room.work()
    assert len(drawn) == 1
    draft.set_target(0, IGNORE)
    draft.set_target(0, SKIP)
    draft.close()
    room.work()
    assert len(drawn) == 1


def test_import_reads_a_tile_of_the_aerial_images(
    real_data, tmp_path, desk, executor, engine, timer
):
    tile = real_data / "aerial_dubai" / "Tile 5"
    shutil.copytree(tile / "images", tmp_path / "tile" / "images")
    room = Room(tmp_path / "tile", desk, executor, engine, timer)
    room.show("images/image_part_001.jpg")
    draft = room.draft(tile)
    assert len(draft.look.matches.pairs) == 9
    assert draft.look.matches.without_image == draft.look.matches.unclear == ()
    for place, target in enumerate(draft.targets):
        row = draft.rows[place]
        draft.set_target(place, target or to_class(f"area {row.name[1:]}"))

    room.run(draft)

    project = read_project(room.root)
    assert len(project.classes) == len(draft.rows)
    for matched in draft.look.matches.pairs:
        truth = np.asarray(
            Image.open(
                matched.source.image.parents[1]
                / "masks"
                / (matched.source.image.stem + ".png")
            ).convert("RGB")
        )
        size = Size(truth.shape[1], truth.shape[0])
        labels = room.saved(matched.item, size).labels
        assert (np.asarray(project.classes.rgb, np.uint8)[labels] == truth).all()
    room.annotations.leave()
    executor.run_all()
    room.shelf.close()


def test_import_finds_images_when_one_of_several_folders_of_masks_is_read(
    tmp_path, desk, executor, engine, timer
):
    root = tmp_path / "tiles"
    for tile in ("one", "two"):
        for folder in ("images", "masks"):
            (root / tile / folder).mkdir(parents=True)
            picture = Image.new("RGB", (SIZE.width, SIZE.height), ROAD)
            picture.save(root / tile / folder / "part.png")
    room = Room(root, desk, executor, engine, timer)
    room.show("one/images/part.png")
    draft = room.draft(root / "two" / "masks")
    pairs = [(one.source.name, one.item) for one in draft.look.matches.pairs]
    assert pairs == [("part", "two/images/part.png")]
    room.annotations.leave()

"""What is dropped on the window: images, models, labels."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from segdesk.app.annotate.autosave import Autosave
from segdesk.app.annotate.opening_annotations import OpenAnnotations
from segdesk.app.catalog.file_commands import COMMANDS
from segdesk.app.exchange.importing import Importing
from segdesk.app.files.dropped import open_dropped, tell_masks
from segdesk.app.project.shelf import ProjectShelf


class Asked:
    """Dialogs that note which labels they show, and import nothing."""

    def __init__(self) -> None:
        self.paths: list[Path] = []

    def ask_import(self, draft) -> bool:
        self.paths.append(draft.path)
        draft.close()
        return False


class Opened:
    """Notes what was opened; opens its project too."""

    def __init__(self, shelf: ProjectShelf) -> None:
        self.paths: list[Path] = []
        self._shelf = shelf

    def open_paths(self, paths) -> None:
        self.paths += paths
        self._shelf.open(paths[0])


class Desk:
    """What `open_dropped` works on."""

    def __init__(self, desk, executor, engine, timer) -> None:
        self._executor, self._engine = executor, engine
        self.told = []
        notices = desk.notices
        notices.posted.connect(self.told.append)
        shelf = ProjectShelf(executor, notices)
        autosave = Autosave(executor, timer, notices)
        annotations = OpenAnnotations(desk, executor, autosave, shelf)
        self.opening = Opened(shelf)
        self.dialogs = Asked()
        self.context = SimpleNamespace(
            projects=shelf,
            opening=self.opening,
            dialogs=self.dialogs,
            notices=notices,
            importing=Importing(desk, engine, annotations, autosave, shelf),
        )

    def drop(self, *paths: Path) -> None:
        open_dropped(self.context, paths)
        self.work()

    def open(self, folder: Path) -> None:
        self.context.projects.open(folder)
        self.work()

    def work(self) -> None:
        while self._executor.waiting or self._engine.works:
            self._executor.run_all()
            if self._engine.works:
                self._engine.run_work()


@pytest.fixture
def it(desk, executor, engine, timer) -> Desk:
    return Desk(desk, executor, engine, timer)


@pytest.fixture
def data(tmp_path) -> Path:
    """Return a folder with images, and masks elsewhere and beside them."""
    root = tmp_path / "data"
    for folder, mode in (("images", "RGB"), ("masks", "L")):
        (root / folder).mkdir(parents=True)
        for name in ("a", "b"):
            size = (4, 6, 3) if mode == "RGB" else (4, 6)
            picture = Image.fromarray(np.zeros(size, np.uint8))
            picture.save(root / folder / f"{name}.png")
    return root


def test_labels_are_offered_when_their_file_is_dropped(it, data, tmp_path):
    it.open(data)
    labels = tmp_path / "labels.json"
    labels.write_text("{}")
    it.drop(labels)
    assert it.dialogs.paths == [labels]
    assert it.opening.paths == []


def test_folder_is_offered_as_labels_when_it_has_the_names_of_the_images(it, data):
    it.open(data / "images")
    it.drop(data / "masks")
    assert it.dialogs.paths == [data / "masks"]
    assert it.opening.paths == []


def test_folder_is_opened_when_it_has_other_images(it, data, tmp_path):
    it.open(data / "images")
    other = tmp_path / "other"
    other.mkdir()
    Image.fromarray(np.zeros((4, 6, 3), np.uint8)).save(other / "z.png")
    it.drop(other)
    assert it.opening.paths == [other]
    assert it.dialogs.paths == []


def test_images_beside_labels_are_opened_first_when_none_are_open(it, data):
    labels = data / "images" / "a.json"
    labels.write_text("{}")
    it.drop(labels)
    assert it.opening.paths == [data / "images"]
    assert it.dialogs.paths == [labels]


def test_labels_are_refused_when_no_image_is_open_or_beside_them(it, tmp_path):
    labels = tmp_path / "labels.json"
    labels.write_text("{}")
    it.drop(labels)
    assert [notice.message for notice in it.told] == ["labels.json was not imported."]
    assert it.dialogs.paths == []


def test_masks_beside_images_are_told_and_not_listed_when_a_folder_is_opened(it, data):
    it.open(data)
    assert it.context.projects.items == ("images/a.png", "images/b.png")
    tell_masks(it.context)
    assert "images: masks." in it.told[0].cause
    it.told[0].verbs[0].run()
    assert it.dialogs.paths == [data]
    (ask,) = [one for one in COMMANDS if one.id == "file.import_labels"]
    ask.run(it.context)
    assert it.dialogs.paths == [data, data]


def test_model_of_another_kind_is_no_image_when_it_is_dropped(it, tmp_path):
    model = tmp_path / "net.tflite"
    model.write_bytes(b"x")
    it.drop(model)
    (notice,) = it.told
    assert notice.message == "net.tflite was not added."
    assert ".pth" in notice.cause
    assert it.opening.paths == []

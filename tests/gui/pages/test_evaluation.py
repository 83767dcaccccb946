"""The Evaluate page, driven as a user drives it."""

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from segdesk.app.evaluation.evaluating import Evaluating
from segdesk.app.evaluation.look import Cell
from segdesk.app.evaluation.words import Scale
from segdesk.app.models.shelf_entry import ShelfEntry, ShelfState
from segdesk.core.classes import ClassList
from segdesk.core.item_status import ItemFacts, ItemStatus
from segdesk.core.project import Project
from segdesk.formats.project_file import write_project
from segdesk.gui.contrast import best_ink, contrast
from segdesk.gui.item_models import figures
from segdesk.gui.pages.evaluation import EvaluationPage
from segdesk.gui.pages.evaluation_spread import spread_of
from segdesk.jobs.events import Progress, Succeeded
from segdesk.jobs.specs import ModelSource

CLASSES = ClassList.from_names(("background", "road", "tree", "rail"))
SIZE = (40, 60)


class Engine:
    """Keeps the job until the test ends it."""

    def start(self, spec, report, ended):
        self.spec, self.report, self.ended = spec, report, ended
        return lambda: None


class Verbs:
    """Binds buttons to commands; nothing else hangs on the context."""

    def __init__(self, desk) -> None:
        self._desk = desk

    def bind(self, button, command_id) -> None:
        button.clicked.connect(lambda: self._desk.commands.run(command_id))

    def refresh_soon(self) -> None:
        pass


class Now:
    """Does work at once."""

    def submit(self, work, done, failed) -> None:
        done(work())


@pytest.fixture
def project(tmp_path):
    from PIL import Image

    root = tmp_path / "project"
    root.mkdir()
    for name in ("a.png", "b.png", "c.png"):
        pixels = np.full((*SIZE, 3), 90, np.uint8)
        Image.fromarray(pixels).save(root / name)
    write_project(Project(root, CLASSES))
    return root


@pytest.fixture
def done(project, make_evaluation):
    truth = np.zeros(SIZE, np.uint8)
    truth[5:15, 5:25] = 1
    truth[20:30, 30:50] = 2
    bad = truth.copy()
    bad[5:15, 10:25] = 2
    bad[20:22, 30:50] = 0
    good = truth.copy()
    good[5:15, 23:25] = 2
    pairs = {"a.png": (truth, good), "b.png": (truth, bad), "c.png": (truth, truth)}
    return make_evaluation(project, CLASSES, pairs)


@pytest.fixture
def desk(context, project):
    """The context with a project, two models and an engine that waits."""
    library = SimpleNamespace(
        get=lambda model_id: ModelSource(id=model_id, checkpoint=project / "m.pth"),
        entry=lambda model_id: SimpleNamespace(name=f"Model {model_id}"),
    )
    state = SimpleNamespace(
        settings=context.settings,
        notices=context.notices,
        jobs=context.jobs,
        session=context.session,
    )
    context.engine = Engine()
    evaluating = Evaluating(state, context.engine, Now(), library, project / "out")
    evaluating.attach(context.projects, context.autosave, SimpleNamespace())
    context.evaluating = evaluating
    context.projects.open(project)
    for name in ("a.png", "b.png", "c.png"):
        context.projects.set_facts(name, ItemFacts(status=ItemStatus.DONE, split="val"))
    context.shelf.set_entries(
        ShelfEntry("steady", "Steady", "Ready", ShelfState.READY),
        ShelfEntry("other", "Other", "Ready", ShelfState.READY),
        ShelfEntry("gone", "Gone", "Broken", ShelfState.BROKEN),
    )
    return context


@pytest.fixture
def page(qtbot, desk):
    page = EvaluationPage(desk, Verbs(desk))
    qtbot.addWidget(page)
    page.resize(1600, 920)
    page.show()
    return page


def finish(desk, done) -> None:
    desk.evaluating.evaluate()
    desk.engine.ended(Succeeded(done))


def test_page_offers_usable_models_and_labelled_splits_when_nothing_is_known(page):
    head = page.head
    assert [head.model.itemText(at) for at in range(2)] == ["Steady", "Other"]
    assert head.model.count() == 2
    assert head.split.currentText() == "Validation, 3 images"
    assert not page.side.isVisible()
    assert not head.report.isEnabled()


def test_page_says_how_far_it_is_while_an_evaluation_runs(page, desk, done):
    desk.evaluating.evaluate()
    assert page.running.isVisible()
    assert page.running.words == "Loading Model steady"
    desk.engine.report(done.images[0])
    desk.engine.report(Progress(1, 3, "images", "b.png"))
    mean = figures.decimal(done.images[0].miou, 1)
    assert page.running.words.startswith("Evaluating 1 of 3 images")
    assert f"mean IoU so far {mean}" in page.running.words
    desk.engine.ended(Succeeded(done))
    assert not page.running.isVisible()


def test_page_shows_figures_classes_and_the_worst_image_first(page, desk, done):
    finish(desk, done)
    shown = {figure.caption: figure.value for figure in page.figures.figures}
    assert shown["mIoU"] == figures.decimal(done.metrics["mIoU"], 1)
    assert shown["Speed"] == "4.0 img/s"
    model = page.classes
    rows = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert rows[-2:] == ["rail", "Mean"]
    assert model.index(3, 1).data() == "n/a: not in this split"
    worst = page.side.worst
    assert worst.index(0, 0).data().startswith("b.png, mIoU")
    assert sum(page.plots.spread.counts) == 3
    assert spread_of(None) == (0,) * 10
    assert (
        shown["Calibration error"] == f"{figures.decimal(done.calibration.error, 1)}%"
    )
    assert page.plots.reliability.legend[0].startswith("bars: accuracy, off by")
    sizes = page.side.sizes
    rows = [sizes.index(row, 0).data() for row in range(sizes.rowCount())]
    assert rows[0] == "road, regions 3 → 3, median 200 → 180 px"


def test_confusion_is_chosen_by_keys_and_clicks_and_brings_its_regions(
    page, desk, done
):
    finish(desk, done)
    search, matrix = desk.evaluating.search, page.matrix
    assert search.cell == matrix.cell == Cell(1, 2)
    assert search.found.count == 2
    QTest.keyClick(matrix, Qt.Key.Key_Left)
    assert search.cell == Cell(1, 1)
    QTest.keyClick(matrix, Qt.Key.Key_Down)
    QTest.keyClick(matrix, Qt.Key.Key_Down)  # the class without a pixel has no row
    assert search.cell == Cell(2, 1)
    spot = matrix.cell_rect(Cell(2, 0)).center()
    QTest.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=spot)
    assert search.cell == Cell(2, 0)
    assert search.found.pixels == 40
    assert page.classes.row_at(page.table.selected_row()).name == "tree"
    assert matrix.words(Cell(2, 0)) == "tree predicted as background: 6.7%, 40 px"


def test_matrix_counts_pixels_when_it_is_asked_to(page, desk, done):
    finish(desk, done)
    page.scale.chosen.emit(Scale.PIXELS)
    assert page.matrix.words(Cell(1, 2)) == "road predicted as tree: 170, 170 px"


def test_keys_of_the_strip_run_the_verbs_when_a_region_is_chosen(page, desk, done):
    finish(desk, done)
    page.setFocus()
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_J):
        QTest.keyClick(page, key)
    assert desk.ran == [
        "evaluation.accept_truth",
        "evaluation.accept_model",
        "evaluation.paint",
        "evaluation.next_region",
    ]
    row = page.strip.row
    assert row.pictures == 2
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=QPoint(160, 40))
    assert desk.evaluating.search.place == 1
    QTest.keyClick(row, Qt.Key.Key_Left)
    assert desk.evaluating.search.place == 0


def test_models_are_compared_when_a_second_one_was_evaluated(
    page, desk, done, project, make_evaluation
):
    finish(desk, done)
    truth = np.zeros(SIZE, np.uint8)
    truth[5:15, 5:25] = 1
    better = make_evaluation(project, CLASSES, {"a.png": (truth, truth)}, "other")
    desk.evaluating.choose(model_id="other")
    finish(desk, better)
    assert page.figures.figures[0].note.endswith("to Model steady")
    models = page.side.models
    assert models.rowCount() == 2
    page.side.views["models"].activated.emit(models.index(0, 0))
    assert desk.evaluating.shown is done


def test_ink_is_read_on_every_share_of_a_cell():
    for level in range(0, 256, 15):
        fill = QColor(level, level // 2, 255 - level)
        assert contrast(best_ink(fill), fill) >= 4.5

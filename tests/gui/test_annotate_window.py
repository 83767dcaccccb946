"""The window while annotating: layouts, tools, options, proposals, what is saved."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from segdesk.app.catalog import all_commands
from segdesk.app.files.opened_image import open_image
from segdesk.app.keys.keymap import Keymap
from segdesk.app.notices import Level, Notice
from segdesk.app.session import FileList, ProposalView
from segdesk.app.tools.catalog import TOOLS
from segdesk.core.classes import ClassList
from segdesk.core.item_status import ItemStatus
from segdesk.core.label_map import class_stats
from segdesk.core.prediction import Prediction
from segdesk.core.rules import RuleKind
from segdesk.core.shapes import Point
from segdesk.gui import theme
from segdesk.gui.accept_gesture import Gesture
from segdesk.gui.components.number_field import NumberField
from segdesk.gui.docks.classes import ClassesDock
from segdesk.gui.docks.files import FilesDock
from segdesk.gui.docks.history import HistoryDock
from segdesk.gui.docks.this_image import ImageDock
from segdesk.gui.main_window import MainWindow
from segdesk.gui.notice_card import NoticeCard
from segdesk.gui.tool_options import OPTIONS

CLASSES = ClassList(("Building", "Road", "Water"), ("#EE6A05", "#A06192", "#3D6DFA"))
PLAIN = Qt.KeyboardModifier.NoModifier


class PlainViewer(QWidget):
    """A canvas that takes the keyboard; one pixel of it is one of the image."""

    cursor_moved = Signal(object)
    zoom_changed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.canvas = QWidget(self)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas.resize(400, 300)
        self.setFocusProxy(self.canvas)


class JobsPanel(QWidget):
    """A panel that is not in this layout."""

    count_changed = Signal(str)
    header_actions = ()
    count_text = ""
    dock_id = "jobs"
    title = "Jobs"


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in ("a.png", "b.png", "c.png"):
        pixels = np.full((6, 8, 3), 90, np.uint8)
        Image.fromarray(pixels).save(tmp_path / name)
    return tmp_path


@pytest.fixture
def desk(context, folder):
    """Return the context with the program's own commands and a folder open."""
    context.commands = all_commands()
    context.commands.bind(context)
    context.keymap = Keymap(context.commands)
    paths = tuple(sorted(folder.glob("*.png")))
    context.projects.open(folder)
    context.session.set_files(FileList(folder, paths, 0))
    context.opening.wanted = 0
    context.session.set_image(open_image(paths[0]))
    context.projects.set_classes(CLASSES, frozenset())
    return context


@pytest.fixture
def window(qtbot, desk):
    made = MainWindow(theme.dress(desk.settings.preferences))
    desk.window = made
    panels = (
        FilesDock(desk),
        ClassesDock(desk),
        ImageDock(desk),
        HistoryDock(desk),
        JobsPanel(),
    )
    made.assemble(desk, PlainViewer(), panels)
    made.resize(1600, 1000)
    with qtbot.waitExposed(made):
        made.show()
    made.show_viewer()
    yield made
    made.close()
    made.deleteLater()


def canvas_of(window: MainWindow) -> QWidget:
    return window.findChild(PlainViewer).canvas


def propose(context, labels: np.ndarray) -> None:
    sure = np.full_like(labels, 230)
    found = Prediction(labels, sure, CLASSES, "model", "cpu", {})
    context.session.set_proposal(ProposalView(found, class_stats(labels, 3, sure)))


# ------------------------------------------------------------------ layouts


def test_layouts_show_their_docks_and_keep_what_was_changed(window, desk):
    host = window.dock_host
    assert window.layout_id == "annotate"
    assert host.area_of("history") is not None
    assert host.area_of("jobs") is None
    host.dock("history").set_folded(True)
    desk.commands.run("view.review")
    assert host.area_of("history") is None
    assert host.area_of("jobs") is not None
    assert not window.centre.strip.isVisible()
    assert desk.annotating.choices.tool == "pan"
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert host.dock("history").is_folded
    assert window.centre.strip.isVisible()
    assert desk.annotating.choices.tool == "brush"


def test_dock_of_another_layout_comes_when_asked_for_and_goes_again(window, desk):
    desk.commands.run("app.jobs")
    assert window.dock_host.area_of("jobs") is not None
    window.dock_host.close_dock("jobs")
    assert window.dock_host.area_of("jobs") is None


def test_switch_is_hidden_when_the_welcome_page_is_shown(window):
    assert window.app_bar.layout_switch.isVisible()
    window.show_welcome()
    assert not window.app_bar.layout_switch.isVisible()


# ------------------------------------------------------------------ tools


def test_every_tool_is_taken_by_its_key_when_the_canvas_has_the_keyboard(window, desk):
    canvas = canvas_of(window)
    canvas.setFocus()
    for tool in TOOLS:
        if tool.key == "Space":
            continue
        letter = tool.key.rpartition("+")[2]
        held = Qt.KeyboardModifier.ShiftModifier if "Shift" in tool.key else PLAIN
        QTest.keyClick(canvas, getattr(Qt.Key, f"Key_{letter}"), held)
        assert desk.annotating.choices.tool == tool.id
        assert desk.commands.is_checked(f"tool.{tool.id}")


def test_tools_stay_in_sight_and_say_why_when_there_is_no_image(window, desk):
    desk.session.set_image(None)
    desk.commands.run("tool.polygon")
    assert desk.annotating.choices.tool == "brush"
    assert desk.toasts[-1].message == "Polygon: Open an image first"
    assert desk.toasts[-1].level is Level.INFO
    assert window.centre.strip.isVisible()


def test_bar_holds_the_options_of_the_tool_and_no_others(window, desk):
    bar = window.centre.tool_bar
    for tool in TOOLS:
        desk.annotating.choose(tool=tool.id)
        bar.resize(1500, bar.height())
        items = ((name, item) for name in OPTIONS for item in bar.option(name).items)
        shown = {name for name, item in items if item.widget.isVisibleTo(bar)}
        assert shown - {tool.hint} == set(tool.options) - {"pressure_sizes"}, tool.id
        assert bar.rule.isVisibleTo(bar) is tool.follows_rule, tool.id
    bar.resize(1058, bar.height())
    desk.annotating.choose(tool="superpixels")
    assert bar.option("compactness").items[0].widget.isVisibleTo(bar), "its label"


def test_size_takes_arithmetic_and_keys(window, desk):
    items = window.centre.tool_bar.option("brush_size").items
    (field,) = (i.widget for i in items if isinstance(i.widget, NumberField))
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "640/2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert desk.annotating.choices.options.brush_size == 320.0
    field.selectAll()
    QTest.keyClicks(field, "big")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "320"
    canvas = canvas_of(window)
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_BracketLeft)
    assert desk.annotating.choices.options.brush_size < 320
    assert field.text() == str(round(desk.annotating.choices.options.brush_size))


def test_rule_is_changed_by_key_and_by_choice(window, desk):
    QTest.keyClick(canvas_of(window), Qt.Key.Key_U)
    assert desk.annotating.choices.rule.kind is RuleKind.UNLABELLED
    rule = window.centre.tool_bar.rule
    assert rule.currentText() == "Only unlabelled"
    rule.activated.emit(rule.findText("Only Water"))
    assert desk.annotating.choices.rule.only_class == 2
    assert rule.currentText() == "Only Water"


def test_digits_select_and_x_swaps_when_classes_are_there(window, desk):
    canvas = canvas_of(window)
    QTest.keyClick(canvas, Qt.Key.Key_3)
    assert desk.annotating.choices.class_index == 2
    assert desk.session.view.selected_class == 2
    QTest.keyClick(canvas, Qt.Key.Key_X)
    assert desk.annotating.choices.class_index == 255
    QTest.keyClick(canvas, Qt.Key.Key_X)
    assert desk.annotating.choices.class_index == 2
    QTest.keyClick(canvas, Qt.Key.Key_QuoteLeft)
    assert desk.annotating.choices.class_index == 255


def test_slash_filters_from_the_canvas_and_is_typed_in_a_field(window):
    canvas = canvas_of(window)
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Slash)
    field = window.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "/n")
    assert field.text() == "/n"


def test_class_grows_by_the_number_that_was_asked_for(window, desk):
    labels = np.full((6, 8), 2, np.uint8)
    labels[3, 4] = 1
    propose(desk, labels)
    desk.accepting.accept_all()
    desk.class_editing.select(1)
    desk.commands.run("class.grow")
    assert desk.dialogs.called("ask_number")[0][0].tip.startswith("Make Road wider")
    desk.dialogs.answers["ask_number"] = 1
    desk.commands.run("class.grow")
    assert np.count_nonzero(desk.annotating.document.labels == 1) > 1
    desk.commands.run("edit.undo")
    assert (desk.annotating.document.labels == labels).all()
    desk.commands.run("class.keep_largest")
    assert desk.toasts[-1].message == "Keep largest: nothing to change in Road"


# ------------------------------------------------------------------ proposals


def test_bar_of_the_proposal_counts_and_accepts(window, desk):
    bar = window.centre.proposal_bar
    assert not bar.isVisible()
    labels = np.zeros((6, 8), np.uint8)
    labels[:, 4:] = 1
    propose(desk, labels)
    assert bar.isVisible()
    assert desk.proposal_facts.regions.total == 2
    QTest.keyClick(canvas_of(window), Qt.Key.Key_Return)
    assert (desk.annotating.document.labels == labels).all()
    desk.commands.run("edit.undo")
    assert (desk.annotating.document.labels == 255).all()
    desk.class_editing.select(1)
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(canvas_of(window), Qt.Key.Key_Return, shift)
    assert np.unique(desk.annotating.document.labels).tolist() == [1, 255]
    desk.commands.run("model.reject")
    desk.session.set_proposal(None)
    assert not bar.isVisible()


def test_region_is_accepted_by_one_click_when_armed(window, desk, monkeypatch):
    labels = np.zeros((6, 8), np.uint8)
    labels[:, 4:] = 1
    propose(desk, labels)
    gesture = window.centre.gesture
    monkeypatch.setattr(gesture, "_to_image", lambda at: Point(at.x(), at.y()))
    gesture.arm(Gesture.REGION)
    canvas = canvas_of(window)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, PLAIN, QPoint(20, 20))
    assert gesture.armed is Gesture.REGION  # there was nothing to take
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, PLAIN, QPoint(6, 2))
    assert gesture.armed is Gesture.NONE
    assert (desk.annotating.document.labels[:, 4:] == 1).all()
    assert (desk.annotating.document.labels[:, :4] == 255).all()


@pytest.mark.parametrize("tool", ["pan", "superpixels"])
def test_lasso_is_accepted_by_shift_drag_when_the_tool_has_no_use_for_shift(
    window, desk, monkeypatch, tool
):
    propose(desk, np.zeros((6, 8), np.uint8))
    gesture = window.centre.gesture
    place = lambda at: Point(at.x() / 20, at.y() / 20)  # noqa: E731
    monkeypatch.setattr(gesture, "_to_image", place)
    desk.annotating.choose(tool=tool)
    press, move, release = (
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonRelease,
    )
    way = ((press, 0, 0), (move, 80, 0), (move, 80, 60), (move, 0, 60))
    way += ((release, 0, 60),)
    for kind, x, y in way:
        at, left = QPointF(x, y), Qt.MouseButton.LeftButton
        shift = Qt.KeyboardModifier.ShiftModifier
        event = QMouseEvent(kind, at, at, left, left, shift)
        QApplication.sendEvent(canvas_of(window), event)
    labels = desk.annotating.document.labels
    assert (labels[:3, :4] == 0).all()
    assert np.count_nonzero(labels == 255) == 48 - 12


def test_proposal_goes_with_accept_all_and_comes_back_with_undo(window, desk):
    bar = window.centre.proposal_bar
    labels = np.zeros((6, 8), np.uint8)
    labels[:, 4:] = 1
    propose(desk, labels)
    desk.commands.run("model.accept_all")
    assert not bar.isVisible()
    desk.commands.run("edit.undo")
    assert bar.isVisible()
    desk.commands.run("edit.redo")
    assert not bar.isVisible()


def test_messages_lie_over_the_bar_when_it_is_there(window, desk):
    desk.notices.post(Notice(Level.ERROR, "It failed."))
    (card,) = window.findChildren(NoticeCard)
    low = card.y()
    propose(desk, np.zeros((6, 8), np.uint8))
    bar = window.centre.proposal_bar
    top = bar.mapTo(window, QPoint(0, 26)).y()
    assert card.geometry().adjusted(22, 22, -22, -22).bottom() < top
    desk.session.set_proposal(None)
    assert card.y() == low


# ------------------------------------------------------------------ the keyboard


def test_canvas_has_the_keyboard_when_the_window_comes_up(window, qtbot):
    window.app_bar.bell.setFocus()
    QApplication.sendEvent(window, QEvent(QEvent.Type.ActivationChange))
    assert window.focusWidget() is canvas_of(window)
    canvas_of(window).hide()  # as it is until the first image is there
    window.show_welcome()
    window.show_viewer()
    assert window.focusWidget() is window
    canvas_of(window).show()
    assert window.focusWidget() is canvas_of(window)


def test_solo_is_told_and_ended_by_escape(window, desk):
    canvas_of(window).setFocus()
    chip = window.findChild(ClassesDock).head.solo
    desk.session.update_view(solo=1)
    QApplication.processEvents()
    assert chip.isVisible()
    assert chip.text() == "Solo: Road"
    QTest.keyClick(canvas_of(window), Qt.Key.Key_Escape)
    assert desk.session.view.solo is None
    QApplication.processEvents()
    assert not chip.isVisible()


# ------------------------------------------------------------------ what is saved


def test_window_says_what_is_saved(window, desk):
    kept = window.status_bar.kept
    assert kept.words == ""
    desk.annotating.set_status(ItemStatus.REVIEW)
    assert kept.words == "Not saved yet"
    assert window.windowTitle().startswith("● a.png")
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert kept.words == "Saved now"
    assert window.windowTitle().startswith("a.png")


def test_done_goes_on_to_the_next_image(window, desk):
    QTest.keyClick(canvas_of(window), Qt.Key.Key_Q)
    assert desk.projects.facts("a.png").status is ItemStatus.DONE
    assert desk.opening.called("next") == [()]
    desk.commands.run("file.next_unlabelled")
    assert desk.opening.called("show") == [(1,)]

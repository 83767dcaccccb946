"""Without a mouse, and for a screen reader: names, the way of Tab, the loop by keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QScrollBar,
    QWidget,
)

from segdesk.core.item_status import ItemStatus
from segdesk.gui.components.focus import FocusRing
from segdesk.gui.components.menu import KEY_PROPERTY
from segdesk.gui.dialogs.training.dialog import TrainingDialog
from segdesk.gui.docks.models import ModelsDock
from segdesk.gui.layouts import LayoutId

WAIT_MS = 20_000
NO_KEY = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
_CONTROLS = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit)


def nameless(root: QWidget) -> list[str]:
    """Return what can be used but has no name that could be read out."""
    return [
        f"{type(part).__name__} in {type(part.parentWidget()).__name__}"
        for part in (root, *root.findChildren(QWidget))
        if _is_usable(part) and not _name(part)
    ]


def _name(part: QWidget) -> str:
    words = part.text() if isinstance(part, QAbstractButton) else ""
    return part.accessibleName() or words


def _is_usable(part: QWidget) -> bool:
    if isinstance(part, QScrollBar | QLabel) or part.objectName().startswith("qt_"):
        return False
    parent = part.parentWidget()
    if isinstance(parent, QAbstractScrollArea):
        return False  # a viewport: its view has the name
    if parent is not None and isinstance(parent.parentWidget(), QComboBox):
        return False  # the list of a choice that unfolds as a menu here
    can_focus = part.focusPolicy() is not Qt.FocusPolicy.NoFocus
    return isinstance(part, _CONTROLS) or can_focus


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
    """Press a key wherever the keyboard is."""
    QTest.keyClick(QApplication.focusWidget(), key, modifier)


def tab_to(part: QWidget) -> None:
    """Press Tab until a part has the keyboard, once round the window at most."""
    for _ in range(200):
        if part.hasFocus():
            return
        press(Qt.Key.Key_Tab)
    pytest.fail(f"no way to {type(part).__name__}")


def test_everything_that_can_be_used_has_a_name_in_every_layout(desktop, qtbot):
    window = desktop.window
    for layout in LayoutId:
        window.set_layout(layout)
        page = window.work_pages.shown
        for _ in range(200):
            if page is None or not getattr(page, "steps", None):
                break
            if next(page.steps, None) is None:
                break
        QApplication.processEvents()
    assert nameless(window) == []


def test_every_dialog_of_the_window_has_names_and_a_place_for_the_keyboard(
    desktop, qtbot
):
    commands = ("app.settings", "app.keys", "app.about", "model.zoo", "app.commands")
    for command_id in commands:
        desktop.context.commands.run(command_id)
        QApplication.processEvents()
        for dialog in desktop.window.findChildren(QDialog):
            assert nameless(dialog) == [], command_id
            assert dialog.focusWidget() is not None, command_id
            dialog.close()
        QApplication.processEvents()


def test_tab_goes_once_round_the_window_and_shows_where_it_is(desktop, qtbot, pictures):
    window, session = desktop.window, desktop.context.session
    desktop.context.opening.open_paths([pictures])
    qtbot.waitUntil(lambda: session.image is not None)
    window.activateWindow()
    desktop.context.class_editing.add("thing")
    QApplication.processEvents()
    desktop.context.viewer.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    seen: list[QWidget] = []
    for _ in range(200):
        focused = QApplication.focusWidget()
        if focused in seen:
            break
        seen.append(focused)
        assert focused.isVisible()
        assert focused.accessibleName(), type(focused).__name__
        press(Qt.Key.Key_Tab)
        ring = window.findChild(FocusRing, "focusRing")
        here = QApplication.focusWidget()
        if isinstance(here, QAbstractButton | QComboBox | QAbstractSlider):
            assert ring.target is here, type(here).__name__
    first = window.dock_host.dock("files")
    last = window.dock_host.dock("history")
    areas = (window.app_bar, first, window.centre.strip, last, window.status_bar)
    for area in areas:
        assert any(area.isAncestorOf(part) for part in seen), type(area).__name__


def test_the_loop_goes_by_keys_alone(desktop, qtbot, pictures):
    context = desktop.context
    context.opening.open_paths([pictures])
    qtbot.waitUntil(lambda: context.session.image is not None)
    desktop.window.activateWindow()
    context.viewer.canvas.setFocus()
    press(Qt.Key.Key_2, CTRL)
    models = desktop.window.findChild(ModelsDock).view
    tab_to(models)
    while models.currentIndex().data() != "Steady model":
        press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: context.predicting.is_ready, timeout=WAIT_MS)
    press(Qt.Key.Key_Escape)
    assert context.viewer.canvas.hasFocus()
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: context.session.proposal is not None, timeout=WAIT_MS)
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: context.annotating.document.history.undoable is not None)
    done = context.session.image.path
    press(Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: context.session.image.path != done)
    project = context.projects.project
    assert project.facts(project.item_of(done)).status is ItemStatus.DONE

    press(Qt.Key.Key_T, CTRL)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    form = QApplication.activeModalWidget()
    assert isinstance(form, TrainingDialog)
    tab_to(form.next)
    press(Qt.Key.Key_Return)
    assert form.pages.currentIndex() == 1
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)


def test_a_changed_key_works_and_is_shown_at_once(desktop, qtbot, pictures):
    context = desktop.context
    context.opening.open_paths([pictures])
    qtbot.waitUntil(lambda: context.session.image is not None)
    desktop.window.activateWindow()
    context.viewer.canvas.setFocus()
    first = context.session.image.path
    context.settings.update(keymap="cvat", keys={"app.commands": ("Ctrl+P",)})
    press(Qt.Key.Key_F)
    qtbot.waitUntil(lambda: context.session.image.path != first)
    assert desktop.window.command_actions.row("file.next").property(KEY_PROPERTY) == "F"
    assert desktop.window.app_bar._search._key == "Ctrl+P"
    press(Qt.Key.Key_P, CTRL)
    palette = desktop.window._palette
    assert palette is not None
    assert palette.isVisible()
    palette.dismiss()

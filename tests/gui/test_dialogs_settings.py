"""The dialogs of settings and keys: found, changed, reset, told before it is done."""

import pytest
from fake_workers import ImmediateExecutor
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QSlider

from segdesk.app.annotate.label_tints import LabelTints
from segdesk.app.files.thumbnails import Thumbnails
from segdesk.app.settings.in_force import SettingsInForce
from segdesk.app.settings.preferences import SHOWN
from segdesk.app.settings.schema import Group, Kind
from segdesk.gui.components.choices import Segmented, Switch
from segdesk.gui.components.number_field import NumberField
from segdesk.gui.dialogs.keys import KeysDialog
from segdesk.gui.dialogs.settings import SettingsDialog


@pytest.fixture
def keyed(context):
    """Let the keys follow the settings, as the program does."""
    context.settings.changed.connect(
        lambda now: context.keymap.use(now.keymap, now.keys)
    )
    return context


@pytest.fixture
def dialog(keyed, qtbot):
    dialog = SettingsDialog(keyed, None)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.finish()
    return dialog


def titles(dialog):
    dialog.finish()
    rows = sorted(dialog.rows.values(), key=lambda row: row.y())
    return [row.setting.title for row in rows if row.isVisible()]


def test_settings_show_a_page_and_what_a_search_finds(dialog):
    wanted = [one.title for one in SHOWN if one.group is Group.LOOK]
    assert titles(dialog) == wanted
    dialog.search.setText("colour blind")
    dialog.search_now()
    assert titles(dialog) == ["Colours of classes"]
    dialog.search.setText("xyzzy")
    dialog.search_now()
    assert titles(dialog) == []
    dialog.search.clear()
    dialog.groups.findChildren(QPushButton)[2].click()
    assert titles(dialog) == [one.title for one in SHOWN if one.group is Group.DRAW]


def test_settings_are_in_force_at_once_and_go_back_by_their_button(dialog, keyed):
    row = dialog.rows["reduce_motion"]
    assert not row.back.isVisible()
    row.control.click()
    assert keyed.settings.preferences.reduce_motion
    assert row.back.isVisible()
    row.back.click()
    assert not keyed.settings.preferences.reduce_motion
    assert not row.back.isVisible()


def test_every_control_of_the_settings_changes_its_setting(dialog, keyed):
    for group in Group:
        dialog.groups.chosen.emit(group)
        dialog.finish()
    assert set(dialog.rows) == {one.name for one in SHOWN}
    for name, row in dialog.rows.items():
        one, control = row.setting, row.control
        if name == "keymap" or one.kind in (Kind.FOLDER, Kind.DEVICE):
            continue
        if isinstance(control, Switch):
            control.click()
        elif isinstance(control, NumberField):
            control.edited.emit(int(one.high))
        elif isinstance(control, Segmented):
            control.chosen.emit(list(one.choices)[-1])
        elif one.kind is Kind.SHARE:
            slider = control.findChild(QSlider)
            slider.setValue(slider.maximum())
            slider.moved.emit(slider.value())
        else:
            control.setCurrentIndex(control.count() - 1)
            control.activated.emit(control.currentIndex())
        value = getattr(keyed.settings.preferences, name)
        assert value != one.default or list(one.choices)[-1:] == [value], name


def test_settings_say_when_a_change_waits_for_the_next_start(dialog, keyed):
    row = dialog.rows["ui_scale"]
    keyed.settings.update(ui_scale="150")
    assert row.later.isVisible()
    assert row.later.text() == "In force at the next start."
    keyed.settings.update(ui_scale="system")
    assert not row.later.isVisible()


def test_settings_reach_the_journeys_that_work_by_them(context):
    thumbnails = Thumbnails(ImmediateExecutor())
    tints = LabelTints(thumbnails, context.projects, context.session, context.autosave)
    context.predicting.kept.limit_disk = lambda _bytes: None
    SettingsInForce(context, tints)
    context.settings.update(
        autosave_s=9,
        opacity=0.8,
        brush_size=7,
        paint_rule="unlabelled",
        class_palette="okabe-ito",
        thumbnail_labels=False,
        min_confidence=0.5,
        keymap="cvat",
    )
    assert context.autosave.quiet_s == 9
    assert context.session.view.opacity == 0.8
    assert context.session.view.min_confidence == 0.5
    assert context.annotating.choices.options.brush_size == 7
    assert context.annotating.choices.rule.kind == "unlabelled"
    assert context.class_editing.colour_for("thing") == "#E69F00"
    assert not tints.is_on
    assert context.keymap.shown("file.next") == "F"
    context.session.update_view(pixel_grid=False, opacity=0.3)
    assert not context.settings.preferences.pixel_grid
    assert context.settings.preferences.opacity == 0.3


# ------------------------------------------------------------------------------ keys


@pytest.fixture
def keys(keyed, qtbot):
    dialog = KeysDialog(keyed, None, "view.fit")
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def shown_rows(dialog):
    rows = map(dialog.model.row_at, range(dialog.model.rowCount()))
    return [row.id for row in rows if row and row.id]


def test_keys_dialog_has_every_command(keys, keyed):
    assert set(shown_rows(keys)) == set(keyed.keymap.ids)


def test_a_pressed_key_is_added_and_a_taken_one_is_told_first(keys, keyed):
    keys.editor.capture.setFocus()
    QTest.keyClick(keys.editor.capture, Qt.Key.Key_F3)
    assert keyed.keymap.keys("view.fit") == ("F", "F3")
    QTest.keyClick(keys.editor.capture, Qt.Key.Key_D)
    assert keyed.keymap.keys("view.fit") == ("F", "F3")
    assert "“Next image”" in keys.editor.words.text()
    assert keys.editor.take.isVisible()
    keys.editor.leave.click()
    assert keyed.keymap.owner("D") == "file.next"
    QTest.keyClick(keys.editor.capture, Qt.Key.Key_D)
    keys.editor.take.click()
    assert keyed.keymap.owner("D") == "view.fit"
    keys.editor.reset.click()
    assert keyed.keymap.keys("view.fit") == ("F",)


def test_keys_are_found_by_pressing_them(keys):
    keys._switch.click()
    QTest.keyClick(keys.by_key, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert shown_rows(keys) == ["file.save"]


def test_a_preset_is_chosen_and_own_keys_are_reset(keys, keyed):
    keys.preset.setCurrentIndex(keys.preset.findData("cvat"))
    keys.preset.activated.emit(keys.preset.currentIndex())
    assert keyed.keymap.shown("file.next") == "F"
    assert not keys.reset_all.isEnabled()
    keyed.settings.update(keys={"view.fit": ("F3",)})
    assert keys.reset_all.isEnabled()
    keys.reset_all.click()
    assert keyed.keymap.shown("view.fit") == "Ctrl+Shift+F"
    keyed.toasts[-1].undo()
    assert keyed.keymap.shown("view.fit") == "F3"

"""A start without the user's settings, and when it is offered."""

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segdesk.app.files.folders import use_chosen_folders
from segdesk.core.paths import models_dir, user_cache_dir, user_config_dir
from segdesk.gui import safe_start
from segdesk.gui.dialogs.safe_start import SafeStartDialog
from segdesk.gui.safe_start import StartWatch, offered, tell_safe
from segdesk.gui.start_settings import prepare_environment, read_settings


@pytest.fixture
def written(segdesk_home):
    path = user_config_dir() / "settings.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('theme = "light"\nui_scale = "150"\nmodels_folder = "/elsewhere"\n')
    return path


def test_safe_mode_is_offered_after_two_starts_without_a_window(
    written, monkeypatch, tmp_path
):
    asked = []
    monkeypatch.setattr(safe_start, "_ask", lambda failed: bool(asked.append(failed)))
    for _ in range(2):
        watch = StartWatch(tmp_path)
        assert not watch.is_due
        offered(read_settings(), watch)
    watch = StartWatch(tmp_path)
    monkeypatch.setattr(safe_start, "_ask", lambda failed: asked.append(failed) or True)
    settings = offered(read_settings(), watch).settings
    assert asked == [2]
    assert settings.is_passing
    assert settings.preferences.theme == "dark"
    watch.settle()
    assert not StartWatch(tmp_path).is_due


def test_safe_mode_leaves_files_alone_until_it_is_asked_to_reset(
    written, context, qtbot
):
    settings = read_settings(is_safe=True).settings
    settings.update(theme="system")
    assert settings.writer()() is None
    context.settings = settings
    tell_safe(context)
    reset = context.posted[-1].verbs[0]
    assert written.read_text().startswith('theme = "light"')
    reset.run()
    assert not written.exists()
    assert [path.name[:20] for path in written.parent.glob("settings*")] == [
        "settings.toml.before"
    ]


def test_question_of_a_safe_start_takes_enter_for_yes(qtbot):
    dialog = SafeStartDialog(2)
    qtbot.addWidget(dialog)
    dialog.show()
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert dialog.result() == SafeStartDialog.DialogCode.Accepted


def test_scale_and_folders_are_in_force_before_there_is_a_window(written, monkeypatch):
    for name in ("QT_SCALE_FACTOR", "SEGDESK_MODELS", "SEGDESK_CACHE"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    prepare_environment(read_settings())
    assert os.environ["QT_SCALE_FACTOR"] == "1.5"
    assert str(models_dir()) == "/elsewhere"
    assert user_cache_dir().parts[-1] == "cache"
    monkeypatch.delenv("SEGDESK_MODELS")
    use_chosen_folders()  # as the command line does
    assert str(models_dir()) == "/elsewhere"

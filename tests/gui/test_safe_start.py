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
from segdesk.gui.start_settings import StartChoice, prepare_environment, read_settings


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
    answers = [StartChoice.SAFE]

    def ask(failed):
        asked.append(failed)
        return answers.pop()

    monkeypatch.setattr(safe_start, "_ask", ask)
    for _ in range(2):
        watch = StartWatch(tmp_path)
        assert not watch.is_due
        offered(read_settings(), watch)
    watch = StartWatch(tmp_path)
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


@pytest.mark.parametrize(
    ("failed", "choice"), [(2, StartChoice.SAFE), (0, StartChoice.USUAL)]
)
def test_question_before_a_start_takes_enter_for_the_likelier_answer(
    qtbot, failed, choice
):
    dialog = SafeStartDialog(failed)
    qtbot.addWidget(dialog)
    dialog.show()
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert dialog.choice is choice


def test_start_is_as_on_the_first_day_when_a_crash_is_answered_by_a_reset(
    written, monkeypatch, tmp_path, qtbot
):
    def reset(failed):
        dialog = SafeStartDialog(failed)
        qtbot.addWidget(dialog)
        QTest.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
        return dialog.choice

    monkeypatch.setattr(safe_start, "_ask", reset)
    watch = StartWatch(tmp_path)
    settings = offered(read_settings(), watch, "Segmentation fault").settings
    assert settings.preferences.theme == "dark"
    assert not settings.is_passing
    assert not written.exists()
    assert len(list(written.parent.glob("settings.toml.before-*"))) == 1


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

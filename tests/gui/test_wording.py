"""Tests of words on widgets that follow the language."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from segdesk.core import language
from segdesk.core.language import plural, tr
from segdesk.gui import wording
from segdesk.gui.components import Button, Label, Select
from segdesk.gui.wording import put, speak


@pytest.fixture(autouse=True)
def english():
    yield
    speak("en")


def words_of(window: QWidget) -> set[str]:
    """Return all that the widgets of a window say, with whom says it."""
    said = set()
    for widget in (window, *window.findChildren(QWidget)):
        for name in ("text", "accessibleName", "placeholderText", "toolTip", "title"):
            read = getattr(widget, name, None)
            text = read() if callable(read) else None
            if isinstance(text, str) and text:
                said.add((type(widget).__name__, name, text))
    return said


def test_speak_says_in_chinese_what_was_put_before(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    button = Button(tr("Save"))
    label, select = Label(tr("Cancel")), Select(tr("Split"))
    select.addItem(tr("All"), 1)
    select.addItem("Save", 2)
    for child in (button, label, select):
        child.setParent(window)

    speak("zh_CN")
    assert (button.text(), label.text()) == ("保存", "取消")
    assert button.accessibleName() == "保存"
    assert [select.itemText(place) for place in (0, 1)] == ["全部", "Save"]

    speak("en")
    assert (button.text(), label.text(), select.itemText(0)) == (
        "Save",
        "Cancel",
        "All",
    )


def test_put_leaves_a_plain_text_alone_when_the_language_changes(qtbot):
    label = QLabel()
    qtbot.addWidget(label)
    put(label.setText, plural(3, "{n} image", "{n:,} images"))
    speak("zh_CN")
    assert label.text() == "3 张图像"
    put(label.setText, "Save")
    speak("en")
    assert label.text() == "Save"


def test_begin_speaks_the_language_of_the_system_when_none_is_chosen(monkeypatch):
    chinese = wording.QLocale(wording.QLocale.Language.Chinese)
    monkeypatch.setattr(wording.QLocale, "system", lambda: chinese)
    wording.begin("system")
    assert language.in_use() == "zh_CN"
    assert QApplication.translate("QPlatformTheme", "Cancel") == "取消"


def test_window_says_the_same_when_it_is_switched_and_when_it_is_made_anew(
    qtbot, segdesk_home
):
    """Nothing is missed by the switch, in either direction."""
    from segdesk.gui.application import Desktop
    from segdesk.gui.start_settings import read_settings

    def made(code: str) -> Desktop:
        start = read_settings()
        start.settings.update(language=code, engine_at_start=False)
        desktop = Desktop(["false"], start)
        qtbot.addWidget(desktop.window)
        desktop.start()
        qtbot.wait(300)
        return desktop

    desktop = made("en")
    desktop.settings.update(language="zh_CN")
    qtbot.wait(50)
    switched = words_of(desktop.window)
    desktop.close()

    again = made("zh_CN")
    anew = words_of(again.window)
    again.close()
    assert any("打开" in text for _, _, text in anew)
    assert switched == anew

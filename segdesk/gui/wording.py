"""Words on widgets, in the language in use.

A widget of Qt keeps the text that it is given, so it is given through `put`, which
knows it again when the language changes. What a widget paints itself, and what a model
answers, goes through `segdesk.core.language.shown` at that moment instead.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import shiboken6
from PySide6.QtCore import QEvent, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QAbstractItemView, QApplication

from segdesk.core import language
from segdesk.core.language import Phrase, shown
from segdesk.gui import theme

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

_kept: "WeakKeyDictionary[QObject, dict[str, str]]" = WeakKeyDictionary()


def put(setter: Callable[[str], object], text: str) -> None:
    """Give a widget or an action a text that follows the language.

    Parameters
    ----------
    setter
        Its own method, bound: `button.setText`.
    """
    owner: QObject = setter.__self__  # type: ignore[attr-defined]
    name: str = setter.__name__
    kept = _kept.get(owner)
    if isinstance(text, Phrase):
        _kept.setdefault(owner, {})[name] = text
    elif kept:
        kept.pop(name, None)
    setter(shown(text))


def given(setter: Callable[[str], object]) -> str:
    """Return the text that was put last, as it was; "" for one without a translation.

    What a widget answers itself is in the language in use: of that no other sentence
    can be made.
    """
    owner: QObject = setter.__self__  # type: ignore[attr-defined]
    return _kept.get(owner, {}).get(setter.__name__, "")


def _meant(language_setting: str) -> str:
    """Return the code of the language that a setting means on this machine."""
    if language_setting != "system":
        return language_setting
    is_chinese = QLocale.system().language() is QLocale.Language.Chinese
    return "zh_CN" if is_chinese else language.ENGLISH


def begin(language_setting: str) -> None:
    """Speak a language from the start, when nothing is shown yet."""
    code = _meant(language_setting)
    language.use(code)
    app = QApplication.instance()
    if app is None:
        return
    for old in app.findChildren(QTranslator):
        app.removeTranslator(old)
        old.deleteLater()
    # What Qt says itself: the buttons of its dialogs, the menu of a text field.
    own = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if own.load(f"qtbase_{code}", folder):
        app.installTranslator(own)


def speak(language_setting: str) -> None:
    """Show everything in another language from now on."""
    if _meant(language_setting) == language.in_use():
        return
    begin(language_setting)
    for owner, texts in list(_kept.items()):
        if shiboken6.isValid(owner):
            for name, text in texts.items():
                getattr(owner, name)(shown(text))
    theme.active().changed.emit()
    for widget in QApplication.allWidgets():
        QApplication.sendEvent(widget, QEvent(QEvent.Type.LanguageChange))
        if isinstance(widget, QAbstractItemView):
            widget.scheduleDelayedItemsLayout()
        widget.updateGeometry()
        widget.update()

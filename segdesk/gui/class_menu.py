"""The menu of a class in the legend."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from segdesk.app.catalog.class_commands import (
    delete_class,
    merge_classes,
    why_not_remapped,
)
from segdesk.app.classes.visibility import hide_others, show_all, toggle_solo
from segdesk.core.language import lowered, shown, tr
from segdesk.gui import icons
from segdesk.gui.item_models.classes_model import ClassRow
from segdesk.gui.item_models.row_menu import RowMenu

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractButton

    from segdesk.app.context import AppContext

_ALWAYS = tr("255 is always there")


def class_menu(
    parent: QWidget,
    context: "AppContext",
    row: ClassRow,
    rename: Callable[[], object],
    recolour: Callable[[], object],
) -> RowMenu:
    """Return what can be done with one class.

    Parameters
    ----------
    rename, recolour
        Begin naming it; let the user choose its colour.
    """
    session, keys = context.session, context.keymap
    menu = RowMenu(parent)
    menu.add(
        "eye",
        tr("End solo") if session.view.solo == row.index else tr("Solo class"),
        partial(toggle_solo, session, row.index),
        key="Alt+Click",
    )
    menu.add("eye-slash", tr("Hide others"), partial(hide_others, session, row.index))
    menu.add("eye", tr("Show all"), partial(show_all, session))
    menu.addSeparator()
    fixed = context.class_editing.why_fixed() or ""
    why = _ALWAYS if row.is_ignore else _small(fixed)
    hatched = tr("ignored pixels are hatched") if row.is_ignore else ""
    key = keys.shown("class.rename")
    menu.add("pencil-simple", tr("Rename"), rename, key=key, why=why)
    menu.add("palette", tr("Change colour"), recolour, why=hatched)
    lock = partial(context.class_editing.toggle_lock, row.index)
    verb, key = tr("Unlock") if row.locked else tr("Lock"), keys.shown("class.lock")
    menu.add("lock-simple", verb, lock, key=key, why=why)
    _add_remapping(menu, context, row)
    menu.addSeparator()
    menu.add("copy", tr("Copy name"), partial(_copy, row.name))
    return menu


def list_menu(
    parent: QWidget,
    context: "AppContext",
    share: "QAbstractButton",
    copy: "Callable[[], object]",
) -> RowMenu:
    """Return what can be done with all classes at once.

    Parameters
    ----------
    share
        Switches between shares and numbers of pixels.
    copy
        Puts the classes on the clipboard as a table.
    """
    why = "" if context.session.classes else tr("no classes yet")
    menu = RowMenu(parent)
    menu.add_switch(tr("Show pixel counts"), share.toggle, checked=share.isChecked())
    menu.add("eye", tr("Show all classes"), partial(show_all, context.session), why=why)
    safe = context.class_editing.use_safe_colours
    menu.add("palette", tr("Use safe colours"), safe, why=why)
    stale = lowered(context.commands.disabled_why("class.write_colours") or "")
    write = partial(context.commands.run, "class.write_colours")
    menu.add("export", tr("Write colours into files"), write, why=stale)
    menu.add("copy", tr("Copy as table"), copy, key="Ctrl+C", why=why)
    return menu


def _add_remapping(menu: RowMenu, context: "AppContext", row: ClassRow) -> None:
    classes = context.session.classes
    names = classes.names if classes else ()
    why = _ALWAYS if row.is_ignore else _small(why_not_remapped(context) or "")
    into = RowMenu(menu, tr("Merge into"))
    into.setIcon(icons.icon("git-merge", active_role="onFill"))
    for index, name in enumerate(names):
        if index != row.index:
            merge = partial(merge_classes, context, row.index, index)
            into.add("arrow-right", name, merge)
    into.fit_width()
    entry = menu.addMenu(into)
    entry.setEnabled(len(names) > 1 and not why)
    entry.setProperty("why", shown(why or tr("there is no other class")))
    menu.add("trash", tr("Delete"), partial(delete_class, context, row.index), why=why)


def _small(why: str) -> str:
    return lowered(why)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)

"""The menus in the head of the files panel: in which order, and what else."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from segdesk.app.batch.finding import BatchSource, SourceKind
from segdesk.core.language import tr
from segdesk.gui.components import IconButton, Tip
from segdesk.gui.item_models.row_menu import RowMenu

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_SORT = ("file.sort_name", "file.sort_status", "file.sort_size", "file.sort_date")
_MORE = (
    "file.open_files",
    "file.open_folder",
    "file.next_unlabelled",
    "file.split",
    "file.import_labels",
    "file.export_labels",
    "batch.open",
    "file.reveal",
)


def list_menus(panel: QWidget, context: "AppContext") -> tuple[QWidget, ...]:
    """Return the buttons that open the menus.

    Parameters
    ----------
    panel
        What the buttons belong to.
    """
    grid = context.commands["file.grid"]
    sort = Tip(
        tr("Sort"), "", tr("By name, status, size or date; folders stay together.")
    )
    more = Tip(tr("More"), "", tr("Open, split, import, export, next unlabelled."))
    return (
        _button("sort-ascending", sort, _SORT, panel, context),
        _switch(grid.icon, Tip(grid.title, "", grid.tip), context),
        _button("dots-three", more, _MORE, panel, context),
    )


def _button(
    icon: str, tip: Tip, ids: tuple[str, ...], panel: QWidget, context: "AppContext"
) -> IconButton:
    button = IconButton(icon, tip)
    button.clicked.connect(partial(_open, button, ids, panel, context))
    return button


def _switch(icon: str, tip: Tip, context: "AppContext") -> IconButton:
    button = IconButton(icon, tip, checkable=True)
    button.setChecked(context.settings.preferences.files_grid)
    button.clicked.connect(partial(_toggle, context))
    context.settings.changed.connect(
        lambda preferences: button.setChecked(preferences.files_grid)
    )
    return button


def _toggle(context: "AppContext", _checked: bool = False) -> None:
    context.commands.run("file.grid")


def row_menu(
    panel: QWidget, context: "AppContext", path: Path, show: Callable[[], object]
) -> RowMenu:
    """Return the menu of one file.

    Parameters
    ----------
    show
        Opens it.
    """
    menu = RowMenu(panel)
    menu.add("image", tr("Open"), show)
    reveal = partial(context.dialogs.reveal, path)
    menu.add("folder-notch-open", tr("Show in folder"), reveal)
    menu.add("copy", tr("Copy path"), partial(copy_path, path))
    return menu


def folder_menu(panel: QWidget, context: "AppContext", folder: Path) -> RowMenu:
    """Return the menu of a folder."""
    menu = RowMenu(panel)
    source = BatchSource(SourceKind.FOLDER, folder)
    predict = partial(context.dialogs.show_batch, context, source)
    why = context.commands.disabled_why("batch.open") or ""
    menu.add("stack", tr("Predict this folder"), predict, why=why)
    reveal = partial(context.dialogs.reveal, folder)
    menu.add("folder-notch-open", tr("Show in file manager"), reveal)
    menu.add("copy", tr("Copy path"), partial(copy_path, folder))
    return menu


def copy_path(path: Path) -> None:
    """Put the path of a file on the clipboard."""
    QGuiApplication.clipboard().setText(str(path))


def _open(
    button: IconButton,
    ids: tuple[str, ...],
    panel: QWidget,
    context: "AppContext",
    _checked: bool = False,
) -> None:
    list_menu(panel, context, ids).open_at(
        button.mapToGlobal(QPoint(0, button.height() + 4))
    )


def list_menu(panel: QWidget, context: "AppContext", ids: tuple[str, ...]) -> RowMenu:
    """Return a menu of commands, as they are at this moment."""
    menu = RowMenu(panel)
    for command_id in ids:
        command = context.commands[command_id]
        run = partial(context.commands.run, command_id)
        if command.checked is not None:
            checked = context.commands.is_checked(command_id)
            menu.add_switch(command.title, run, checked=checked)
        else:
            key = context.keymap.shown(command_id)
            why = context.commands.disabled_why(command_id) or ""
            menu.add(command.icon, command.title, run, key=key, why=why)
    return menu

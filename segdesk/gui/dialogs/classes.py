"""The question for the classes of a model that does not name them."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QWidget,
)

from segdesk.app.classes.names import parse_names, problem_with_names
from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.core.language import plural, shown, tr
from segdesk.gui import theme
from segdesk.gui.components import Button, Kind, Label
from segdesk.gui.dialogs.frame import DialogFrame
from segdesk.gui.item_models.class_names_model import (
    COLOUR,
    COLUMNS,
    NAME,
    ClassNamesDelegate,
    ClassNamesModel,
)
from segdesk.gui.item_models.table_view import HEAD_PX, ROW_PX, TableView
from segdesk.gui.wording import put

_LISTS = tr("Lists of classes (*.json *.txt *.csv);;All files (*)")
_SHOWN_ROWS = 10


def ask_classes(
    parent: QWidget | None, model_name: str, num_classes: int
) -> ClassList | None:
    """Ask for the names of a model's classes.

    Parameters
    ----------
    model_name
        Whose classes.
    num_classes
        How many its head predicts; the answer has exactly as many.

    Returns
    -------
    ClassList | None
        None: the user left it.
    """
    dialog = ClassesDialog(parent, model_name, num_classes)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    classes = dialog.classes() if accepted else None
    dialog.deleteLater()
    return classes


class ClassesDialog(DialogFrame):
    """A table to type into, or to fill from a pasted list or a file."""

    def __init__(
        self, parent: QWidget | None, model_name: str, num_classes: int
    ) -> None:
        super().__init__(
            parent, tr("Classes of {model_name}", model_name=model_name), width=520
        )
        self._count = num_classes
        self._offered: tuple[str, ...] = ()
        self.model = ClassNamesModel(num_classes)
        self.table = _NamesTable(self.model)
        self.add_heading(tr("Name the classes of {model_name}", model_name=model_name))
        self.add_words(
            plural(
                num_classes,
                "It predicts {n} class but does not say what it is. Name it.",
                "It predicts {n} classes but does not say what they are. Name them "
                "in the order in which it was trained.",
            )
        )
        self.paste = Button(tr("Paste list"), icon="clipboard-text", key="Ctrl+V")
        self.load = Button(tr("Load file"), icon="folder-open")
        self.body.addLayout(self._tools())
        self.body.addWidget(self.table)
        rows = min(num_classes, _SHOWN_ROWS)
        height = theme.row_px(HEAD_PX) + rows * theme.row_px(ROW_PX)
        self.table.setFixedHeight(height)
        self.status = Label("", "small", "text2", wrap=True)
        self.status.setMinimumHeight(32)
        self.status.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self.status)
        self.add_cancel(tr("Leave it"))
        self.accept_button = self.add_verb(tr("Name classes"))
        self._connect()
        self._check()
        self.table.setFocus(Qt.FocusReason.PopupFocusReason)

    def classes(self) -> ClassList:
        """Return the answer; ask only when the dialog was accepted."""
        return ClassList(self.model.names, self.model.palette)

    def take_names(self, names: tuple[str, ...]) -> None:
        """Take a list if it has the right length, else say what is wrong with it."""
        self._offered = ()
        if len(names) == self._count:
            self.model.set_names(names)
            return
        if not names:
            self._say(tr("The clipboard holds no list of names."))
            return
        problem = problem_with_names(names, self._count)
        if len(names) == self._count - 1:
            self._offered = ("background", *names)
        self._say(tr("{problem} Nothing was taken.", problem=problem))

    def load_file(self, path: Path) -> None:
        """Take names and colours from a file, or say why not."""
        from segdesk.library.sources import read_classes

        self._offered = ()
        try:
            classes = read_classes(path)
        except InputError as error:
            self._say(str(error))
            return
        if len(classes) == self._count:
            self.model.set_classes(classes)
        else:
            self.take_names(classes.names)

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.paste)
        row.addWidget(self.load)
        row.addStretch(1)
        self.offer = Button(tr("Put background first"), Kind.LINK)
        row.addWidget(self.offer)
        return row

    def _connect(self) -> None:
        self.paste.clicked.connect(self._on_paste_clicked)
        self.load.clicked.connect(self._on_load_clicked)
        self.offer.clicked.connect(self._on_offer_clicked)
        self.table.list_pasted.connect(self._on_paste_clicked)
        self.table.clicked.connect(self._on_table_clicked)
        self.model.edited.connect(self._check)

    def _check(self) -> None:
        """Say how far the naming is; the verb works when it is complete."""
        self._offered = ()
        problem = problem_with_names(self.model.names, self._count)
        is_wrong = bool(problem) and not problem.endswith("named.")
        self._show(
            problem or tr("All classes have a name."), "bad" if is_wrong else "text2"
        )
        self.accept_button.setEnabled(not problem)

    def _say(self, sentence: str) -> None:
        self._show(sentence, "bad")

    def _show(self, sentence: str, role: str) -> None:
        put(self.status.setText, sentence)
        self.status.set_role(role)
        self.offer.setVisible(bool(self._offered))

    def _on_paste_clicked(self) -> None:
        self.take_names(parse_names(QGuiApplication.clipboard().text()))

    def _on_load_clicked(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, shown(tr("Load a list of classes")), "", shown(_LISTS)
        )
        if name:
            self.load_file(Path(name))

    def _on_offer_clicked(self) -> None:
        self.model.set_names(self._offered)

    def _on_table_clicked(self, index: QModelIndex) -> None:
        if index.column() != COLOUR:
            return
        from segdesk.gui.dialogs.colour import ColourPopup

        row = index.row()
        title = self.model.names[row] or tr("class {row}", row=row)
        popup = ColourPopup(self, title, self.model.palette[row])
        popup.chosen.connect(partial(self.model.set_colour, row))
        corner = self.table.visualRect(index).bottomLeft()
        popup.open_at(self.table.viewport().mapToGlobal(corner + QPoint(0, 2)))


class _NamesTable(TableView):
    """Types names row by row: Enter goes on to the next one."""

    list_pasted = Signal()

    def __init__(self, model: ClassNamesModel) -> None:
        cells = ClassNamesDelegate()
        super().__init__(tr("Classes"), COLUMNS, cells)
        cells.list_pasted.connect(self.list_pasted)
        self.setModel(model)
        self.size_columns()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.CurrentChanged | triggers.SelectedClicked | triggers.AnyKeyPressed
        )
        self.setCurrentIndex(model.index(0, NAME))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste a list into the table."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.list_pasted.emit()
        else:
            super().keyPressEvent(event)

    def closeEditor(
        self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint
    ) -> None:
        """Go on to the next name after Enter."""
        goes_on = hint is QAbstractItemDelegate.EndEditHint.SubmitModelCache
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        row = self.currentIndex().row() + 1
        if goes_on and row < self.model().rowCount():
            self.setCurrentIndex(self.model().index(row, NAME))

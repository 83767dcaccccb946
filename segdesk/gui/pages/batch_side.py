"""The right of a batch: the chosen image, its classes, what was written of it."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from segdesk.app.batch.preview import BatchPreview, PreviewLook, WrittenFile
from segdesk.app.batch.rows import BatchRow
from segdesk.core.language import shown, tr
from segdesk.gui import icons, theme
from segdesk.gui.command_buttons import command_button
from segdesk.gui.components import (
    ElidedLabel,
    Hairline,
    IconButton,
    Label,
    Segment,
    Segmented,
    Tip,
)
from segdesk.gui.components.painting import RADIUS_CONTROL, rounded, rounded_path
from segdesk.gui.item_models import figures
from segdesk.gui.item_models.class_rows import (
    ROW_PX,
    ClassColumns,
    PictureClass,
    PictureClassesDelegate,
    PictureClassesHead,
    PictureClassesModel,
)
from segdesk.gui.item_models.row_delegate import LEFT, RIGHT, Role, draw_text, ink
from segdesk.gui.item_models.row_view import RowView
from segdesk.gui.qimage import ArrayImage, rgb_image
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segdesk.app.context import AppContext
    from segdesk.core.classes import ClassList

WIDTH = 320
_MARGIN = 12
_COLUMNS = ClassColumns(has_confidence=True)
_PICTURE_PX = WIDTH - 2 * _MARGIN
_CONFIDENCE_PX = 92
_FINE = 2
_LEAST_PX, _MOST_PX, _SHORT_PX = 96, 280, 200
_SHORT_WINDOW = 780
_SOON_MS = 60
_OTHERS_PX, _LEAST_LIST_PX = 232, 60
_LOOKS = {
    PreviewLook.OVERLAY: tr("Overlay"),
    PreviewLook.MASK: tr("Mask"),
    PreviewLook.SIDE: tr("Side"),
    PreviewLook.CONFIDENCE: tr("Confidence"),
}
_ICONS = {
    "summary": "table",
    "measurements": "table",
    "labelme": "polygon",
    "coco": "polygon",
    "cvat": "polygon",
    "yolo": "polygon",
}


class PreviewPicture(QWidget):
    """A picture with round corners, as wide as the panel."""

    def __init__(self) -> None:
        super().__init__()
        put(self.setAccessibleName, tr("Preview"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._picture: ArrayImage | None = None
        self._words = ""
        self._most = _MOST_PX

    def show_picture(self, picture: ArrayImage | None, words: str = "") -> None:
        """Show a picture; without one, words."""
        before = self.sizeHint()
        self._picture, self._words = picture, words
        if self.sizeHint() != before:
            self.updateGeometry()
        self.update()

    def set_most(self, height: int) -> None:
        """Let it be at most so high, in px."""
        if height != self._most:
            self._most = height
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the height that the picture's form asks for."""
        if self._picture is None:
            return QSize(_PICTURE_PX, round(_PICTURE_PX * 0.62))
        image = self._picture.image
        height = round(_PICTURE_PX * image.height() / max(1, image.width()))
        return QSize(_PICTURE_PX, min(max(height, _LEAST_PX), self._most))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, whole and in the middle."""
        del event
        painter = QPainter(self)
        whole = QRectF(self.rect())
        rounded(painter, whole, RADIUS_CONTROL, theme.color("canvas"))
        if self._picture is None:
            pen = ink("small", "text3")
            middle = int(Qt.AlignmentFlag.AlignCenter)
            draw_text(
                painter, self.rect().adjusted(8, 0, -8, 0), self._words, pen, middle
            )
            return
        image = self._picture.image
        scale = min(whole.width() / image.width(), whole.height() / image.height())
        box = QRectF(0, 0, image.width() * scale, image.height() * scale)
        box.moveCenter(whole.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipPath(rounded_path(whole, RADIUS_CONTROL))
        painter.drawImage(box, image)


class _FileLine(QWidget):
    """A file with its size; a click shows it in its folder."""

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self._context = context
        self._path: Path | None = None
        self._icon, self._name, self._size = "", "", ""
        self.setFixedHeight(theme.row_px(24))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_file(self, path: Path, icon: str, name: str, size: str) -> None:
        """Show a file."""
        self._path, self._icon, self._name, self._size = path, icon, name, size
        put(self.setAccessibleName, tr("{name}, {size}", name=name, size=size))
        put(self.setToolTip, tr("{path}\nClick to show it in its folder", path=path))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._path is not None:
            self._context.dialogs.reveal(self._path)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        role = "text" if self.underMouse() else "text2"
        box = QRectF(0, self.height() / 2 - 7, 14, 14)
        icons.paint(painter, box, self._icon, theme.color("text3"))
        numbers = ink("small", "text3", tabular=True)
        draw_text(painter, self.rect(), self._size, numbers, RIGHT)
        name = self.rect().adjusted(24, 0, -64, 0)
        middle = Qt.TextElideMode.ElideMiddle
        draw_text(painter, name, self._name, ink("small", role), LEFT, middle)


class BatchSide(QWidget):
    """What is known of the chosen image.

    Parameters
    ----------
    context
        The application.
    """

    def __init__(self, context: "AppContext") -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self._context = context
        self._batches = context.batches
        self._row: BatchRow | None = None
        self._preview: BatchPreview | None = None
        self._asked: tuple[object, ...] = ()
        self.title = ElidedLabel("", "dock", mode=Qt.TextElideMode.ElideMiddle)
        command = context.commands["batch.show_image"]
        tip = Tip(command.title, "Enter", command.tip)
        self.open = IconButton(command.icon, tip)
        self.open.clicked.connect(partial(self._run, command.id))
        self.picture = PreviewPicture()
        self.looks = Segmented(
            [Segment(look, words) for look, words in _LOOKS.items()],
            tr("Preview"),
            least_px=(_PICTURE_PX - 4 - _CONFIDENCE_PX) // 3,
        )
        self.looks.choose(PreviewLook.OVERLAY)
        self.looks.chosen.connect(lambda _: self._paint())
        self.classes = PictureClassesModel()
        self.view = RowView(
            PictureClassesDelegate(_COLUMNS), tr("Classes of the image")
        )
        self.view.setSelectionMode(RowView.SelectionMode.NoSelection)
        self.view.setModel(self.classes)
        self.view.part_clicked.connect(self._on_view_part_clicked)
        self.trouble = Label("", "small", "bad", wrap=True)
        self.trouble.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        self._classes_head, self._line = PictureClassesHead(_COLUMNS), Hairline()
        self._written_title = Label(tr("Written"), "dock")
        self.files: list[_FileLine] = []
        self.drafts = command_button(context, "batch.drafts", shows_key=False)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._read)
        self._fit_soon = QTimer(self, singleShot=True, interval=0)
        self._fit_soon.timeout.connect(self._fit_classes)
        self._build()

    def _build(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(0, 6, 0, 12)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(_MARGIN, 0, 8, 4)
        head.addWidget(self.title, 1)
        head.addWidget(self.open)
        column.addLayout(head)
        inside = QVBoxLayout()
        inside.setContentsMargins(_MARGIN, 0, _MARGIN, 8)
        inside.setSpacing(8)
        inside.addWidget(self.picture)
        inside.addWidget(self.looks)
        column.addLayout(inside)
        column.addWidget(Hairline())
        column.addWidget(self.trouble)
        column.addWidget(self._classes_head)
        column.addWidget(self.view)
        column.addWidget(self._line)
        self._written = QVBoxLayout()
        self._written.setContentsMargins(_MARGIN, 8, _MARGIN, 10)
        self._written.setSpacing(0)
        self._written.addWidget(self._written_title)
        self._written.addSpacing(4)
        column.addLayout(self._written)
        column.addStretch(1)
        foot = QVBoxLayout()
        foot.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        self.drafts.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed
        )
        foot.addWidget(self.drafts)
        column.addLayout(foot)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(Hairline(vertical=True))
        across.addLayout(column, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the panel's surface."""
        QPainter(self).fillRect(event.rect(), theme.color("panel"))

    # ------------------------------------------------------------ what is shown

    def set_window_height(self, height: int) -> None:
        """Give the picture what the window has room for."""
        self.picture.set_most(_SHORT_PX if height < _SHORT_WINDOW else _MOST_PX)

    def show_row(self, row: BatchRow | None) -> None:
        """Show an image; one that is the same and as far as before is left alone."""
        run = self._batches.shown
        self.refresh_verbs()
        is_live = run is not None and run.is_live
        key = (row, run.classes if run else None, run, is_live)
        if key == self._asked:
            return
        is_other = self._row is None or row is None or row.index != self._row.index
        self._asked, self._row = key, row
        self.title.set_text(row.title if row else tr("No image chosen"))
        self.open.setEnabled(row is not None)
        classes = run.classes if run else None
        self.classes.show_classes(classes, _rows_of(row, classes))
        put(self.trouble.setText, row.error if row else "")
        has_result = row is not None and row.has_result
        self.trouble.setVisible(bool(self.trouble.text()))
        for part in (self._classes_head, self.view, self._line, self._written_title):
            part.setVisible(has_result)
        if is_other:
            self._preview = None
            self._show_files(())
            self._paint()
        self._soon.start()

    def _fit_classes(self) -> None:
        """Let the list be as high as its classes, as far as there is room."""
        rows = theme.row_px(ROW_PX) * self.classes.rowCount()
        lines = sum(not line.isHidden() for line in self.files)
        others = self.picture.height() + _OTHERS_PX + lines * theme.row_px(24)
        room = self.height() - others
        self.view.setFixedHeight(max(_LEAST_LIST_PX, min(rows, room)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the list into what there is."""
        super().resizeEvent(event)
        self._fit_soon.start()

    def refresh_verbs(self) -> None:
        """Show what can be done."""
        why = self._context.commands.disabled_why("batch.drafts")
        self.drafts.setEnabled(why is None)
        put(self.drafts.setToolTip, why or "")
        count = len(self._batches.chosen)
        words = tr("Open as draft annotations")
        if count > 1:
            words = tr("Open {count} as draft annotations", count=figures.number(count))
        if self.drafts.text() != shown(words):
            put(self.drafts.setText, words)

    def _read(self) -> None:
        row = self._row
        if row is not None:
            size = _PICTURE_PX * _FINE
            self._batches.read_preview(row.index, size, self._on_read)

    def _on_read(self, preview: BatchPreview) -> None:
        if self._row is not None and preview.index == self._row.index:
            self._preview = preview
            self._paint()
            self._show_files(preview.files)

    def _paint(self) -> None:
        preview, run = self._preview, self._batches.shown
        if preview is None or run is None:
            words = (
                tr("Choose an image of the table")
                if self._row is None
                else tr("Reading")
            )
            self.picture.show_picture(None, words)
            return
        look = PreviewLook(self.looks.choice())
        picture = preview.picture(look, run.classes, self.classes.hidden)
        if picture is None:
            self.picture.show_picture(None, tr("The image cannot be read"))
        elif self._row is not None and self._row.has_result and not preview.has(look):
            words = tr("{looks} was not written", looks=_LOOKS[look])
            self.picture.show_picture(None, words)
        else:
            self.picture.show_picture(rgb_image(picture))

    def _show_files(self, files: tuple[WrittenFile, ...]) -> None:
        run = self._batches.shown
        while len(self.files) < len(files):
            line = _FileLine(self._context)
            self.files.append(line)
            self._written.addWidget(line)
        for at, line in enumerate(self.files):
            line.setVisible(at < len(files))
        for line, one in zip(self.files, files, strict=False):
            name = one.path.name
            if run is not None and one.path.is_relative_to(run.out_dir):
                name = one.path.relative_to(run.out_dir).as_posix()
            icon = _ICONS.get(one.kind, "image")
            line.show_file(one.path, icon, name, _size(one.size_bytes))
        self._fit_soon.start()

    # ------------------------------------------------------------ what is done

    def _run(self, command_id: str, _checked: bool = False) -> None:
        self._context.commands.run(command_id)

    def _on_view_part_clicked(self, index: QModelIndex, part: str) -> None:
        row = index.data(Role.ROW)
        if part == "eye" and isinstance(row, PictureClass):
            self.classes.toggle(row.index)
            self._paint()


def _size(count: int) -> str:
    if count < 999_500:
        return f"{figures.number(max(1, round(count / 1000)))} kB"
    return figures.megabytes(count)


def _rows_of(
    row: BatchRow | None, classes: "ClassList | None"
) -> "Iterator[PictureClass]":
    """Yield the classes that an image has, in the order of their indices."""
    if row is None or classes is None:
        return
    for index, share in enumerate(row.shares[: len(classes)]):
        if share > 0:
            sure = row.confidences[index] if row.confidences else None
            name, colour = classes.names[index], classes.palette[index]
            yield PictureClass(index, name, colour, share, sure)

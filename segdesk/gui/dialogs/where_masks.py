"""Where are the masks? Two folders become a project, in place."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QGridLayout, QWidget

from segdesk.core.language import joined, shown, tr
from segdesk.gui.components import Button, ElidedLabel, Label, Select, ThinProgress
from segdesk.gui.dialogs.frame import DialogFrame
from segdesk.gui.item_models import figures
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.exchange.mask_finding import MaskFinding
    from segdesk.formats.layout_finding import FoundLayouts, LayoutFit

_WIDTH = 640
_WORDS_PX = 108


def ask_where_masks(parent: QWidget | None, finding: "MaskFinding") -> bool:
    """Let the user choose both folders; tells whether a project shall be made."""
    dialog = WhereMasksDialog(parent, finding)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    finding.close()
    dialog.deleteLater()
    return accepted


class WhereMasksDialog(DialogFrame):
    """Asks for two folders and shows which mask belongs to which image."""

    def __init__(self, parent: QWidget | None, finding: "MaskFinding") -> None:
        super().__init__(parent, tr("Where are the masks?"), width=_WIDTH)
        self._finding = finding
        self.add_heading(tr("Where are the masks?"))
        self.add_words(
            tr(
                "Images and masks stay where they are. Masks are PNGs whose values "
                "are the classes; SegDesk writes into them when you paint."
            )
        )
        self.images = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.masks = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.rule = Select(tr("Names"), height=28)
        self.busy = ThinProgress(tr("Reading masks"), height=2)
        self._add_grid()
        self.words = self.add_words("")
        self.problem = self.add_words("", "warn")
        self.add_cancel()
        self.verb = self.add_verb(tr("Make project"), icon="folder-plus")
        self.rule.activated.connect(finding.choose)
        self._stop = finding.changed.connect(self._refresh)
        self.finished.connect(lambda _: self._stop())
        self._refresh()

    def _add_grid(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 10, 0, 4)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        grid.setColumnMinimumWidth(0, _WORDS_PX)
        grid.setColumnStretch(1, 1)
        rows = (
            (tr("Images"), self.images, self._on_images_clicked),
            (tr("Masks"), self.masks, self._on_masks_clicked),
        )
        for at, (word, label, choose) in enumerate(rows):
            button = Button(tr("Choose"), icon="folder-open")
            put(
                button.setAccessibleName,
                tr("Choose folder of {kind}", kind=word.lower()),
            )
            button.clicked.connect(choose)
            grid.addWidget(Label(word, "body", "text2"), at, 0)
            grid.addWidget(label, at, 1)
            grid.addWidget(button, at, 2)
        grid.addWidget(Label(tr("Names"), "body", "text2"), 2, 0)
        grid.addWidget(self.rule, 2, 1, 1, 2)
        grid.addWidget(self.busy, 3, 1, 1, 2)
        self.body.addLayout(grid)

    def _refresh(self) -> None:
        finding = self._finding
        for label, folder in (
            (self.images, finding.images),
            (self.masks, finding.masks),
        ):
            label.set_text(
                str(folder) if folder else tr("Not chosen"),
                "text" if folder else "text3",
            )
        self._show_rules(finding.found)
        self.busy.setVisible(finding.is_looking)
        if finding.progress and finding.progress[1]:
            self.busy.set_value(finding.progress[0] / finding.progress[1])
        put(self.words.setText, _words(finding.found, finding.fit))
        self.words.setVisible(bool(self.words.text()))
        waits = finding.is_looking or finding.images is None or finding.masks is None
        put(self.problem.setText, "" if waits else finding.problem)
        self.problem.setVisible(bool(self.problem.text()))
        self.verb.setEnabled(not finding.problem)
        put(self.verb.setToolTip, finding.problem)
        self.setFixedHeight(self._column.totalHeightForWidth(_WIDTH))

    def _show_rules(self, found: "FoundLayouts | None") -> None:
        self.rule.clear()
        total = figures.number(found.images) if found else ""
        for fit in found.fits if found else ():
            pairs = tr(
                "{pairs} of {total} images",
                pairs=figures.number(fit.pairs),
                total=total,
            )
            self.rule.addItem(
                tr(
                    "{image}  →  {mask}  ·  {pairs}",
                    image=fit.image,
                    mask=fit.mask,
                    pairs=pairs,
                )
            )
        self.rule.setEnabled(self.rule.count() > 0)
        if self.rule.count():
            self.rule.setCurrentIndex(self._finding.chosen)

    def _on_images_clicked(self) -> None:
        folder = self._ask(tr("Folder of images"))
        if folder is not None:
            self._finding.set_images(folder)

    def _on_masks_clicked(self) -> None:
        folder = self._ask(tr("Folder of masks"))
        if folder is not None:
            self._finding.set_masks(folder)

    def _ask(self, title: str) -> Path | None:
        start = self._finding.masks or self._finding.images
        name = QFileDialog.getExistingDirectory(
            self, shown(title), str(start.parent if start else "")
        )
        return Path(name) if name else None


def _words(found: "FoundLayouts | None", fit: "LayoutFit | None") -> str:
    """Return what would be made, in sentences."""
    if found is None or fit is None:
        return ""
    bare, spare = found.images - fit.pairs, found.masks - fit.pairs
    words = [
        tr("{have} a mask.", have=_have(fit.pairs, tr("image has"), tr("images have")))
    ]
    if bare > 0:
        words.append(
            tr("{have} none yet.", have=_have(bare, tr("image has"), tr("images have")))
        )
    if spare > 0:
        words.append(
            tr("{have} no image.", have=_have(spare, tr("mask has"), tr("masks have")))
        )
    if found.classes is not None:
        count = len(found.classes)
        source = "classes.json" if found.are_named else tr("the values of the masks")
        word = tr("class") if count == 1 else tr("classes")
        words.append(
            tr("{count} {word}, from {source}.", count=count, word=word, source=source)
        )
        if not found.are_named:
            words.append(tr("Rename them in the classes panel."))
    words.append(tr("The project file is written into {folder}.", folder=found.root))
    return joined(" ", words)


def _have(count: int, one: str, many: str) -> str:
    """Return "1 image has" or "4 images have"."""
    form = one if count == 1 else many
    return tr("{count} {form}", count=figures.number(count), form=form)

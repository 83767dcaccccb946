"""The question of how a video is exported, and where to."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from segdesk.app.video.export import KINDS, STRIDES, VideoChoice
from segdesk.app.video.videos import SMOOTH
from segdesk.core.language import plural, shown, tr
from segdesk.gui.components import (
    Button,
    CheckBox,
    Field,
    Label,
    Segment,
    Segmented,
    Select,
)
from segdesk.gui.dialogs.frame import DialogFrame, labelled_row
from segdesk.gui.item_models import figures
from segdesk.gui.timeline.span import clock
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.video.export import VideoExporting
    from segdesk.jobs.video_specs import VideoKind

_WORDS = {
    "overlay": tr("The classes over the picture, as an H.264 film."),
    "side": tr("Picture and overlay side by side, as an H.264 film."),
    "mask": tr("The colours of the classes alone, as an H.264 film."),
    "frames": tr("A folder with the mask and the overlay of every frame, as PNG."),
}


def ask_video_export(
    parent: QWidget | None, exporting: "VideoExporting"
) -> VideoChoice | None:
    """Ask how the open video is exported; None: the user left it."""
    dialog = VideoExportDialog(parent, exporting)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    choice = dialog.choice if accepted else None
    dialog.deleteLater()
    return choice


class VideoExportDialog(DialogFrame):
    """Kind, range, stride, smoothing, target."""

    def __init__(self, parent: QWidget | None, exporting: "VideoExporting") -> None:
        super().__init__(parent, tr("Export video"), width=600)
        self._exporting = exporting
        film = exporting.film
        self.choice = VideoChoice(
            exporting.proposed("overlay"),
            whole=film is None or not film.has_range,
            smooth=exporting.smooth,
        )
        self._is_typed = False
        self.add_heading(tr("Export video"))
        self.words = self.add_words(_WORDS["overlay"])
        self.body.addSpacing(4)
        self._add_kind()
        self._add_range()
        self._add_selects()
        has_sound = film is not None and film.index.facts.audio is not None
        self.audio = CheckBox(tr("Keep the sound"))
        self.audio.setChecked(has_sound)
        self.audio.setEnabled(has_sound)
        self.audio.toggled.connect(self._on_audio)
        self.body.addLayout(labelled_row(tr("Sound"), self.audio))
        self._add_target()
        self.status = Label("", "small", "text2", wrap=True)
        self.status.setMinimumHeight(34)
        self.body.addWidget(self.status)
        self.add_cancel()
        self.verb = self.add_verb(tr("Export"), icon="export")
        self._refresh()

    def _add_kind(self) -> None:
        segments = [Segment(kind, text=words) for kind, words in KINDS.items()]
        self.kind = Segmented(segments, tr("Kind"))
        self.kind.choose("overlay")
        self.kind.chosen.connect(self._on_kind)
        row = labelled_row(tr("Kind"), self.kind, stretch=0)
        row.addStretch(1)
        self.body.addLayout(row)

    def _add_range(self) -> None:
        film = self._exporting.film
        marked = tr("In to out")
        if film is not None:
            begin, end = film.time_of(film.mark_in), film.end_of(film.mark_out)
            marked = tr(
                "In to out, {start} to {end}",
                start=clock(begin, 1),
                end=clock(end, 1),
            )
        segments = [
            Segment("whole", text=tr("Whole video")),
            Segment("range", text=marked),
        ]
        self.part = Segmented(segments, tr("Part"))
        self.part.choose("whole" if self.choice.whole else "range")
        self.part.chosen.connect(self._on_part)
        row = labelled_row(tr("Part"), self.part, stretch=0)
        row.addStretch(1)
        self.body.addLayout(row)

    def _add_selects(self) -> None:
        self.stride = Select(tr("Predict"))
        for stride in STRIDES:
            words = plural(stride, "Every frame", "Every {n}th frame")
            self.stride.addItem(words.replace("2th", "2nd"), stride)
        self.stride.currentIndexChanged.connect(self._on_stride)
        self.body.addLayout(labelled_row(tr("Predict"), self.stride))
        self.smooth = Select(tr("Smooth over"))
        for frames in SMOOTH:
            self.smooth.addItem(
                tr("{frames} frames", frames=frames) if frames > 1 else tr("1 frame"),
                frames,
            )
        self.smooth.setCurrentIndex(SMOOTH.index(self.choice.smooth))
        self.smooth.currentIndexChanged.connect(self._on_smooth)
        self.body.addLayout(labelled_row(tr("Smooth over"), self.smooth))

    def _add_target(self) -> None:
        self.target = Field(tr("Target"))
        self.target.setText(str(self.choice.out))
        self.target.textChanged.connect(self._on_target)
        self.target.textEdited.connect(self._on_typed)
        browse = Button(tr("Choose"), icon="folder-open")
        browse.clicked.connect(self._on_browse)
        row = labelled_row(tr("Into"), self.target)
        row.addWidget(browse)
        self.body.addLayout(row)

    def _refresh(self) -> None:
        exporting, choice = self._exporting, self.choice
        problem = exporting.problem(choice)
        put(self.status.setText, problem or self._estimate())
        self.status.set_role("warn" if problem else "text2")
        put(self.words.setText, _WORDS[choice.kind])
        self.verb.setEnabled(not problem)
        put(self.verb.setToolTip, problem)
        count = exporting.frames(choice)
        put(
            self.verb.setText,
            plural(
                count,
                "Export 1 frame",
                "Export {count} frames",
                count=figures.number(count),
            ),
        )

    def _estimate(self) -> str:
        exporting, choice = self._exporting, self.choice
        size = figures.megabytes(exporting.bytes_of(choice))
        seconds = exporting.seconds_of(choice)
        took = tr(", {time}", time=figures.rough_duration(seconds)) if seconds else ""
        return tr(
            "About {size}{took}. {model_name} predicts it.",
            size=size,
            took=took,
            model_name=exporting.model_name,
        )

    def _on_kind(self, kind: str) -> None:
        wanted = cast("VideoKind", kind)
        self.choice = replace(self.choice, kind=wanted)
        if not self._is_typed:
            self.target.setText(str(self._exporting.proposed(wanted)))
        self._refresh()

    def _on_part(self, part: str) -> None:
        self.choice = replace(self.choice, whole=part == "whole")
        self._refresh()

    def _on_stride(self, index: int) -> None:
        self.choice = replace(self.choice, stride=int(self.stride.itemData(index)))
        self._refresh()

    def _on_smooth(self, index: int) -> None:
        self.choice = replace(self.choice, smooth=int(self.smooth.itemData(index)))
        self._refresh()

    def _on_audio(self, on: bool) -> None:
        self.choice = replace(self.choice, audio=on)

    def _on_target(self, text: str) -> None:
        out = Path(text.strip()).expanduser().absolute()
        self.choice = replace(self.choice, out=out)
        self._refresh()

    def _on_typed(self) -> None:
        self._is_typed = True

    def _on_browse(self) -> None:
        start = str(self.choice.out)
        if self.choice.kind == "frames":
            folder = str(self.choice.out.parent)
            name = QFileDialog.getExistingDirectory(
                self, shown(tr("Export into")), folder
            )
        else:
            # A film that is there is never replaced; the dialog's foot says so.
            name, _ = QFileDialog.getSaveFileName(
                self,
                shown(tr("Export video")),
                start,
                shown(tr("Videos (*.mp4)")),
                options=QFileDialog.Option.DontConfirmOverwrite,
            )
        if name:
            self._is_typed = True
            put(self.target.setText, name)

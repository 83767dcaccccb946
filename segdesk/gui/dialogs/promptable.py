"""Promptable models: which there are, which files fit, and where they belong."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from segdesk.core.errors import SegDeskError
from segdesk.core.language import joined, tr
from segdesk.gui.components import Button, ElidedLabel, Kind, Label, Select
from segdesk.gui.dialogs.fact_list import FactList
from segdesk.gui.dialogs.frame import FOOT_BUTTON, DialogFrame, labelled_row
from segdesk.gui.item_models import figures
from segdesk.gui.wording import put
from segdesk.jobs.events import Failed

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_WIDTH = 640
_KINDS = tr("ONNX, TorchScript (*.onnx *.pt *.torchscript *.ts);;All files (*)")
_UNSAFE = "UnsafeFileError"


class PromptableDialog(DialogFrame):
    """Chooses the model behind the prompt tool."""

    def __init__(self, context: "AppContext", parent: QWidget | None) -> None:
        super().__init__(parent, tr("Promptable models"), width=_WIDTH)
        self._context = context
        self._prompting = context.prompting
        self.add_heading(tr("Promptable models"))
        self.add_words(
            tr(
                "The prompt tool asks a model of the Segment Anything family for the "
                "thing under a click or in a box. SegDesk brings none of them. A "
                "model is two files: an encoder that sees the image once, and a "
                "decoder that answers each click."
            )
        )
        self.body.addSpacing(6)
        self.choice = Select(tr("Model"), icon="sparkle")
        self.body.addLayout(labelled_row(tr("Model"), self.choice))
        self.state = self.add_words("")
        self.trust = Button(tr("Execute it"), Kind.DEFAULT, icon="shield-warning")
        self.body.addWidget(self.trust, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addSpacing(8)
        self.body.addWidget(Label(tr("Files that fit"), "section"))
        facts = FactList()
        facts.show_facts(_FACTS)
        self.body.addWidget(facts)
        self.body.addSpacing(8)
        self.body.addWidget(Label(tr("Where they belong"), "section"))
        folder = self._prompting.shelf.folder
        self.body.addWidget(
            ElidedLabel(
                str(folder), "small", "text2", mode=Qt.TextElideMode.ElideMiddle
            )
        )
        self._add_foot()
        self.choice.activated.connect(self._on_choice)
        self.trust.clicked.connect(lambda _=False: self._on_trust())
        self._drop = self._prompting.changed.connect(self._show)
        self.finished.connect(lambda _: self._drop())
        self._prompting.look_again()
        self._show()

    def _add_foot(self) -> None:
        verbs = (
            (tr("Open the folder"), "folder-notch-open", self._on_reveal),
            (tr("Add files"), "plus", self._on_add),
        )
        for text, icon, run in verbs:
            button = Button(text, Kind.GHOST, icon=icon, height=FOOT_BUTTON)
            button.clicked.connect(lambda _=False, run=run: run())
            self.add_foot(button)
        self.add_verb(tr("Close"), Kind.DEFAULT)

    def _show(self) -> None:
        prompting = self._prompting
        names = [model.name for model in prompting.models]
        shown = [self.choice.itemText(n) for n in range(self.choice.count())]
        if names != shown:
            self.choice.clear()
            self.choice.addItems(names)
        self.choice.setEnabled(bool(names))
        put(self.choice.setPlaceholderText, tr("None yet"))
        name = prompting.model.name if prompting.model else ""
        self.choice.setCurrentIndex(names.index(name) if name in names else -1)
        words, role = self._state()
        put(self.state.setText, words)
        self.state.set_role(role)
        self.state.setVisible(bool(words))
        self.trust.setVisible(self._is_unsafe())
        self.setFixedHeight(self._column.totalHeightForWidth(_WIDTH))

    def _state(self) -> tuple[str, str]:
        prompting = self._prompting
        problem, opened = prompting.problem, prompting.opened
        if isinstance(problem, Failed | SegDeskError):
            parts = (problem.message, problem.cause, problem.hint)
            return joined(" ", filter(None, parts)), "bad"
        if prompting.model is None:
            return "", "text2"
        if opened is None:
            return tr("It is opened when the tool is taken."), "text2"
        return (
            tr(
                "{family}, sees images at {size} px, runs on {device}.",
                family=opened.family,
                size=figures.number(opened.size),
                device=opened.device,
            ),
            "text2",
        )

    def _is_unsafe(self) -> bool:
        problem = self._prompting.problem
        kind = problem.kind if isinstance(problem, Failed) else type(problem).__name__
        return kind == _UNSAFE

    # ------------------------------------------------------------ verbs

    def _on_choice(self, _place: int) -> None:
        self._prompting.choose(self.choice.currentText())

    def _on_reveal(self) -> None:
        folder = self._prompting.shelf.folder
        folder.mkdir(parents=True, exist_ok=True)
        self._context.dialogs.reveal(folder)

    def _on_add(self) -> None:
        dialogs = self._context.dialogs
        first = dialogs.choose_file(tr("Encoder of the model"), _KINDS)
        if first is None:
            return
        second = dialogs.choose_file(tr("Decoder of the model"), _KINDS)
        if second is not None:
            self._prompting.add(first, second)

    def _on_trust(self) -> None:
        model = self._prompting.model
        if model is None:
            return
        agreed = self._context.dialogs.confirm(
            tr("Run the code in {name}?", name=model.name),
            tr(
                "TorchScript can do whatever you can do on this machine: read and "
                "delete files, or send them away. Run it only if you know where it "
                "comes from."
            ),
            tr("Trust and run"),
            "shield-warning",
        )
        if agreed:
            files = model.files
            self._prompting.add(files.encoder, files.decoder, trusted=True)


_FACTS = (
    (
        tr("Segment Anything"),
        tr(
            "ViT-B/L/H, MobileSAM, HQ-SAM and others as ONNX. The encoder gives "
            "image_embeddings; the decoder takes them with point_coords, "
            "point_labels, mask_input, has_mask_input and orig_im_size."
        ),
    ),
    (
        tr("SAM 2"),
        tr("As ONNX: image_embed, high_res_feats_0 and high_res_feats_1 between them."),
    ),
    (
        tr("EfficientSAM"),
        tr("As ONNX: batched_images in, batched_point_coords and _labels."),
    ),
    (
        tr("Names"),
        tr(
            "One name with “encoder” and “decoder” in it, as mobile_sam_encoder.onnx "
            "and mobile_sam_decoder.onnx; or a folder for each model."
        ),
    ),
    (
        tr("Not these"),
        tr(
            "Weights alone, such as sam_vit_b.pth: export them to ONNX first. "
            "TorchScript is opened only after you agreed that it is executed."
        ),
    ),
)

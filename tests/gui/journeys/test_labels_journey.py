"""Labels of another program come in and go out again, by the commands."""

import numpy as np
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from segdesk.app.exchange.import_classes import to_class
from segdesk.formats.mmseg_dataset import check_masks, read_mmseg_dataset
from segdesk.gui.dialogs.export_labels import ExportDialog
from segdesk.gui.dialogs.import_preview import ImportDialog


def answer(kind, act) -> None:
    """Call `act` with the dialog of a kind once it is on screen."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, kind):
            act(dialog)
        else:
            QTimer.singleShot(20, look)

    QTimer.singleShot(20, look)


def test_labels_are_ready_to_train_when_they_came_from_elsewhere(
    qtbot, desktop, pictures, tmp_path
):
    masks = tmp_path / "labels" / "masks"
    masks.mkdir(parents=True)
    pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[:, 40:] = (200, 30, 30)
    for number in range(3):
        Image.fromarray(pixels).save(masks / f"pic {number}.png")
    context = desktop.context
    context.opening.open_paths((pictures,))
    qtbot.waitUntil(lambda: context.annotations.current is not None, timeout=10_000)

    def decide(dialog: ImportDialog) -> None:
        draft = dialog.draft
        draft.set_target(0, to_class("ground"))
        draft.set_target(1, to_class("roof"))
        dialog.verb.click()

    def begin(dialog: ImportDialog) -> None:
        draft = dialog.draft
        stop = draft.changed.connect(
            lambda: (
                draft.look and (stop(), QTimer.singleShot(0, lambda: decide(dialog)))
            )
        )
        dialog.open_path(masks.parent)

    answer(ImportDialog, begin)
    context.commands.run("file.import_labels")
    qtbot.waitUntil(
        lambda: not context.importing.is_busy and bool(context.notices.history),
        timeout=10_000,
    )
    assert context.notices.history[-1].message == "3 annotations imported from labels."
    assert context.session.classes.names == ("ground", "roof")
    qtbot.waitUntil(lambda: not context.annotations.is_stale, timeout=10_000)
    assert context.annotations.current.document.labels[0, 79] == 1
    toasts = []
    context.notices.toasted.connect(toasts.append)
    context.commands.run("file.save")
    assert [toast.message for toast in toasts] == ["All is saved"]

    out = tmp_path / "out"

    def export(dialog: ExportDialog) -> None:
        dialog.set_folder(out)
        dialog.verb.click()

    answer(ExportDialog, export)
    context.commands.run("file.export_labels")
    qtbot.waitUntil(
        lambda: "exported" in context.notices.history[-1].message, timeout=10_000
    )
    dataset = read_mmseg_dataset(out)
    check_masks(dataset)
    assert len(dataset.train) + len(dataset.val) == 3

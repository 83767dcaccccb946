"""From the dialog of a batch to its rows, an image with its proposal, and drafts."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segdesk.app.batch.rows import RowFilter
from segdesk.core.item_status import ItemStatus
from segdesk.gui.dialogs.batch import BatchDialog

WAIT_MS = 20_000


def opened_dialog(desktop, qtbot, pictures) -> BatchDialog:
    context = desktop.context
    context.opening.open_paths([pictures])
    qtbot.waitUntil(lambda: context.session.image is not None)
    qtbot.waitUntil(lambda: context.projects.project is not None)
    context.commands.run("batch.open")
    dialog = desktop.window.findChild(BatchDialog)
    qtbot.waitUntil(dialog.start.isEnabled, timeout=WAIT_MS)
    return dialog


def test_window_predicts_a_batch_when_the_dialog_is_started(desktop, qtbot, pictures):
    context, window = desktop.context, desktop.window
    (pictures / "z broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno")
    dialog = opened_dialog(desktop, qtbot, pictures)
    assert dialog.source.currentText() == "Open: my pictures"
    assert dialog.count.text() == "4 images"
    assert dialog.model.currentText() == "Steady model"
    dialog.form.set_card("side", is_on=True)
    assert dialog.write.cards["side"].isChecked()
    dialog.form.set(cards=())
    assert dialog.words.text == "Choose what is written"
    assert not dialog.start.isEnabled()
    QTest.mouseClick(dialog.write.cards["mask"], Qt.MouseButton.LeftButton)
    assert dialog.form.choice.save == ("mask",)
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: context.batches.shown is not None, timeout=WAIT_MS)
    run = context.batches.shown
    qtbot.waitUntil(lambda: not run.is_live, timeout=WAIT_MS)
    counts = run.rows.counts()
    assert (counts[RowFilter.DONE], counts[RowFilter.FAILED]) == (3, 1)
    assert window.layout_id == "batch"
    page = window.work_pages.page("batch")
    assert page.model.rowCount() == 4
    assert (run.out_dir / "masks" / "pic 1.png").is_file()
    assert window.status_bar.words() == f"Output  {run.out_dir}"

    page.table.choose(run.rows.names.index("pic 1"))
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    session = context.session
    qtbot.waitUntil(lambda: session.proposal is not None, timeout=WAIT_MS)
    assert session.image.path.name == "pic 1.png"
    assert session.proposal.prediction.model_id == "steady"
    assert window.layout_id == "review"

    context.commands.run("view.batch")
    context.commands.run("batch.drafts")
    projects = context.projects
    qtbot.waitUntil(
        lambda: projects.facts("pic 2.png").status is ItemStatus.DRAFT,
        timeout=WAIT_MS,
    )

    context.batches.shown = None
    context.batches.open_results(run.out_dir)
    qtbot.waitUntil(
        lambda: any("was not opened" in n.message for n in context.notices.history),
        timeout=WAIT_MS,
    )  # this engine writes no summary


def test_files_panel_offers_to_predict_a_folder(desktop, qtbot, pictures):
    from segdesk.gui.files_menus import folder_menu

    menu = folder_menu(desktop.window, desktop.context, pictures)
    row = next(one for one in menu.actions() if one.text() == "Predict this folder")
    row.trigger()
    dialog = desktop.window.findChild(BatchDialog)
    assert dialog.form.source.path == pictures
    qtbot.waitUntil(dialog.start.isEnabled, timeout=WAIT_MS)
    dialog.reject()
    menu.deleteLater()

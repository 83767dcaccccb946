"""The review queue in the window: ranked, one key each, remembered."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segdesk.app.review.entry import QueueKind
from segdesk.core.item_status import ItemStatus

WAIT_MS = 20_000


@pytest.fixture
def ranked(desktop, qtbot, pictures):
    """Open three pictures with a model, and rank them."""
    context = desktop.context
    context.opening.open_paths([pictures])
    qtbot.waitUntil(lambda: context.projects.project is not None, timeout=WAIT_MS)
    context.shelf.load("steady", then_predict=False)
    qtbot.waitUntil(lambda: context.predicting.is_ready, timeout=WAIT_MS)
    context.commands.run("review.rank")
    queue = context.review.queue
    qtbot.waitUntil(lambda: len(queue.entries) == 3, timeout=WAIT_MS)
    return desktop


def dock_of(desktop):
    return desktop.window.dock_host.dock("review")


def test_window_has_the_queue_beside_the_files_when_it_is_asked_for(desktop, qtbot):
    host, context = desktop.window.dock_host, desktop.context
    files, review = host.dock("files"), host.dock("review")
    context.window.set_layout("review")
    context.window.show_viewer()
    assert not files.isHidden()
    assert review.isHidden()
    context.commands.run("review.show")
    assert files.isHidden()
    assert review.isVisible()
    assert "Nothing is ranked yet" in [
        label.text() for label in review.findChildren(type(review.header._title))
    ]
    context.commands.run("review.rank")
    assert not context.review.queue.entries
    context.window.set_layout("annotate")
    assert files.isVisible()
    assert host.area_of("review") is None


def test_window_works_the_queue_with_one_key_each(ranked, qtbot, pictures):
    context, window = ranked.context, ranked.window
    queue, working = context.review.queue, context.review.working
    panel = dock_of(ranked).panel
    assert queue.kind is QueueKind.IMAGES
    assert not panel.kind.isEnabled()
    assert panel.model.rowCount() == 3
    first, second, third = queue.entries
    working.open(first)
    canvas = window._viewer.canvas
    session = context.session
    qtbot.waitUntil(lambda: working.why_not_accept() is None, timeout=WAIT_MS)
    assert session.image.path == first.path

    QTest.keyClick(canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: queue.current is second, timeout=WAIT_MS)
    facts = context.projects.facts
    assert facts(first.path.name).status is ItemStatus.DONE
    assert panel.foot.steps.accessibleName() == "1 of 10 reviewed"
    assert panel.model.rowCount() == 2

    qtbot.waitUntil(lambda: working.on_screen is second, timeout=WAIT_MS)
    QTest.keyClick(canvas, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: working.on_screen is third, timeout=WAIT_MS)
    assert facts(second.path.name).status is ItemStatus.UNLABELLED
    qtbot.waitUntil(lambda: working.why_not_accept() is None, timeout=WAIT_MS)
    QTest.keyClick(canvas, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: window.layout_id == "annotate", timeout=WAIT_MS)
    assert context.annotating.choices.tool == "brush"
    QTest.keyClick(canvas, Qt.Key.Key_Q)
    qtbot.waitUntil(lambda: not queue.entries, timeout=WAIT_MS)
    assert window.layout_id == "review"
    assert facts(third.path.name).status is ItemStatus.DONE
    assert queue.worked == 2


def test_window_leaves_the_keys_alone_when_the_queue_is_left(ranked, qtbot):
    context = ranked.context
    queue, working = context.review.queue, context.review.working
    working.open(queue.entries[0])
    qtbot.waitUntil(lambda: working.on_screen is not None, timeout=WAIT_MS)
    context.commands.run("review.leave")
    assert working.on_screen is None
    before = len(queue.entries)
    context.opening.show(0)
    qtbot.waitUntil(lambda: context.session.files.current == 0, timeout=WAIT_MS)
    context.commands.run("file.next")
    qtbot.waitUntil(lambda: context.session.files.current == 1, timeout=WAIT_MS)
    assert len(queue.entries) == before

"""The bar on top: what it holds does not lie over each other."""

import pytest
from PySide6.QtWidgets import QWidget

from segdesk.app.catalog import all_commands
from segdesk.app.files.recent import RecentPlaces
from segdesk.app.keys.keymap import Keymap
from segdesk.gui.actions import Actions
from segdesk.gui.app_bar import AppBar
from segdesk.gui.jobs_pill import JobsPill
from segdesk.jobs.events import Progress


@pytest.fixture
def bar(qtbot, context, segdesk_home):
    context.commands = all_commands()
    context.commands.bind(context)
    context.keymap = Keymap(context.commands)
    context.opening.recent = RecentPlaces(segdesk_home / "recent.json")
    window = QWidget()
    qtbot.addWidget(window)
    made = AppBar(context, Actions(context, window))
    qtbot.addWidget(made)
    made.resize(1400, made.height())
    made.show()
    return made


def is_clear(bar: AppBar, pill: JobsPill) -> bool:
    return not bar.layout_switch.geometry().intersects(pill.geometry())


def test_app_bar_keeps_the_pill_clear_of_the_layouts_when_it_says_more(
    qtbot, context, bar
):
    pill = bar.findChild(JobsPill)
    job = context.jobs.open("Train a network of a name", "cube", None)
    qtbot.waitUntil(pill.isVisible)
    qtbot.waitUntil(lambda: is_clear(bar, pill))
    before = pill.width()
    context.jobs.report(job, Progress(5_890, 80_000, "iterations"))
    qtbot.waitUntil(lambda: pill.width() > before)
    qtbot.waitUntil(lambda: is_clear(bar, pill))

"""How far the reading of an image is, in the status bar."""

from pathlib import Path
from types import SimpleNamespace

from segdesk.app.signal import Signal
from segdesk.gui.reading_state import ReadingState


def test_reading_state_says_how_far_it_is_and_offers_to_stop_when_it_lasts(qtbot):
    opening = SimpleNamespace(changed=Signal(), is_busy=False, reading=None, share=None)
    bound: list[str] = []
    actions = SimpleNamespace(bind=lambda _button, command: bound.append(command))
    state = ReadingState(SimpleNamespace(opening=opening), actions)
    qtbot.addWidget(state)
    state.show()
    assert (state.said.words, bound) == ("", ["file.stop_reading"])
    opening.is_busy, opening.reading = True, Path("/scenes/a.tif")
    opening.changed.emit()
    assert state.said.words == "Reading a.tif"
    assert not state.stop.isVisible()
    opening.share = 0.304
    qtbot.waitUntil(lambda: state.said.words == "Reading a.tif – 30 %")
    qtbot.waitUntil(state.stop.isVisible)
    opening.is_busy, opening.reading, opening.share = False, None, None
    opening.changed.emit()
    assert (state.said.words, state.stop.isVisible()) == ("", False)

"""Scribbles of no image, for windows that only ask whether there are some."""

from typing import Any

from segdesk.app.signal import Signal


class FakeBook:
    """Holds the scribbles that a test put into it."""

    def __init__(self) -> None:
        self.changed: Signal[()] = Signal()
        self.inked: Signal[Any] = Signal()
        self.scribbles: tuple[Any, ...] = ()
        self.is_shown = False


class FakeLive:
    """Says what a test wants it to say."""

    def __init__(self) -> None:
        self.changed: Signal[()] = Signal()
        self.hint_of_classes: str | None = "Scribble on two classes or more"


class FakeScribbling:
    """Has the attributes of `Scribbling` that the window looks at."""

    def __init__(self) -> None:
        self.book = FakeBook()
        self.live = FakeLive()

"""The question before a start, when the ones before it went wrong."""

from PySide6.QtCore import Qt

from segdesk.core.language import tr
from segdesk.gui.components.buttons import Button, Kind
from segdesk.gui.dialogs.frame import FOOT_BUTTON, DialogFrame
from segdesk.gui.logo import window_icon
from segdesk.gui.start_settings import StartChoice

_WIDTH = 560


class SafeStartDialog(DialogFrame):
    """Offers a start with the defaults.

    Parameters
    ----------
    failed
        How many starts did not come to a window; 0: the last sitting crashed.

    Attributes
    ----------
    choice
        What the user wants; leaving it means: start as usual.
    """

    def __init__(self, failed: int) -> None:
        super().__init__(None, "SegDesk", width=_WIDTH)
        self.setWindowIcon(window_icon())
        self.choice = StartChoice.USUAL
        self._say(failed)
        self.add_words(
            tr(
                "Safe mode starts with default settings and keys, and without the "
                "layout, the model and the engine of the last sitting. Resetting gives "
                "settings and layout other names and begins as on the first day. "
                "Neither changes images or annotations."
            )
        )
        self.reset = Button(
            tr("Reset settings and layout"),
            Kind.GHOST,
            icon="arrow-counter-clockwise",
            height=FOOT_BUTTON,
        )
        self.reset.clicked.connect(lambda: self._choose(StartChoice.RESET))
        self.add_foot(self.reset)
        kinds = (Kind.PRIMARY, Kind.DEFAULT) if failed else (Kind.DEFAULT, Kind.PRIMARY)
        safe = self.add_verb(tr("Start in safe mode"), kinds[0], "shield-check")
        safe.clicked.connect(lambda: self._choose(StartChoice.SAFE))
        usual = self.add_verb(tr("Start as usual"), kinds[1])
        usual.clicked.connect(lambda: self._choose(StartChoice.USUAL))
        first = safe if failed else usual
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, failed: int) -> None:
        if not failed:
            self.add_heading(tr("SegDesk crashed last time"))
            self.add_words(
                tr("What you painted is there again when you open the images.")
            )
        elif failed == 2:
            self.add_heading(tr("SegDesk did not start twice in a row"))
        else:
            self.add_heading(
                tr("SegDesk did not start {failed} times in a row", failed=failed)
            )

    def _choose(self, choice: StartChoice) -> None:
        self.choice = choice
        self.accept()

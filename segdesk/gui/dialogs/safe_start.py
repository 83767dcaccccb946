"""The question before a start, when the ones before did not come to a window."""

from PySide6.QtCore import Qt

from segdesk.core.language import tr
from segdesk.gui.dialogs.frame import DialogFrame
from segdesk.gui.logo import window_icon

_WIDTH = 470


class SafeStartDialog(DialogFrame):
    """Offers a start with the defaults.

    Parameters
    ----------
    failed
        How many starts did not come to a window.
    """

    def __init__(self, failed: int) -> None:
        super().__init__(None, "SegDesk", width=_WIDTH)
        self.setWindowIcon(window_icon())
        times = "twice" if failed == 2 else tr("{failed} times", failed=failed)
        self.add_heading(tr("SegDesk did not start {times} in a row", times=times))
        self.add_words(
            tr(
                "Safe mode starts with default settings and keys, and without the "
                "layout, the model and the engine of the last sitting. Nothing of "
                "yours is deleted or changed."
            )
        )
        usual = self.add_cancel(tr("Start as usual"))
        usual.setAccessibleName(tr("Start as usual"))
        safe = self.add_verb(tr("Start in safe mode"), icon="shield-check")
        safe.setFocus(Qt.FocusReason.OtherFocusReason)

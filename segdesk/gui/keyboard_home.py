"""Where the keyboard is when nobody has put it anywhere: on the canvas."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QWidget

from segdesk.app.session import Session


class KeyboardHome(QObject):
    """Gives the canvas the keyboard, so that no key works a control by chance.

    A text field or a list that somebody chose keeps it while the window is away.

    Parameters
    ----------
    window
        Its activation is followed.
    canvas
        What takes the keyboard.
    is_shown
        Tells whether the canvas is in sight.
    """

    def __init__(
        self, window: QWidget, canvas: QWidget, is_shown: Callable[[], bool]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._canvas = canvas
        self._is_shown = is_shown
        self._is_settled = False
        window.installEventFilter(self)
        canvas.installEventFilter(self)

    def take(self) -> None:
        """Give the canvas the keyboard, now or as soon as it can take it.

        It cannot while it is hidden for want of an image: the window holds it so long.
        """
        can_take = self._canvas.isVisibleTo(self._window)
        self._is_settled = can_take and self._window.isActiveWindow()
        target = self._canvas if can_take else self._window
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's activation, and the canvas when it comes in sight."""
        kind = event.type()
        if watched is self._window:
            comes = kind is QEvent.Type.ActivationChange and (
                self._window.isActiveWindow()
            )
        else:
            comes = kind is QEvent.Type.Show
        if comes and self._is_shown() and not (self._is_settled and self._was_chosen()):
            self.take()
        return super().eventFilter(watched, event)

    def escape(self, session: Session) -> None:
        """Come back to the canvas; from there, end what draws one class alone."""
        if self._canvas.hasFocus() and session.view.solo is not None:
            session.update_view(solo=None)
        self.take()

    def _was_chosen(self) -> bool:
        return isinstance(self._window.focusWidget(), QLineEdit | QAbstractItemView)

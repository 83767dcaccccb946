"""The pages that some kinds of work show in place of the canvas."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions


class WorkPages:
    """Makes each page when it is shown for the first time.

    Parameters
    ----------
    stack
        Holds them, beside what else the window shows in its middle.
    """

    def __init__(
        self, context: "AppContext", actions: "Actions", stack: QStackedWidget
    ) -> None:
        self._context = context
        self._actions = actions
        self._stack = stack
        self._pages: dict[str, QWidget] = {}

    def page(self, name: str) -> QWidget | None:
        """Return a page; "" has none."""
        if name and name not in self._pages:
            page = _MAKERS[name](self._context, self._actions)
            self._stack.addWidget(page)
            self._pages[name] = page
        return self._pages.get(name)

    @property
    def shown(self) -> QWidget | None:
        """The page in sight."""
        current = self._stack.currentWidget()
        return current if current in self._pages.values() else None


def _evaluation(context: "AppContext", actions: "Actions") -> QWidget:
    from segdesk.gui.pages.evaluation import EvaluationPage

    return EvaluationPage(context, actions)


def _training(context: "AppContext", actions: "Actions") -> QWidget:
    from segdesk.gui.pages.training import TrainingPage

    return TrainingPage(context, actions)


_MAKERS: "Mapping[str, Callable[[AppContext, Actions], QWidget]]" = {
    "evaluation": _evaluation,
    "training": _training,
}

"""The pages that some kinds of work show in place of the canvas."""

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtWidgets import QStackedWidget, QWidget

from segdesk.app.window_ports import ZoomPort
from segdesk.gui import qt_types
from segdesk.gui.idle_work import Steps, do_all
from segdesk.gui.plots.on_demand import import_plots
from segdesk.gui.warm_up import warming

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtCore import SignalInstance

    from segdesk.app.context import AppContext
    from segdesk.gui.actions import Actions


class _Page(Protocol):
    """A widget that is put together in steps; some of its parts come in sight later."""

    steps: Steps

    @property
    def unseen(self) -> tuple[QWidget, ...]: ...


class ZoomedPage(ZoomPort, Protocol):
    """A page with a picture that can be zoomed."""

    @property
    def zoom(self) -> float:
        """Device pixels for one pixel of the picture; 0.0 without one."""
        ...

    @property
    def zoom_changed(self) -> "SignalInstance":
        """Fires when that is another one."""
        ...


class WorkPages:
    """Makes each page when it is shown for the first time, or in quiet moments before.

    Parameters
    ----------
    stack
        Holds them, beside what else the window shows in its middle.

    Attributes
    ----------
    zoom_shown
        Called when a page in sight shows its picture at another zoom.
    """

    def __init__(
        self, context: "AppContext", actions: "Actions", stack: QStackedWidget
    ) -> None:
        self._context = context
        self._actions = actions
        self._stack = stack
        self._pages: dict[str, QWidget] = {}
        self._begun: dict[str, QWidget] = {}
        self.zoom_shown: Callable[[], None] = lambda: None

    def page(self, name: str) -> QWidget | None:
        """Return a page; "" has none."""
        if name and name not in self._pages:
            do_all(self._making(name))
        return self._pages.get(name)

    @property
    def shown(self) -> QWidget | None:
        """The page in sight."""
        current = self._stack.currentWidget()
        return current if current in self._pages.values() else None

    @property
    def zoomed(self) -> ZoomedPage | None:
        """The page in sight, if it has a picture that can be zoomed."""
        page = self.shown
        return cast("ZoomedPage", page) if hasattr(page, "zoom_changed") else None

    def preparing(self) -> Steps:
        """Make what is not made yet, and lay and paint it, in small steps."""
        yield from qt_types.make()
        done: list[object] = []
        self._context.runs.do(_import_pages, done.append)
        while not done:
            yield
        for name in _MAKERS:
            if name in self._pages:
                continue
            yield from self._making(name)
            for part in (self._pages[name], *cast("_Page", self._pages[name]).unseen):
                if not part.isVisible():
                    yield from warming(part)

    def _making(self, name: str) -> Steps:
        """Make a page, or go on with one that was begun."""
        if name not in self._begun:
            page = self._begun[name] = _MAKERS[name](self._context, self._actions)
            page.setParent(self._stack)  # while it is empty: styles follow parents
            yield
        page = self._begun[name]
        yield from cast("_Page", page).steps
        if name in self._pages:  # it was wanted meanwhile
            return
        self._stack.addWidget(page)
        self._pages[name] = page
        if hasattr(page, "zoom_changed"):
            zoomed = cast("ZoomedPage", page)
            zoomed.zoom_changed.connect(lambda _: self._on_zoom(page))
        yield

    def _on_zoom(self, page: QWidget) -> None:
        if page is self.shown:
            self.zoom_shown()


def _import_pages() -> None:
    """Import the modules of the pages; slow the first time."""
    for name in _MODULES:
        import_module(name)
    import_plots()


_MODULES = (
    "segdesk.gui.pages.batch",
    "segdesk.gui.pages.evaluation",
    "segdesk.gui.pages.training",
    "segdesk.gui.pages.video",
    "segdesk.gui.dialogs.training.dialog",
    "segdesk.gui.dialogs.training.model_page",
    "segdesk.gui.dialogs.training.run_page",
)


def _evaluation(context: "AppContext", actions: "Actions") -> QWidget:
    from segdesk.gui.pages.evaluation import EvaluationPage

    return EvaluationPage(context, actions, in_steps=True)


def _training(context: "AppContext", actions: "Actions") -> QWidget:
    from segdesk.gui.pages.training import TrainingPage

    return TrainingPage(context, actions)


def _batch(context: "AppContext", actions: "Actions") -> QWidget:
    from segdesk.gui.pages.batch import BatchPage

    return BatchPage(context, actions)


def _video(context: "AppContext", actions: "Actions") -> QWidget:
    from segdesk.gui.pages.video import VideoPage

    return VideoPage(context, actions)


_MAKERS: "Mapping[str, Callable[[AppContext, Actions], QWidget]]" = {
    "training": _training,
    "evaluation": _evaluation,
    "batch": _batch,
    "video": _video,
}

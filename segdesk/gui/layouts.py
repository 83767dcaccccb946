"""The layouts of the window: which docks and bars each kind of work needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from segdesk.core.language import tr
from segdesk.gui.dock_places import Area, DockPlace


class LayoutId(StrEnum):
    """A kind of work."""

    ANNOTATE = "annotate"
    REVIEW = "review"
    TRAIN = "train"
    EVALUATE = "evaluate"
    BATCH = "batch"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Layout:
    """How the window is laid out for one kind of work.

    Parameters
    ----------
    icon
        Name in the Phosphor set.
    command
        Id of the command that leads to it.
    docks
        Where its docks are at first; others come when they are asked for.
    has_tools
        It shows the tool strip, and the options of the tools over the canvas.
    page
        Name of the page that stands in place of the canvas with its docks; "": none.
    within
        The layout that the switch shows for it; "": it has a place of its own there.
    """

    id: LayoutId
    title: str
    icon: str
    command: str
    docks: tuple[DockPlace, ...] = ()
    has_tools: bool = False
    page: str = ""
    within: str = ""


LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        layout.id: layout
        for layout in (
            Layout(
                LayoutId.ANNOTATE,
                tr("Annotate"),
                "paint-brush",
                "view.annotate",
                (
                    DockPlace("files", Area.LEFT, 100),
                    DockPlace("classes", Area.RIGHT, 308),
                    DockPlace("image", Area.RIGHT, 168),
                    DockPlace("history", Area.RIGHT, 452),
                ),
                has_tools=True,
            ),
            Layout(
                LayoutId.REVIEW,
                tr("Review"),
                "checks",
                "view.review",
                (
                    DockPlace("files", Area.LEFT, 100),
                    DockPlace("review", Area.LEFT, 100),
                    DockPlace("classes", Area.RIGHT, 290),
                    DockPlace("models", Area.RIGHT, 360),
                    DockPlace("jobs", Area.RIGHT, 230),
                ),
            ),
            Layout(
                LayoutId.TRAIN,
                tr("Train"),
                "chart-line-up",
                "view.train",
                page="training",
            ),
            Layout(
                LayoutId.EVALUATE,
                tr("Evaluate"),
                "target",
                "view.evaluate",
                page="evaluation",
            ),
            Layout(
                LayoutId.BATCH,
                tr("Batch"),
                "stack",
                "view.batch",
                page="batch",
                within=LayoutId.REVIEW,
            ),
            Layout(
                LayoutId.VIDEO,
                tr("Video"),
                "film-strip",
                "view.video",
                page="video",
                within=LayoutId.REVIEW,
            ),
        )
    }
)
FIRST = LayoutId.ANNOTATE

"""Keys as other annotation programs have them, laid over SegDesk's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from segdesk.core.language import tr

Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preset:
    """A keymap.

    Parameters
    ----------
    title
        The program that has these keys.
    keys
        Where they differ from SegDesk's own, by command id.
    wheel
        What the wheel does there: "zoom" or "scroll".
    missing
        What has no counterpart here: its key there, and what it does.
    """

    title: str
    keys: Mapping[str, Keys]
    wheel: str = "zoom"
    missing: tuple[tuple[str, str], ...] = ()


_LABELME: Mapping[str, Keys] = {
    "file.next": ("D", "Ctrl+Shift+D", "PgDown"),
    "file.previous": ("A", "Ctrl+Shift+A", "PgUp"),
    "file.filter": ("/",),
    "tool.polygon": ("Ctrl+N", "P"),
    "tool.rectangle": ("Ctrl+R", "R"),
    "tool.edit": ("Ctrl+J", "V"),
    "app.jobs": ("Ctrl+Shift+J",),
    "view.fit": ("Ctrl+F", "F"),
}
_X_ANYLABELING: Mapping[str, Keys] = {
    "file.open_files": ("Ctrl+I",),
    "file.open_video": ("Ctrl+O",),
    "file.import_labels": ("Ctrl+Shift+I",),
    "file.next_unlabelled": ("Ctrl+Shift+D",),
    "file.previous_unlabelled": ("Ctrl+Shift+A",),
    "file.done": ("Ctrl+Shift+Q",),
    "file.filter": ("/",),
    "tool.polygon": ("P", "Ctrl+N"),
    "tool.rectangle": ("R", "Ctrl+R"),
    "tool.edit": ("Ctrl+J", "V"),
    "tool.brush": ("Shift+B",),
    "tool.eraser": ("Shift+E",),
    "tool.polyline": ("Alt+B",),
    "tool.wand": ("Shift+W",),
    "tool.pick": ("K",),
    "review.correct": ("Alt+K",),
    "app.jobs": ("Ctrl+Shift+J",),
    "view.fit": ("Ctrl+F",),
    "view.overlay": ("T", "Ctrl+H"),
    "view.hide_class": ("S",),
    "view.show_classes": ("W",),
    "model.predict": ("I", "Ctrl+M", "Ctrl+Return", "Ctrl+Enter"),
}
_CVAT: Mapping[str, Keys] = {
    "file.next": ("F", "PgDown"),
    "file.previous": ("D", "PgUp"),
    "file.next_ten": ("V",),
    "file.previous_ten": ("C",),
    "file.next_unlabelled": ("Shift+F",),
    "file.previous_unlabelled": ("Shift+D",),
    "tool.brush": ("Shift+1", "B"),
    "tool.eraser": ("Shift+2", "E"),
    "tool.edit": ("Shift+V",),
    "video.carry": ("Alt+V",),
    "class.add": ("Shift+N",),
    "view.contour_mode": ("Shift+C",),
    "tool.scribble": ("Alt+Shift+C",),
    "view.fit": ("Ctrl+Shift+F",),
    "view.actual_size": ("Alt+0",),
    "view.annotate": ("Alt+1",),
    "view.review": ("Alt+2",),
    "view.train": ("Alt+3",),
    "view.evaluate": ("Alt+4",),
    **{f"tool.class_{place}": (f"Ctrl+{place % 10}",) for place in range(1, 11)},
    **{
        f"tool.class_{10 + place}": (f"Ctrl+Shift+{place % 10}",)
        for place in range(1, 11)
    },
}

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "segdesk": Preset("SegDesk", {}),
        "labelme": Preset(
            "labelme",
            _LABELME,
            "scroll",
            (
                ("Ctrl+Shift+F", tr("Fit to width: Ctrl+F fits the whole image")),
                ("Ctrl+D", tr("Duplicate a shape")),
                ("Ctrl+Shift+P", tr("Add a point: the edit tool does it with a click")),
                ("Ctrl+P", tr("Keep the shapes of the image before")),
                ("Ctrl+Delete", tr("Delete the file of labels")),
                ("Ctrl+Shift+S", tr("Save elsewhere: Export labels does it")),
            ),
        ),
        "x-anylabeling": Preset(
            "X-AnyLabeling",
            _X_ANYLABELING,
            "scroll",
            (
                ("Q, E, F, B", tr("Points for a model that segments what is clicked")),
                ("O", tr("Rotated rectangle: O draws an ellipse")),
                ("G, U", tr("Group shapes: G fills, U changes the paint rule")),
                ("Ctrl+D, Ctrl+P", tr("Duplicate a shape, keep those before")),
                (
                    "Ctrl+T, Ctrl+L, Ctrl+K",
                    tr("Texts, labels and links on the picture"),
                ),
                ("Ctrl+1, Ctrl+2, Ctrl+3", tr("Chat and questions: these are layouts")),
                ("Ctrl+Shift+F", tr("Fit to width: Ctrl+F fits the whole image")),
            ),
        ),
        "cvat": Preset(
            "CVAT",
            _CVAT,
            "zoom",
            (
                (
                    "N",
                    tr("Draw again, finish: Enter closes a shape, its key draws again"),
                ),
                (tr("Tab, Shift+Tab"), tr("Next object")),
                ("G, M, J", tr("Group, merge and join objects")),
                ("K, O, Q, P", tr("Keyframe, outside, occluded and pinned")),
                ("Ctrl+B", tr("Propagate: Copy to next frame is Alt+V")),
                ("Ctrl+R", tr("Rotate the picture")),
            ),
        ),
    }
)

"""The View menu."""

from collections.abc import Callable
from functools import partial

from segdesk.app.commands import Command, Where
from segdesk.app.context import AppContext
from segdesk.app.files.view_question import ViewQuestion
from segdesk.app.view_state import Compare, Layer, OverlayLook
from segdesk.app.window_ports import ZoomPort
from segdesk.core.image_view import AS_STORED

_STEP = 0.1
_LOOKS = tuple(OverlayLook)


def _why_no_image(context: AppContext) -> str | None:
    return None if context.session.image else "Open an image first"


def _picture(context: AppContext) -> ZoomPort:
    """Return the picture in sight: the viewer's, or that of a page."""
    is_page = context.window.layout_id == "video"
    return context.window.zooming if is_page else context.viewer


def _why_not_zoomed(context: AppContext) -> str | None:
    is_shown = context.window.layout_id == "video" and context.videos.shot is not None
    return None if is_shown else _why_no_image(context)


def _why_no_proposal(context: AppContext) -> str | None:
    return None if context.session.proposal else "Predict the image first"


def _why_no_class(context: AppContext) -> str | None:
    if context.session.classes is None:
        return "Load a model first"
    if context.session.view.selected_class is None:
        return "Select a class first"
    return None


def _toggle_overlay(context: AppContext) -> None:
    view = context.session.view
    context.session.update_view(overlay_visible=not view.overlay_visible)


def _next_look(context: AppContext) -> None:
    index = _LOOKS.index(context.session.view.look)
    context.session.update_view(look=_LOOKS[(index + 1) % len(_LOOKS)])


def _opacity(step: float) -> Callable[[AppContext], None]:
    def change(context: AppContext) -> None:
        opacity = round(context.session.view.opacity + step, 2)
        context.session.update_view(opacity=min(1.0, max(0.0, opacity)))

    return change


def _compare(mode: Compare) -> Callable[[AppContext], None]:
    def toggle(context: AppContext) -> None:
        now = context.session.view.compare
        wanted = Compare.ONE if now is mode else mode
        context.session.update_view(compare=wanted)

    return toggle


def _comparing(mode: Compare) -> Callable[[AppContext], bool]:
    return lambda context: context.session.view.compare is mode


def _compare_one(context: AppContext) -> None:
    context.session.update_view(compare=Compare.ONE)


def _toggle_confidence(context: AppContext) -> None:
    shown = context.session.view.main is Layer.CONFIDENCE
    context.session.update_view(main=Layer.PROPOSAL if shown else Layer.CONFIDENCE)


def _toggle_solo(context: AppContext) -> None:
    view = context.session.view
    solo = None if view.solo == view.selected_class else view.selected_class
    context.session.update_view(solo=solo)


def _flag(name: str) -> Callable[[AppContext], None]:
    def toggle(context: AppContext) -> None:
        context.session.update_view(**{name: not getattr(context.session.view, name)})

    return toggle


def _is_on(name: str) -> Callable[[AppContext], bool]:
    return lambda context: bool(getattr(context.session.view, name))


def _why_no_bands(context: AppContext) -> str | None:
    image, view = context.session.image, context.session.image_view
    if image is None:
        return "Open an image first"
    if image.has_views or view != AS_STORED:
        return None
    return "The image has three bands of 8 bits"


def _ask_view(context: AppContext) -> None:
    image = context.session.image
    if image is None:
        return
    question = ViewQuestion(
        image.path,
        image.loaded.mode,
        context.session.image_view,
        partial(context.opening.read_bands, image.path),
    )
    view = context.dialogs.ask_image_view(question)
    if view is not None:
        context.opening.set_view(view)


def _theme(name: str) -> Callable[[AppContext], None]:
    def choose(context: AppContext) -> None:
        context.settings.update(theme=name)
        context.window.set_theme(name)

    return choose


def _is_theme(name: str) -> Callable[[AppContext], bool]:
    return lambda context: context.settings.preferences.theme == name


ZOOM = (
    Command(
        "view.fit",
        "Fit to window",
        "corners-out",
        "View",
        lambda context: _picture(context).fit(),
        ("F",),
        "Show the whole image.",
        Where.CANVAS,
        _why_not_zoomed,
    ),
    Command(
        "view.actual_size",
        "Actual size",
        "magnifying-glass",
        "View",
        lambda context: _picture(context).actual_size(),
        ("Ctrl+0",),
        "Show one image pixel as one screen pixel.",
        disabled_why=_why_not_zoomed,
    ),
    Command(
        "view.zoom_in",
        "Zoom in",
        "magnifying-glass-plus",
        "View",
        lambda context: _picture(context).zoom_in(),
        ("Ctrl++", "Ctrl+="),
        "Look closer. The wheel zooms at the cursor.",
        disabled_why=_why_not_zoomed,
    ),
    Command(
        "view.zoom_out",
        "Zoom out",
        "magnifying-glass-minus",
        "View",
        lambda context: _picture(context).zoom_out(),
        ("Ctrl+-",),
        "See more. The wheel zooms at the cursor.",
        disabled_why=_why_not_zoomed,
    ),
)

OVERLAY = (
    Command(
        "view.overlay",
        "Show overlay",
        "eye",
        "View",
        _toggle_overlay,
        ("T",),
        "Switch the coloured overlay on or off. Hold H to hide it for a moment.",
        Where.CANVAS,
        checked=_is_on("overlay_visible"),
    ),
    Command(
        "view.contour_mode",
        "Contour mode",
        "square-half",
        "View",
        _next_look,
        ("C",),
        "Switch between fill with contour, contour alone and fill alone.",
        Where.CANVAS,
    ),
    Command(
        "view.opacity_down",
        "Less opacity",
        "drop-half",
        "View",
        _opacity(-_STEP),
        (",",),
        "Show more of the picture under the overlay.",
        Where.CANVAS,
    ),
    Command(
        "view.opacity_up",
        "More opacity",
        "drop",
        "View",
        _opacity(_STEP),
        (".",),
        "Show more of the overlay over the picture.",
        Where.CANVAS,
    ),
    Command(
        "view.confidence",
        "Confidence",
        "thermometer-simple",
        "View",
        _toggle_confidence,
        ("M",),
        "Show how sure the model is as a heat map: bright is unsure.",
        Where.CANVAS,
        _why_no_proposal,
        lambda context: context.session.view.main is Layer.CONFIDENCE,
    ),
    Command(
        "view.solo_class",
        "Solo class",
        "eye",
        "View",
        _toggle_solo,
        ("Shift+L",),
        "Show only the selected class and dim the rest of the picture.",
        Where.CANVAS,
        _why_no_class,
        lambda context: context.session.view.solo is not None,
    ),
    Command(
        "view.sort_by_share",
        "Sort classes by share",
        "sort-descending",
        "View",
        _flag("sort_by_share"),
        (),
        "List the classes by the share of pixels that they cover.",
        checked=_is_on("sort_by_share"),
    ),
)

PANES = (
    Command(
        "view.compare_one",
        "One view",
        "square",
        "View",
        _compare_one,
        (),
        "Show one picture.",
        checked=_comparing(Compare.ONE),
    ),
    Command(
        "view.split",
        "Split view",
        "columns",
        "View",
        _compare(Compare.SPLIT),
        ("Z", "\\"),
        "Show image and overlay on two sides of a handle that can be moved.",
        Where.CANVAS,
        checked=_comparing(Compare.SPLIT),
    ),
    Command(
        "view.linked",
        "Linked views",
        "link-simple-horizontal",
        "View",
        _compare(Compare.LINKED),
        ("Shift+Z",),
        "Show two views side by side that move together.",
        Where.CANVAS,
        checked=_comparing(Compare.LINKED),
    ),
    Command(
        "view.bands",
        "Bands and stretch…",
        "sliders-horizontal",
        "View",
        _ask_view,
        (),
        "Choose the bands of an image and how wide numbers become 0–255.",
        disabled_why=_why_no_bands,
    ),
    Command(
        "view.pixel_grid",
        "Pixel grid",
        "grid-four",
        "View",
        _flag("pixel_grid"),
        (),
        "Show lines between pixels from 800% on.",
        checked=_is_on("pixel_grid"),
    ),
    Command(
        "view.navigator",
        "Navigator",
        "map-trifold",
        "View",
        _flag("navigator"),
        ("F9",),
        "Show a small map of the image while it is zoomed in.",
        checked=_is_on("navigator"),
    ),
)

WINDOW = (
    Command(
        "view.annotate",
        "Annotate layout",
        "paint-brush",
        "View",
        lambda context: context.window.set_layout("annotate"),
        ("Ctrl+1",),
        "Show tools, history and classes round the picture.",
        checked=lambda context: context.window.layout_id == "annotate",
    ),
    Command(
        "view.review",
        "Review layout",
        "checks",
        "View",
        lambda context: context.window.set_layout("review"),
        ("Ctrl+2",),
        "Show models and what they propose.",
        checked=lambda context: context.window.layout_id == "review",
    ),
    Command(
        "view.docks",
        "Hide panels",
        "layout",
        "View",
        lambda context: context.window.toggle_docks(),
        ("Ctrl+\\",),
        "Give the whole window to the picture, or bring the panels back.",
    ),
    Command(
        "view.full_screen",
        "Full screen",
        "arrows-out",
        "View",
        lambda context: context.window.toggle_full_screen(),
        ("F11",),
        "Use the whole screen, or go back to the window.",
    ),
    Command(
        "view.theme_system",
        "Theme of the system",
        "desktop",
        "View",
        _theme("system"),
        (),
        "Follow the system's light or dark theme.",
        checked=_is_theme("system"),
    ),
    Command(
        "view.theme_dark",
        "Dark theme",
        "moon",
        "View",
        _theme("dark"),
        (),
        "Use the dark theme.",
        checked=_is_theme("dark"),
    ),
    Command(
        "view.theme_light",
        "Light theme",
        "sun",
        "View",
        _theme("light"),
        (),
        "Use the light theme.",
        checked=_is_theme("light"),
    ),
)

COMMANDS = (*ZOOM, *OVERLAY, *PANES, *WINDOW)

"""The View menu."""

from collections.abc import Callable
from functools import partial

from segdesk.app.commands import Command, Where
from segdesk.app.context import AppContext
from segdesk.app.files.view_question import ViewQuestion
from segdesk.app.view_state import Compare, Layer, OverlayLook
from segdesk.app.window_ports import ZoomPort
from segdesk.core.image_view import AS_STORED
from segdesk.core.language import tr

_STEP = 0.1
_LOOKS = tuple(OverlayLook)


def _why_no_image(context: AppContext) -> str | None:
    return None if context.session.image else tr("Open an image first")


def _picture(context: AppContext) -> ZoomPort:
    """Return the picture in sight: the viewer's, or that of a page."""
    is_page = context.window.layout_id == "video"
    return context.window.zooming if is_page else context.viewer


def _why_not_zoomed(context: AppContext) -> str | None:
    is_shown = context.window.layout_id == "video" and context.videos.shot is not None
    return None if is_shown else _why_no_image(context)


def _why_no_proposal(context: AppContext) -> str | None:
    return None if context.session.proposal else tr("Predict the image first")


def _why_no_class(context: AppContext) -> str | None:
    if context.session.classes is None:
        return tr("Load a model first")
    if context.session.view.selected_class is None:
        return tr("Select a class first")
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
        return tr("Open an image first")
    if image.has_views or view != AS_STORED:
        return None
    return tr("The image has three bands of 8 bits")


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
        tr("Fit to window"),
        "corners-out",
        tr("View"),
        lambda context: _picture(context).fit(),
        ("F",),
        tr("Show the whole image."),
        Where.CANVAS,
        _why_not_zoomed,
    ),
    Command(
        "view.actual_size",
        tr("Actual size"),
        "magnifying-glass",
        tr("View"),
        lambda context: _picture(context).actual_size(),
        ("Ctrl+0",),
        tr("Show one image pixel as one screen pixel."),
        disabled_why=_why_not_zoomed,
    ),
    Command(
        "view.zoom_in",
        tr("Zoom in"),
        "magnifying-glass-plus",
        tr("View"),
        lambda context: _picture(context).zoom_in(),
        ("Ctrl++", "Ctrl+="),
        tr("Look closer. The wheel zooms at the cursor."),
        disabled_why=_why_not_zoomed,
    ),
    Command(
        "view.zoom_out",
        tr("Zoom out"),
        "magnifying-glass-minus",
        tr("View"),
        lambda context: _picture(context).zoom_out(),
        ("Ctrl+-",),
        tr("See more. The wheel zooms at the cursor."),
        disabled_why=_why_not_zoomed,
    ),
)

OVERLAY = (
    Command(
        "view.overlay",
        tr("Show overlay"),
        "eye",
        tr("View"),
        _toggle_overlay,
        ("T",),
        tr("Switch the coloured overlay on or off. Hold H to hide it for a moment."),
        Where.CANVAS,
        checked=_is_on("overlay_visible"),
    ),
    Command(
        "view.contour_mode",
        tr("Contour mode"),
        "square-half",
        tr("View"),
        _next_look,
        ("C",),
        tr("Switch between fill with contour, contour alone and fill alone."),
        Where.CANVAS,
    ),
    Command(
        "view.opacity_down",
        tr("Less opacity"),
        "drop-half",
        tr("View"),
        _opacity(-_STEP),
        (",",),
        tr("Show more of the picture under the overlay."),
        Where.CANVAS,
    ),
    Command(
        "view.opacity_up",
        tr("More opacity"),
        "drop",
        tr("View"),
        _opacity(_STEP),
        (".",),
        tr("Show more of the overlay over the picture."),
        Where.CANVAS,
    ),
    Command(
        "view.confidence",
        tr("Confidence"),
        "thermometer-simple",
        tr("View"),
        _toggle_confidence,
        ("M",),
        tr("Show how sure the model is as a heat map: bright is unsure."),
        Where.CANVAS,
        _why_no_proposal,
        lambda context: context.session.view.main is Layer.CONFIDENCE,
    ),
    Command(
        "view.solo_class",
        tr("Solo class"),
        "eye",
        tr("View"),
        _toggle_solo,
        ("Shift+L",),
        tr("Show only the selected class and dim the rest of the picture."),
        Where.CANVAS,
        _why_no_class,
        lambda context: context.session.view.solo is not None,
    ),
    Command(
        "view.sort_by_share",
        tr("Sort classes by share"),
        "sort-descending",
        tr("View"),
        _flag("sort_by_share"),
        (),
        tr("List the classes by the share of pixels that they cover."),
        checked=_is_on("sort_by_share"),
    ),
)

PANES = (
    Command(
        "view.compare_one",
        tr("One view"),
        "square",
        tr("View"),
        _compare_one,
        (),
        tr("Show one picture."),
        checked=_comparing(Compare.ONE),
    ),
    Command(
        "view.split",
        tr("Split view"),
        "columns",
        tr("View"),
        _compare(Compare.SPLIT),
        ("Z", "\\"),
        tr("Show image and overlay on two sides of a handle that can be moved."),
        Where.CANVAS,
        checked=_comparing(Compare.SPLIT),
    ),
    Command(
        "view.linked",
        tr("Linked views"),
        "link-simple-horizontal",
        tr("View"),
        _compare(Compare.LINKED),
        ("Shift+Z",),
        tr("Show two views side by side that move together."),
        Where.CANVAS,
        checked=_comparing(Compare.LINKED),
    ),
    Command(
        "view.bands",
        tr("Bands and stretch…"),
        "sliders-horizontal",
        tr("View"),
        _ask_view,
        (),
        tr("Choose the bands of an image and how wide numbers become 0–255."),
        disabled_why=_why_no_bands,
    ),
    Command(
        "view.pixel_grid",
        tr("Pixel grid"),
        "grid-four",
        tr("View"),
        _flag("pixel_grid"),
        (),
        tr("Show lines between pixels from 800% on."),
        checked=_is_on("pixel_grid"),
    ),
    Command(
        "view.navigator",
        tr("Navigator"),
        "map-trifold",
        tr("View"),
        _flag("navigator"),
        ("F9",),
        tr("Show a small map of the image while it is zoomed in."),
        checked=_is_on("navigator"),
    ),
)

WINDOW = (
    Command(
        "view.annotate",
        tr("Annotate layout"),
        "paint-brush",
        tr("View"),
        lambda context: context.window.set_layout("annotate"),
        ("Ctrl+1",),
        tr("Show tools, history and classes round the picture."),
        checked=lambda context: context.window.layout_id == "annotate",
    ),
    Command(
        "view.review",
        tr("Review layout"),
        "checks",
        tr("View"),
        lambda context: context.window.set_layout("review"),
        ("Ctrl+2",),
        tr("Show models and what they propose."),
        checked=lambda context: context.window.layout_id == "review",
    ),
    Command(
        "view.docks",
        tr("Hide panels"),
        "layout",
        tr("View"),
        lambda context: context.window.toggle_docks(),
        ("Ctrl+\\",),
        tr("Give the whole window to the picture, or bring the panels back."),
    ),
    Command(
        "view.full_screen",
        tr("Full screen"),
        "arrows-out",
        tr("View"),
        lambda context: context.window.toggle_full_screen(),
        ("F11",),
        tr("Use the whole screen, or go back to the window."),
    ),
    Command(
        "view.theme_system",
        tr("Theme of the system"),
        "desktop",
        tr("View"),
        _theme("system"),
        (),
        tr("Follow the system's light or dark theme."),
        checked=_is_theme("system"),
    ),
    Command(
        "view.theme_dark",
        tr("Dark theme"),
        "moon",
        tr("View"),
        _theme("dark"),
        (),
        tr("Use the dark theme."),
        checked=_is_theme("dark"),
    ),
    Command(
        "view.theme_light",
        tr("Light theme"),
        "sun",
        tr("View"),
        _theme("light"),
        (),
        tr("Use the light theme."),
        checked=_is_theme("light"),
    ),
)

COMMANDS = (*ZOOM, *OVERLAY, *PANES, *WINDOW)

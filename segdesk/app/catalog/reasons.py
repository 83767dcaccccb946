"""Why a command cannot run now, in the words that menus and tooltips show."""

from segdesk.app.context import AppContext
from segdesk.core.language import tr


def why_no_files(context: AppContext) -> str | None:
    """Return why there is no file to work on."""
    return None if context.session.files.paths else tr("Open images first")


def why_no_image(context: AppContext) -> str | None:
    """Return why there is no image to work on."""
    return None if context.session.image else tr("Open an image first")


def why_no_classes(context: AppContext) -> str | None:
    """Return why there is no class to work with."""
    if context.session.classes is None:
        return tr("Add a class or load a model first")
    return None


def why_no_class(context: AppContext) -> str | None:
    """Return why there is no class to change."""
    why = context.class_editing.why_fixed() or why_no_classes(context)
    if why:
        return why
    classes, chosen = context.session.classes, context.session.view.selected_class
    if classes is None or chosen is None or chosen >= len(classes):
        return tr("Select a class first")
    return None


def why_no_annotation(context: AppContext) -> str | None:
    """Return why there is no annotation to look at or to save."""
    why = why_no_image(context)
    if why is None and context.annotations.current is None:
        return tr("The annotation is being read")
    return why


def why_no_painting(context: AppContext) -> str | None:
    """Return why nothing can be painted."""
    why = why_no_annotation(context)
    if why:
        return why
    if context.projects.read_only is not None:
        return tr("This folder is read-only")
    return why_no_classes(context)


def why_no_proposal(context: AppContext) -> str | None:
    """Return why there is no proposal to take over or to drop."""
    return None if context.session.proposal else tr("There is no proposal here")


def why_not_accepting(context: AppContext) -> str | None:
    """Return why a proposal cannot be taken over."""
    return why_no_proposal(context) or why_no_annotation(context)

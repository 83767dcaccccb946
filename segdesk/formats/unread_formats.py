"""Data that SegDesk knows and does not read, with the reason for the user."""

from collections.abc import Callable

from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.language import tr
from segdesk.formats.folder_tree import FolderTree, read_json, read_text
from segdesk.formats.safe_xml import read_xml

_VOLUMES = (".nii.gz", ".nii", ".mha", ".nrrd", ".dcm")
_PICKLES = (".pkl", ".pickle")
_LOOKED_AT = 20
_HINT = tr("Choose a data set that has masks or outlines.")


def reason_unread(tree: FolderTree) -> tuple[str, str]:
    """Return why a folder that no format fits is not read, and what to do."""
    if not tree.files:
        return tr("{folder} holds no files.", folder=tree.root), tr("Check the name.")
    if "instance" in tree.folder_names():
        return (
            tr("The folder instance/ holds ids of objects."),
            tr("Read it with --from index --masks FOLDER/instance --divide 256."),
        )
    for look in _LOOKS:
        reason = look(tree)
        if reason:
            return reason, _HINT
    return (
        tr("It is in none of the formats that are known here."),
        tr("Say which format it is, or put images into images/ and masks into masks/."),
    )


def is_web_tool(tree: FolderTree) -> bool:
    """Tell whether a folder is one of the LabelMe web tool, whose masks are parts."""
    return "web tool" in _boxes_in_xml(tree)


def _volumes(tree: FolderTree) -> str:
    found = tree.ending(*_VOLUMES)
    return (
        tr("{name} is a volume of slices, not an image.", name=found[0].name)
        if found
        else ""
    )


def _pickles(tree: FolderTree) -> str:
    found = tree.ending(*_PICKLES)
    if found:
        return tr(
            "{name} is a pickle, which could run code; it is not opened.",
            name=found[0].name,
        )
    return ""


def _coco_without_outlines(tree: FolderTree) -> str:
    for file in tree.ending(".json")[:_LOOKED_AT]:
        try:
            content = read_json(tree.path(file))
        except InputError:
            continue
        if isinstance(content, dict) and {"images", "annotations"} <= content.keys():
            return tr(
                "{name} is a COCO file without outlines: captions, labels, "
                "boxes or a list of images.",
                name=file.name,
            )
    return ""


def _boxes_in_xml(tree: FolderTree) -> str:
    for file in tree.ending(".xml")[:_LOOKED_AT]:
        try:
            root = read_xml(tree.path(file))
        except SegDeskError:
            continue
        if root.tag != "annotation":
            continue
        if root.find("./object/polygon") is not None:
            return tr(
                "{name} is an XML of the LabelMe web tool, which is not read.",
                name=file.name,
            )
        return tr("{name} is a Pascal VOC file with boxes alone.", name=file.name)
    return ""


def _boxes_in_text(tree: FolderTree) -> str:
    names = tree.folder_names()
    for file in tree.ending(".txt"):
        folder = file.parent.name.lower()
        if folder in {"label_2", "obj_train_data"} or "labels" in names:
            return tr("{name} holds boxes or key points, not outlines.", name=file.name)
    return ""


def _images_alone(tree: FolderTree) -> str:
    if tree.images and len(tree.images) == len(tree.files):
        return tr("It holds images alone, without annotations.")
    return ""


def _samples(tree: FolderTree) -> str:
    for file in tree.ending(".yaml")[:_LOOKED_AT]:
        if "$dsdl-version" in read_text(tree.path(file)):
            return tr(
                "{name} is a description in DSDL, which is not read.", name=file.name
            )
    return ""


_LOOKS: tuple[Callable[[FolderTree], str], ...] = (
    _coco_without_outlines,
    _boxes_in_xml,
    _boxes_in_text,
    _volumes,
    _pickles,
    _samples,
    _images_alone,
)

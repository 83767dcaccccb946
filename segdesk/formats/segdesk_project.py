"""SegDesk's own projects as labelled images. Nothing in them is changed or locked."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.errors import InputError, SegDeskError
from segdesk.core.geometry import Size
from segdesk.core.imaging import read_size
from segdesk.core.item_status import ItemStatus
from segdesk.core.language import tr
from segdesk.core.project import PROJECT_FILE, Project
from segdesk.core.shapes import Shape
from segdesk.formats.class_table import find_class_table
from segdesk.formats.drawn_shapes import paint
from segdesk.formats.folder_tree import FolderTree
from segdesk.formats.labelled import (
    Finding,
    LabelledImage,
    LabelledSet,
    Loaded,
    ReadOptions,
    class_list,
    failing,
)
from segdesk.formats.native import AnnotationState, read_annotation
from segdesk.formats.project_file import read_project
from segdesk.formats.project_store import list_items, refreshed
from segdesk.formats.shape_out import ground_of

FORMAT_ID = "segdesk"


def detect(tree: FolderTree) -> tuple[float, str] | None:
    """Tell whether a folder is a project, and why; None: it is not."""
    asked_for = tree.only is None or tree.only.name == PROJECT_FILE
    if asked_for and (tree.root / PROJECT_FILE).is_file():
        return 1.0, tr("it holds {project_file}", project_file=PROJECT_FILE)
    return None


def read(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read the images of a project that have an annotation, with their splits.

    Images without one are left out and counted.

    Raises
    ------
    InputError
        When the project cannot be read, names no classes, or has no annotation.
    """
    if not (tree.root / PROJECT_FILE).is_file():
        raise InputError(
            tr("{name} was not read.", name=tree.root.name),
            cause=tr("It holds no {project_file}.", project_file=PROJECT_FILE),
            hint=tr("Name the folder of a project."),
        )
    project = read_project(tree.root)
    listed = list_items(project)
    project = refreshed(project, listed)
    reader = _Reader(project, _classes(tree, project, options))
    found: list[LabelledImage] = []
    for place, (item, image) in enumerate(zip(listed.items, listed.paths, strict=True)):
        if project.facts(item).status is not ItemStatus.UNLABELLED:
            try:
                listed.check(item)
            except InputError as error:
                found.append(reader.item(item, image, error))
            else:
                found.append(reader.item(item, image))
        options.tell(place + 1, len(listed.items))
    if not found:
        raise InputError(
            tr("{name} was not read.", name=tree.root.name),
            cause=tr(
                "None of its {items:,} images has an annotation.",
                items=len(listed.items),
            ),
            hint=tr("Open it in SegDesk and label some."),
        )
    findings = _left_out(project, listed.items, len(found))
    return LabelledSet(tree.root, reader.classes, tuple(found), findings)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes items of a project's images."""

    project: Project
    classes: ClassList

    def item(
        self, item: str, image: Path, error: SegDeskError | None = None
    ) -> LabelledImage:
        """Return an image with its annotation, or with the reason against it."""

        def load() -> Loaded:
            size = Size(*read_size(image))
            found = read_annotation(self.project.annotation_path(item), size)
            if found.state is None:
                raise found.problem or _gone(image)
            loaded = _known_only(found.state, self.classes)
            if found.problem is None:
                return loaded
            told = Finding(tr("sidecar damaged or of another mask, shapes left out"))
            return Loaded(loaded.labels, findings=(*loaded.findings, told))

        images = self.project.layout.images
        name = item.removeprefix(f"{images}/") if images else item
        return LabelledImage(
            name.removesuffix(image.suffix),
            failing(error) if error else load,
            image,
            self.project.facts(item).split,
        )


def _classes(tree: FolderTree, project: Project, options: ReadOptions) -> ClassList:
    if options.classes is not None:
        table = find_class_table(tree, options.classes)
        if table is not None:
            return class_list(table.names, (one.rgb for one in table.classes))
    if project.classes is None:
        raise InputError(
            tr("{name} was not read.", name=tree.root.name),
            cause=tr("The project names no classes."),
            hint=tr("Open it in SegDesk and name them in the classes panel."),
        )
    return project.classes


def _known_only(state: AnnotationState, classes: ClassList) -> Loaded:
    """Return an annotation whose labels of no class are ignored, and counted."""
    labels, count = state.labels, len(classes)
    pixels = np.bincount(labels.ravel(), minlength=IGNORE_INDEX + 1)
    strange = [
        int(value) for value in np.flatnonzero(pixels[:IGNORE_INDEX]) if value >= count
    ]
    if strange:
        labels = np.where(labels < count, labels, np.uint8(IGNORE_INDEX))
    findings = tuple(
        Finding(
            tr("value {value} is in no class and is ignored", value=value),
            int(pixels[value]),
            "px",
        )
        for value in strange
    )
    shapes = () if strange else _fitting(state, classes)
    return Loaded(labels, shapes, findings=findings)


def _fitting(state: AnnotationState, classes: ClassList) -> tuple[Shape, ...]:
    """Return the shapes if they alone give the labels; none otherwise."""
    known = {*range(len(classes)), IGNORE_INDEX}
    if not state.shapes or any(one.class_index not in known for one in state.shapes):
        return ()
    height, width = state.labels.shape
    painted = paint(state.shapes, Size(width, height), ground_of(classes))
    return state.shapes if np.array_equal(painted, state.labels) else ()


def _left_out(
    project: Project, items: tuple[str, ...], labelled: int
) -> tuple[Finding, ...]:
    findings = []
    if bare := len(items) - labelled:
        findings.append(Finding(tr("images without an annotation are left out"), bare))
    there = set(items)
    gone = sum(
        facts.status is not ItemStatus.UNLABELLED and item not in there
        for item, facts in project.items.items()
    )
    if gone:
        text = tr("annotated images are not there any more and are left out")
        findings.append(Finding(text, gone))
    return tuple(findings)


def _gone(image: Path) -> InputError:
    return InputError(
        tr("The annotation of {name} was not read.", name=image.name),
        cause=tr(
            "{project_file} tells of one, but its file is gone.",
            project_file=PROJECT_FILE,
        ),
        hint=tr("Restore it from a copy, or label the image again."),
    )

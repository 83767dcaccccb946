"""Thumbnails show what is labelled, and are made again when that is another."""

from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.app.annotate.autosave import Autosave
from segdesk.app.files.thumbnails import LabelSource, Thumbnails
from segdesk.app.project.shelf import ProjectShelf
from segdesk.app.session import Session
from segdesk.core.item_status import ItemFacts, ItemStatus, MadeBy

if TYPE_CHECKING:
    from segdesk.app.annotate.open_annotation import OpenAnnotation


class LabelTints:
    """Tells the thumbnails which annotation lies over an image.

    Attributes
    ----------
    is_on
        Whether thumbnails show labels at all.
    """

    def __init__(
        self,
        thumbnails: Thumbnails,
        shelf: ProjectShelf,
        session: Session,
        autosave: Autosave,
    ) -> None:
        self.is_on = True
        self._thumbnails = thumbnails
        self._shelf = shelf
        self._shown: dict[Path, ItemFacts] = {}
        thumbnails.labels_of = self._labels_of
        autosave.written.connect(self._on_written)
        shelf.opened.connect(lambda _: thumbnails.renew(None))
        shelf.item_changed.connect(self._on_item_changed)
        shelf.items_changed.connect(self._on_items_changed)
        session.classes_changed.connect(lambda _: thumbnails.renew(None))

    def turn(self, *, on: bool) -> None:
        """Show labels on thumbnails, or pictures alone."""
        if on is not self.is_on:
            self.is_on = on
            self._thumbnails.renew(None)

    def _labels_of(self, path: Path) -> LabelSource | None:
        project = self._shelf.project if self.is_on else None
        item = project.item_of(path) if project else None
        if project is None or project.classes is None or item is None:
            return None
        if project.facts(item).status is ItemStatus.UNLABELLED:
            return None
        classes = project.classes
        return LabelSource(
            project.annotation_path(item), classes.rgb, classes.background_index
        )

    def _on_item_changed(self, item: str) -> None:
        """Make it again where labels came without the annotation being open."""
        project = self._shelf.project
        facts = project.facts(item) if project else None
        if project is None or facts is None or facts.made_by is not MadeBy.IMPORT:
            return
        path = project.image_path(item)
        if self._shown.get(path) != facts:
            self._shown[path] = facts
            self._thumbnails.renew(path)

    def _on_items_changed(self, items: frozenset[str]) -> None:
        project = self._shelf.project
        if project is not None:
            self._thumbnails.renew_those(
                lambda path: project.item_of(path) in items,
            )

    def _on_written(self, annotation: "OpenAnnotation") -> None:
        self._thumbnails.renew(annotation.place.image)

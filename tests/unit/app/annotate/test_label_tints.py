"""Thumbnails with the colours of the annotation over them."""

import numpy as np

from segdesk.app.annotate.label_tints import LabelTints
from segdesk.app.files.thumbnails import Thumbnails
from segdesk.core.item_status import ItemFacts, ItemStatus, MadeBy


def test_thumbnail_is_tinted_when_its_annotation_was_written(room, executor):
    thumbnails, seen, renewed = Thumbnails(executor), [], []
    tints = LabelTints(thumbnails, room.shelf, room.desk.session, room.autosave)
    assert tints is not None
    thumbnails.renewed.connect(renewed.append)
    room.show("a.jpg")
    image = room.root / "a.jpg"
    thumbnails.request(image, seen.append)
    executor.run_all()
    assert np.ptp(seen[-1]) == 0
    room.stroke(5, 6)
    room.quiet()
    assert image in renewed
    thumbnails.request(image, seen.append)
    executor.run_all()
    changed = (seen[-1] != seen[0]).any(axis=2)
    assert np.array_equal(changed, room.saved("a.jpg") == 1)
    count = len(seen)
    thumbnails.request(image, seen.append)
    assert len(seen) == count + 1
    room.saved_path = room.shelf.project.annotation_path("a.jpg")
    room.saved_path.write_bytes(b"no picture")
    thumbnails.renew(image)
    thumbnails.request(image, seen.append)
    executor.run_all()
    assert np.array_equal(seen[-1], seen[0])


def test_thumbnail_is_made_again_when_labels_were_imported(room, executor):
    thumbnails, renewed = Thumbnails(executor), []
    tints = LabelTints(thumbnails, room.shelf, room.desk.session, room.autosave)
    assert tints is not None
    room.show("a.jpg")
    thumbnails.renewed.connect(renewed.append)
    for made_by in (MadeBy.HAND, MadeBy.IMPORT, MadeBy.IMPORT):
        facts = ItemFacts(status=ItemStatus.DRAFT, classes=(1,), made_by=made_by)
        project = room.shelf.project
        room.shelf.set_project(project.with_all_facts({"b.jpg": facts}))
        room.shelf.item_changed.emit("b.jpg")
    assert renewed == [room.root / "b.jpg"]


def test_thumbnails_are_made_again_when_many_items_changed_at_once(room, executor):
    thumbnails, seen, renewed = Thumbnails(executor), [], []
    tints = LabelTints(thumbnails, room.shelf, room.desk.session, room.autosave)
    assert tints is not None
    room.show("a.jpg")
    for name in ("a.jpg", "b.jpg"):
        thumbnails.request(room.root / name, seen.append)
    executor.run_all()
    thumbnails.renewed.connect(renewed.append)
    room.shelf.set_all_facts({"b.jpg": ItemFacts(classes=(1,))})
    assert renewed == [None]
    for name in ("a.jpg", "b.jpg"):
        thumbnails.request(room.root / name, seen.append)
    assert len(seen) == 3  # what nothing happened to is still there
    executor.run_all()
    assert len(seen) == 4

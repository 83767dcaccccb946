"""Thumbnails with the colours of the annotation over them."""

import numpy as np

from segdesk.app.label_tints import LabelTints
from segdesk.app.thumbnails import Thumbnails


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

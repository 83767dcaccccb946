"""The scribbles of one image become drafts of others."""

import numpy as np
import pytest

from segdesk.app.batch.drafting import BatchDrafting
from segdesk.app.scribble.applying import ScribbleApplying
from segdesk.app.scribble.live import LiveDoors
from segdesk.app.session import FileList
from segdesk.core.item_status import ItemStatus, MadeBy
from segdesk.formats.png_mask import write_mask
from segdesk.jobs.events import ScribbleApplied, Succeeded
from segdesk.jobs.scribble_specs import ScribbleApplySpec

A, B = ((5, 5), (30, 5)), ((5, 30), (30, 30))


@pytest.fixture
def applying(scribbler):
    room, desk = scribbler.room, scribbler.room.desk
    doors = LiveDoors(
        scribbler.engine, room.executor, room.timer, scribbler.scratch_dir
    )
    made = ScribbleApplying(
        desk, doors, scribbler.book, room.annotations, room.annotating, room.shelf
    )
    made.drafting = BatchDrafting(
        desk, scribbler.engine, room.annotations, room.autosave, room.shelf
    )
    paths = tuple(sorted(room.root.glob("*.jpg")))
    desk.session.set_files(FileList(room.root, paths, 0))
    return made


def test_drafts_are_made_when_scribbles_are_applied(scribbler, applying):
    assert "second class" in applying.why_not()
    scribbler.draw(1, *A)
    scribbler.draw(2, *B)
    assert applying.why_not() is None
    assert applying.items == ("b.jpg", "c.jpg")
    applying.apply()
    assert applying.why_not() is not None
    place = next(
        at
        for at, job in enumerate(scribbler.engine.jobs)
        if isinstance(job.spec, ScribbleApplySpec)
    )
    targets = scribbler.engine.jobs[place].spec.targets
    classes = scribbler.room.shelf.project.classes
    write_mask(targets[1][1], np.full((40, 60), 2, np.uint8), classes)
    scribbler.engine.end(place, Succeeded(ScribbleApplied(written=(1,))))
    scribbler.room.quiet()
    scribbler.engine.run_work()
    scribbler.room.executor.run_all()

    assert (scribbler.room.saved("c.jpg") == 2).all()
    facts = scribbler.room.shelf.facts("c.jpg")
    assert (facts.status, facts.made_by) == (ItemStatus.DRAFT, MadeBy.MODEL)
    assert facts.models == ("scribbles",)
    assert scribbler.room.shelf.facts("b.jpg").status is ItemStatus.UNLABELLED
    assert not list(scribbler.scratch_dir.glob("tmp*"))
    assert applying.items == ("b.jpg",)

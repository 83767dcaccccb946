"""The region under the cursor: found once, followed, forgotten."""

import numpy as np
import pytest

from segdesk.app.proposals.region_hover import RegionHover
from segdesk.app.session import ProposalView
from segdesk.core.classes import ClassList
from segdesk.core.geometry import Rect
from segdesk.core.label_map import class_stats
from segdesk.core.prediction import Prediction
from segdesk.core.shapes import Point

CLASSES = ClassList.from_names(("background", "road", "tree"))


def propose(session) -> None:
    labels = np.zeros((1500, 5000), np.uint8)
    labels[10:20, 10:20] = 1
    labels[10:20, 30:40] = 2
    prediction = Prediction(labels, None, CLASSES, "pidnet", "cpu", {})
    session.set_proposal(ProposalView(prediction, class_stats(labels, 3)))


@pytest.fixture
def hover(desk, executor) -> RegionHover:
    propose(desk.session)
    return RegionHover(desk.session, executor)


def test_region_is_searched_once_when_the_cursor_stays_in_it(hover, executor):
    changes = []
    hover.changed.connect(lambda: changes.append(hover.region))
    hover.point_at(Point(12.5, 12.5))
    executor.run_all()
    assert hover.region.rect == Rect(10, 10, 10, 10)
    assert hover.region.class_index == 1
    assert hover.region.mask.all()

    hover.point_at(Point(19.9, 10.0))
    assert not executor.waiting
    assert len(changes) == 1
    hover.point_at(None)
    assert changes[-1] is None


def test_only_the_newest_place_is_searched_when_the_cursor_is_fast(hover, executor):
    hover.point_at(Point(12, 12))
    hover.point_at(Point(25, 12))
    hover.point_at(Point(32, 12))
    assert len(executor.waiting) == 1
    executor.run_one(0)
    assert hover.region is None  # the cursor is not there any more
    executor.run_one(0)
    assert hover.region.class_index == 2
    assert not executor.waiting


def test_region_is_whole_when_it_is_larger_than_what_is_searched_first(hover, executor):
    hover.point_at(Point(2500, 700))
    executor.run_all()
    assert hover.region.rect == Rect(0, 0, 5000, 1500)
    assert hover.region.mask.sum() == 5000 * 1500 - 200


def test_region_of_a_huge_image_is_found_in_coarse_cells(desk, executor):
    labels = np.zeros((4100, 5003), np.uint8)
    labels[2000:2003] = 1  # a thin road across, and one apart from it
    labels[1000:4000, 40:43] = 1
    labels[100:103] = 1
    prediction = Prediction(labels, None, CLASSES, "pidnet", "cpu", {})
    desk.session.set_proposal(ProposalView(prediction, class_stats(labels, 3)))
    hover = RegionHover(desk.session, executor)
    hover.point_at(Point(5002, 2001))
    executor.run_all()
    region = hover.region
    assert region.mask.size * region.step**2 < 1.1 * labels.size
    rows, columns = np.divmod(np.flatnonzero(labels), labels.shape[1])
    rows, columns = rows - region.rect.y, columns - region.rect.x
    apart = rows < 0
    assert np.unique(rows[apart] + region.rect.y).tolist() == [100, 101, 102]
    there = rows[~apart] // region.step, columns[~apart] // region.step
    assert region.mask[there].all()

    hover.point_at(Point(41, 3999))  # the same region
    assert not executor.waiting
    hover.point_at(Point(41, 4002))
    assert hover.region is None


def test_region_goes_with_its_proposal_when_that_changes(hover, executor, desk):
    hover.point_at(Point(12, 12))
    executor.run_all()
    desk.session.set_proposal(None)
    assert hover.region is None
    hover.point_at(Point(12, 12))
    assert not executor.waiting

    propose(desk.session)
    hover.point_at(Point(12, 12))
    propose(desk.session)  # another one, while the worker looks at the last
    executor.run_all()
    assert hover.region is None

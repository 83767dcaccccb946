"""The bar of a proposal: what fits, what lies over it, what it counts."""

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from segdesk.app.session import ProposalView
from segdesk.core.classes import ClassList
from segdesk.core.label_map import class_stats
from segdesk.core.prediction import Prediction
from segdesk.gui.actions import Actions
from segdesk.gui.proposal_bar import ProposalBar

CLASSES = ClassList.from_names(("background", "road", "tree"))


def propose(context) -> None:
    labels = np.zeros((8, 16), np.uint8)
    labels[2:4, 2:4] = 1
    labels[2:4, 8:10] = 1
    sure = np.full(labels.shape, 220, np.uint8)
    sure[2:4, 8:10] = 60
    found = Prediction(labels, sure, CLASSES, "model", "cpu", {})
    context.session.set_proposal(ProposalView(found, class_stats(labels, 3, sure)))


@pytest.fixture
def viewer(qtbot) -> QWidget:
    made = QWidget()
    made.resize(1000, 500)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def bar(context, viewer, monkeypatch) -> ProposalBar:
    monkeypatch.setattr(context.annotations, "current", object())
    made = ProposalBar(context, Actions(context, viewer), viewer)
    propose(context)
    yield made
    context.session.set_proposal(None)
    monkeypatch.undo()


def card_of(bar: ProposalBar) -> tuple[int, int]:
    edges = bar.geometry().adjusted(26, 26, -26, -26)
    return edges.left(), edges.right() + 1


@pytest.mark.parametrize("width", [1400, 760, 620, 520, 420, 360])
def test_bar_stays_inside_the_canvas_when_there_is_little_room(bar, viewer, width):
    viewer.resize(width, 500)
    left, right = card_of(bar)
    assert left >= 12
    assert right <= width - 12


def test_bar_keeps_its_width_when_the_numbers_change(bar, context):
    before = bar.width()
    context.session.update_view(min_confidence=0.5)
    assert bar.width() == before


def test_regions_are_counted_again_when_the_least_confidence_changes(bar, context):
    assert context.proposal_facts.regions.total == 2
    context.session.update_view(min_confidence=0.5)
    assert context.proposal_facts.regions.total == 1
    assert context.proposal_facts.regions.mean_confidence == pytest.approx(220 / 255)
    context.session.update_view(min_confidence=0.9)
    assert context.proposal_facts.regions.total == 0

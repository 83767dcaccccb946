"""What a deed would change, shown while its number is chosen."""

from types import SimpleNamespace

import numpy as np
import pytest

from segdesk.app.annotate.trying import Trying
from segdesk.app.signal import Signal
from segdesk.app.tools.base import ToolContext
from segdesk.app.tools.refining import REFINEMENTS
from segdesk.core.classes import IGNORE_INDEX
from segdesk.core.document import AnnotationDocument
from segdesk.core.geometry import Rect

BY_ID = {refinement.id: refinement for refinement in REFINEMENTS}


@pytest.fixture
def scene():
    labels = np.zeros((600, 700), np.uint8)
    labels[250:350, 250:350] = 1
    document = AnnotationDocument(labels, unlabelled=0)
    image = np.zeros((600, 700, 3), np.uint8)
    context = ToolContext(document, image, 1, 0, class_names=("background", "road"))
    shown = []
    previewed: Signal = Signal()
    previewed.connect(shown.append)
    annotating = SimpleNamespace(previewed=previewed, context=lambda: context)
    return SimpleNamespace(annotating=annotating, labels=labels, shown=shown)


def test_pixels_that_would_change_are_shown_and_counted(scene, executor):
    said = []
    trying = Trying(executor, scene.annotating)
    before = scene.labels.copy()
    trying.show(BY_ID["grow"], 10, said.append)
    executor.run_all()
    mask = scene.shown[-1].mask
    assert mask.rect == Rect(240, 240, 120, 120)
    assert mask.class_index == 1
    assert not mask.mask[20:80, 20:80].any()
    assert said[-1] == f"{np.count_nonzero(mask.mask):,} px would change"

    trying.show(BY_ID["shrink"], 10, said.append)
    executor.run_all()
    mask = scene.shown[-1].mask
    assert (mask.rect, mask.class_index) == (Rect(250, 250, 100, 100), IGNORE_INDEX)
    trying.show(BY_ID["fill_holes"], 0, said.append)
    executor.run_all()
    assert scene.shown[-1].mask is None
    assert said[-1] == "Nothing would change"
    assert np.array_equal(scene.labels, before)


def test_only_the_newest_number_is_shown_and_nothing_after_the_question(
    scene, executor
):
    said = []
    trying = Trying(executor, scene.annotating)
    for amount in (5, 6, 7, 20):
        trying.show(BY_ID["grow"], amount, said.append)
    assert len(executor.waiting) == 1
    executor.run_one(0)
    assert not scene.shown
    assert len(executor.waiting) == 1
    executor.run_one(0)
    assert [one.mask.rect.width for one in scene.shown] == [140]
    trying.show(BY_ID["grow"], 30, said.append)
    trying.hide()
    executor.run_all()
    assert scene.shown[-1].mask is None
    assert len(scene.shown) == 2

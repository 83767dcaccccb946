"""A proposal is drawn and counted by the project's classes, whatever the model's."""

import numpy as np

from segdesk.app.proposals.alignment import aligned, with_extra
from segdesk.app.session import ProposalView
from segdesk.core.classes import ClassList
from segdesk.core.label_map import class_stats
from segdesk.core.prediction import Prediction

MODEL = ClassList(("background", "nucleus", "Road"), ("#8A8F98", "#3D6DFA", "#111111"))
OWN = ClassList(("road", "water"), ("#A06192", "#05C4AC"))


def view_of(labels):
    confidence = np.full_like(labels, 204)
    prediction = Prediction(labels, confidence, MODEL, "m", "cpu", {})
    return ProposalView(prediction, class_stats(labels, len(MODEL), confidence))


def test_aligned_numbers_by_name_when_the_model_has_other_classes():
    labels = np.array([[0, 1, 2], [2, 2, 255]], np.uint8)

    found = aligned(view_of(labels), OWN)

    # Road is the project's 0; background and nucleus follow its two classes.
    assert found.prediction.labels.tolist() == [[2, 3, 0], [0, 0, 255]]
    assert found.prediction.classes.names == ("road", "water", "background", "nucleus")
    assert found.prediction.classes.palette[0] == OWN.palette[0]
    assert found.prediction.classes.palette[3] == MODEL.palette[1]
    again = class_stats(
        found.prediction.labels, 4, np.full_like(found.prediction.labels, 204)
    )
    assert found.statistics.counts.tolist() == again.counts.tolist()
    assert np.allclose(found.statistics.confidences, again.confidences, equal_nan=True)


def test_aligned_changes_nothing_when_names_agree_or_there_are_none():
    view = view_of(np.zeros((2, 2), np.uint8))

    assert aligned(view, None) is view
    assert (
        aligned(view, ClassList.from_names(("Background", "NUCLEUS", "road"))) is view
    )


def test_with_extra_keeps_own_colours_when_they_changed_since():
    view = aligned(view_of(np.ones((2, 2), np.uint8)), OWN)
    recoloured = ClassList(OWN.names, ("#FFFFFF", "#000000"))

    found = with_extra(recoloured, view.prediction.classes)

    assert found.palette[:2] == ("#FFFFFF", "#000000")
    assert found.names[2:] == ("background", "nucleus")

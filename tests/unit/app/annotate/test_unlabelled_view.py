"""Hatching of what nobody has labelled yet."""

from types import SimpleNamespace

import numpy as np
import pytest

from segdesk.app.annotate.unlabelled_view import UnlabelledView
from segdesk.app.choices import Choices
from segdesk.app.session import Session
from segdesk.app.signal import Signal
from segdesk.core.classes import IGNORE_INDEX, ClassList
from segdesk.core.document import AnnotationDocument
from segdesk.core.geometry import Size

SIZE = Size(300, 200)


@pytest.fixture
def session():
    session = Session()
    session.set_classes(ClassList.from_names(("road", "water")))
    return session


@pytest.fixture
def annotating(session):
    made = SimpleNamespace(document=None, history_changed=Signal(), chosen=Signal())
    made.view = UnlabelledView(session, made)
    return made


def open_document(annotating, document):
    annotating.document = document
    annotating.history_changed.emit()


def is_hatched(session):
    return session.view.draws(IGNORE_INDEX)


def test_hatching_is_hidden_when_a_fresh_picture_is_opened(session, annotating):
    open_document(annotating, AnnotationDocument.fresh(SIZE, None))
    assert not is_hatched(session)

    session.set_classes(ClassList.from_names(("road", "water", "wood")))
    assert not is_hatched(session), "also with another class list"

    labelled = np.zeros((200, 300), np.uint8)
    labelled[:20] = IGNORE_INDEX
    open_document(annotating, AnnotationDocument(labelled))
    assert is_hatched(session)


def test_hatching_is_left_alone_when_there_is_a_background(session, annotating):
    labels = np.full((200, 300), IGNORE_INDEX, np.uint8)
    open_document(annotating, AnnotationDocument(labels, unlabelled=0))
    assert is_hatched(session)


def test_hatching_comes_back_when_ignore_is_to_be_painted(session, annotating):
    open_document(annotating, AnnotationDocument.fresh(SIZE, None))

    annotating.chosen.emit(Choices(class_index=1))
    assert not is_hatched(session)
    annotating.chosen.emit(Choices(class_index=IGNORE_INDEX))
    assert is_hatched(session)

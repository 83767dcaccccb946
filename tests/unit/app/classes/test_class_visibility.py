"""Eyes, solo, and how they go together."""

import pytest

from segdesk.app.classes.visibility import (
    hide_others,
    show_all,
    toggle_class,
    toggle_solo,
)
from segdesk.app.session import Session
from segdesk.core.classes import ClassList


@pytest.fixture
def session() -> Session:
    session = Session()
    session.set_classes(ClassList.from_names(("road", "water", "land")))
    return session


def drawn(session: Session) -> list[int]:
    return [index for index in range(3) if session.view.draws(index)]


def test_toggle_class_hides_and_shows_when_nothing_is_solo(session):
    toggle_class(session, 1)
    assert drawn(session) == [0, 2]
    toggle_class(session, 1)
    assert drawn(session) == [0, 1, 2]


def test_toggle_class_joins_the_solo_class_when_another_eye_is_clicked(session):
    toggle_solo(session, 0)
    assert drawn(session) == [0]
    toggle_class(session, 2)
    assert drawn(session) == [0, 2]


def test_toggle_class_brings_back_the_view_when_the_solo_eye_is_clicked(session):
    toggle_class(session, 1)
    toggle_solo(session, 0)
    toggle_class(session, 0)
    assert drawn(session) == [0, 2]


def test_toggle_solo_ends_when_asked_twice(session):
    toggle_solo(session, 2)
    toggle_solo(session, 2)
    assert drawn(session) == [0, 1, 2]


def test_hide_others_lasts_until_all_are_shown(session):
    hide_others(session, 1)
    assert drawn(session) == [1]
    assert not session.view.draws(255)
    show_all(session)
    assert drawn(session) == [0, 1, 2]

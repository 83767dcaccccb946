"""Which classes are drawn: what a click on an eye means while one class is solo."""

from segdesk.app.session import Session
from segdesk.core.classes import IGNORE_INDEX


def toggle_class(session: Session, index: int) -> None:
    """Hide a class that is drawn, draw one that is not.

    While one class is solo, another one joins it, and the solo class itself brings
    back all that were drawn before.
    """
    view = session.view
    if view.solo is None:
        session.update_view(hidden=view.hidden ^ {index})
    elif index == view.solo:
        session.update_view(solo=None)
    else:
        session.update_view(solo=None, hidden=_all(session) - {view.solo, index})


def toggle_solo(session: Session, index: int) -> None:
    """Draw one class alone, or end that."""
    session.update_view(solo=None if session.view.solo == index else index)


def hide_others(session: Session, index: int) -> None:
    """Hide every class but one, for good."""
    session.update_view(solo=None, hidden=_all(session) - {index})


def show_all(session: Session) -> None:
    """Draw every class."""
    session.update_view(solo=None, hidden=frozenset())


def _all(session: Session) -> frozenset[int]:
    count = len(session.classes) if session.classes else 0
    return frozenset({*range(count), IGNORE_INDEX})

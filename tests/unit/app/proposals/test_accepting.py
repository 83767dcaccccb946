from dataclasses import replace

import numpy as np

from segdesk.app.proposals.kept_proposals import KeptProposals
from segdesk.app.proposals.proposals import pack
from segdesk.app.session import ProposalView
from segdesk.app.tools.pointer import Button, PointerEvent
from segdesk.core.classes import ClassList
from segdesk.core.geometry import Size
from segdesk.core.item_status import MadeBy
from segdesk.core.label_map import class_stats
from segdesk.core.prediction import Prediction
from segdesk.core.shapes import Point

CLASSES = ClassList.from_names(("background", "road", "tree"))
SIZE = Size(60, 40)


def propose(room, *, size: Size = SIZE) -> None:
    labels = np.zeros((size.height, size.width), np.uint8)
    labels[10:20, 10:20] = 1
    labels[10:20, 30:40] = 1
    labels[30:35, 10:20] = 2
    confidence = np.full(labels.shape, 200, np.uint8)
    confidence[10:20, 30:40] = 50
    classes = ClassList.from_names(("background", "Tree", "lake"))
    prediction = Prediction(labels, confidence, classes, "pidnet", "cpu", {})
    view = ProposalView(prediction, class_stats(labels, 3))
    room.desk.session.set_proposal(view)


def test_proposal_is_one_undoable_step_when_it_is_accepted(room):
    toasts = []
    room.desk.notices.toasted.connect(lambda toast: toasts.append(toast.message))
    room.show("a.jpg")
    room.stroke(2, 2)
    propose(room)
    room.accepting.accept_all()
    room.executor.run_all()

    assert (room.labels == 2).sum() == 200  # its trees are class 2 of the project
    assert "lake" in toasts[0]
    facts = room.shelf.facts("a.jpg")
    assert (facts.made_by, facts.models) == (MadeBy.MIXED, ("pidnet",))
    room.annotating.undo()
    assert (room.labels == 2).sum() == 0
    assert room.shelf.facts("a.jpg").made_by is MadeBy.HAND


def test_parts_of_a_proposal_are_taken_over_when_they_are_chosen(room):
    room.show("a.jpg")
    propose(room)
    room.accepting.accept_region(Point(12, 12))
    room.executor.run_all()
    assert (room.labels == 2).sum() == 100
    room.annotating.undo()

    lasso = (Point(29, 9), Point(41, 9), Point(41, 21), Point(29, 21))
    room.accepting.accept_lasso(lasso)
    room.executor.run_all()
    assert (room.labels[10:20, 30:40] == 2).all()
    room.annotating.undo()

    room.desk.session.update_view(min_confidence=0.5)
    room.accepting.accept_class(1)
    room.executor.run_all()
    assert (room.labels == 2).sum() == 100


def test_acceptance_is_found_out_anew_when_somebody_paints_meanwhile(room):
    room.show("a.jpg")
    propose(room)
    room.accepting.accept_class(1)
    room.stroke(10, 10)
    room.executor.run_all()

    assert [step.title for step in room.annotating.document.history] == [
        "Stamp",
        "Accept class",
    ]
    room.annotating.go_to(0)
    assert not room.labels.any()


def test_proposal_is_withdrawn_when_its_last_part_is_taken_over(room):
    room.show("a.jpg")
    propose(room)
    session = room.desk.session
    proposal = session.proposal
    room.accepting.accept_class(0)
    room.executor.run_all()
    assert session.proposal is proposal
    room.accepting.accept_class(1)
    room.executor.run_all()
    assert session.proposal is None
    assert len(session.settled) == 1

    room.annotating.undo()
    assert session.proposal is proposal
    assert not session.settled
    room.annotating.redo()
    assert session.proposal is None
    assert len(session.settled) == 1


def test_proposal_is_withdrawn_when_the_pointer_moves_meanwhile(room):
    room.show("a.jpg")
    propose(room)
    room.accepting.accept_all()
    while room.executor.waiting:
        room.annotating.hover(PointerEvent(3, 3, Button.NONE))
        room.executor.run_one(0)
    assert room.desk.session.proposal is None
    assert (room.labels == 2).sum() == 200


def test_rest_of_a_proposal_stays_when_all_that_is_sure_is_taken_over(room):
    room.show("a.jpg")
    propose(room)
    session = room.desk.session
    session.update_view(min_confidence=0.5)
    room.accepting.accept_all()
    room.executor.run_all()

    assert session.proposal is not None
    assert (room.accepting.accepted_from, room.accepting.is_all_accepted) == (0.5, True)
    room.annotating.undo()
    assert not room.accepting.is_all_accepted
    room.annotating.redo()
    assert room.accepting.is_all_accepted

    session.update_view(min_confidence=0.1)
    assert not room.accepting.is_all_accepted
    room.accepting.accept_all()
    room.executor.run_all()
    assert session.proposal is None
    assert room.accepting.accepted_from is None


def test_proposal_comes_back_when_its_acceptance_is_undone_after_a_return(room):
    session = room.desk.session
    room.accepting.kept = KeptProposals(room.executor)
    room.show("a.jpg")
    propose(room)
    room.accepting.kept.put(session.image.path, pack(session.proposal))
    room.accepting.accept_all()
    room.executor.run_all()
    assert session.proposal is None

    session.set_proposal(None)
    room.show("b.jpg")
    room.show("a.jpg")
    room.annotating.undo()
    room.executor.run_all()
    assert session.proposal is not None
    assert (session.proposal.prediction.labels == 1).sum() == 200
    room.annotating.redo()
    assert session.proposal is None
    assert len(session.settled) == 1


def propose_nuclei(room) -> None:
    labels = np.zeros((SIZE.height, SIZE.width), np.uint8)
    labels[10:20, 10:20] = 1
    classes = ClassList.from_names(("background", "nucleus"))
    prediction = Prediction(labels, None, classes, "unet", "cpu", {})
    room.desk.session.set_proposal(ProposalView(prediction, class_stats(labels, 2)))


def test_missing_class_is_offered_when_a_proposal_has_nothing_else(room):
    room.show("a.jpg")
    propose_nuclei(room)
    assert room.messages == ["nucleus is not in your classes."]
    room.accepting.accept_region(Point(12, 12))
    room.executor.run_all()
    (notice,) = room.desk.notices.history[1:]
    assert [verb.title for verb in notice.verbs] == ["Add nucleus"]

    notice.verbs[0].run()
    room.executor.run_all()
    assert room.shelf.project.classes.names[3:] == ("nucleus",)
    assert (room.labels == 3).sum() == 100
    assert room.annotations.current.classes.names[3:] == ("nucleus",)


def test_proposed_class_becomes_another_when_it_is_mapped(room):
    asked = []

    class Dialogs:
        def ask_class(self, question):
            asked.append(question.title)
            return 2

    room.accepting.mapping.dialogs = Dialogs()
    room.show("a.jpg")
    propose_nuclei(room)
    assert room.accepting.mapping.takers(2) == ()
    (notice,) = room.desk.notices.history
    notice.verbs[1].run()
    assert asked == ["Map nucleus to a class"]
    assert room.accepting.mapping.takers(2) == (1,)
    room.accepting.accept_all()
    room.executor.run_all()
    assert (room.labels == 2).sum() == 100


def test_proposal_stays_away_when_it_is_rejected_and_comes_back_with_undo(room):
    toasts = []
    room.desk.notices.toasted.connect(toasts.append)
    session = room.desk.session
    room.accepting.kept = KeptProposals(room.executor)
    room.show("a.jpg")
    propose(room)
    proposal, path = session.proposal, session.image.path
    room.accepting.kept.put(path, pack(proposal))
    room.accepting.reject()
    assert session.proposal is None
    assert session.is_decided(path, "pidnet")
    assert not room.accepting.kept.has(path)
    toasts[-1].undo()
    assert session.proposal is proposal
    assert not session.is_decided(path, "pidnet")


def test_first_acceptance_gives_a_bare_folder_the_model_s_classes(bare_room, desk):
    room = bare_room
    room.show("a.jpg")
    proposed = ClassList.from_names(("background", "nucleus"))
    labels = np.zeros((SIZE.height, SIZE.width), np.uint8)
    labels[10:20, 10:20] = 1
    desk.session.set_model_classes(proposed)
    prediction = Prediction(labels, None, proposed, "pidnet", "cpu", {})
    desk.session.set_proposal(ProposalView(prediction, class_stats(labels, 2)))

    room.accepting.accept_all()
    room.executor.run_all()

    assert room.shelf.project.classes == proposed
    assert (room.labels == labels).all()
    room.annotating.undo()
    assert not room.labels.any(), "unlabelled is the background, as in later images"
    room.annotating.redo()
    room.quiet()
    assert (room.saved("a.jpg") == labels).all()


def test_proposal_goes_when_all_is_accepted_and_it_was_numbered_anew(room):
    room.show("a.jpg")
    propose(room)
    session = room.desk.session
    view = session.proposal
    again = replace(view, prediction=replace(view.prediction))
    room.accepting.accepted.connect(lambda: session.set_proposal(again))
    room.accepting.accept_all()
    room.executor.run_all()
    assert session.proposal is None


def test_unsure_pixels_become_ignored_when_that_is_asked_for(room):
    room.show("a.jpg")
    propose(room)
    session = room.desk.session
    session.update_view(min_confidence=0.5, ignore_unsure=True)
    room.accepting.accept_all()
    room.executor.run_all()

    assert (room.labels[10:20, 10:20] == 2).all()
    assert (room.labels[10:20, 30:40] == 255).all()
    assert (room.labels == 255).sum() == 100
    assert session.proposal is None  # nothing is left to decide on
    room.annotating.undo()
    assert not (room.labels == 255).any()

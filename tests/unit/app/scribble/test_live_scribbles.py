"""What is made of scribbles becomes the proposal, while one draws."""

from dataclasses import replace

from segdesk.app.scribble.live import MODEL_ID
from segdesk.app.tools.pointer import Button, PointerEvent
from segdesk.jobs.events import Failed

A, B = ((5, 5), (30, 5)), ((5, 30), (30, 30))


def test_tool_prepares_the_image_when_it_is_taken(scribbler):
    (job,) = scribbler.engine.jobs
    assert job.spec.strokes == ()
    assert job.spec.image.name == "a.jpg"


def test_result_is_a_proposal_when_two_classes_have_strokes(scribbler):
    scribbler.answer()
    scribbler.draw(1, *A)
    assert len(scribbler.engine.jobs) == 1
    assert "second class" in scribbler.live.hint
    scribbler.draw(2, *B)
    scribbler.answer()
    assert scribbler.proposal.prediction.model_id == MODEL_ID
    assert scribbler.proposal.prediction.confidence is not None
    scribbler.room.accepting.accept_all()
    scribbler.room.executor.run_all()
    assert (scribbler.room.labels == 1).all()
    assert scribbler.proposal is None


def test_newest_strokes_are_asked_when_some_came_meanwhile(scribbler):
    scribbler.answer()
    scribbler.draw(1, *A)
    scribbler.draw(2, *B)
    begun = len(scribbler.engine.jobs)
    scribbler.draw(0, (5, 20), (30, 20))
    scribbler.draw(0, (5, 25), (30, 25))
    assert len(scribbler.engine.jobs) == begun
    scribbler.answer()
    assert len(scribbler.engine.jobs) == begun + 1
    assert len(scribbler.engine.jobs[-1].spec.strokes) == 4
    scribbler.answer()
    assert len(scribbler.engine.jobs) == begun + 1


def test_nothing_is_asked_when_it_does_not_follow_the_pen(scribbler):
    annotating = scribbler.room.annotating
    options = replace(annotating.choices.options, scribble_live=False)
    annotating.choose(options=options)
    scribbler.draw(1, *A)
    scribbler.draw(2, *B)
    scribbler.live.update()
    assert len(scribbler.engine.jobs) == 1
    scribbler.answer()
    assert len(scribbler.engine.jobs) == 2
    scribbler.answer()
    assert scribbler.proposal is not None


def test_late_answer_is_dropped_when_another_image_is_open(scribbler):
    scribbler.answer()
    scribbler.draw(1, *A)
    scribbler.draw(2, *B)
    late = scribbler.engine.jobs[-1]
    scribbler.room.show("b.jpg")
    assert late.stopped
    scribbler.engine.jobs.append(late)
    scribbler.answer()
    assert scribbler.proposal is None


def test_proposal_goes_when_a_class_loses_its_last_stroke(scribbler):
    scribbler.answer()
    scribbler.draw(1, *A)
    scribbler.draw(2, *B)
    scribbler.answer()
    scribbler.deeds.undo()
    assert scribbler.proposal is None


def test_failure_is_told_once_when_each_stroke_fails(scribbler):
    failed = Failed(kind="ImageReadError", message="a.jpg was not read.")
    scribbler.answer()
    for y in (5, 12, 20):
        scribbler.draw(1, (5, y), (30, y))
        scribbler.draw(2, (5, y + 4), (30, y + 4))
        scribbler.engine.end(len(scribbler.engine.jobs) - 1, failed)
    assert scribbler.room.messages.count("a.jpg was not read.") == 1


def test_old_strokes_wait_for_a_new_one_when_the_image_is_labelled(scribbler):
    scribbler.answer()
    scribbler.draw(1, *A)
    scribbler.draw(2, *B)
    scribbler.answer()
    scribbler.answer()
    room = scribbler.room
    room.accepting.accept_all()
    room.quiet()
    room.show("b.jpg")
    scribbler.answer()
    room.show("a.jpg")
    assert len(scribbler.book.scribbles) == 2
    scribbler.answer()
    assert scribbler.engine.jobs[-1].spec.strokes == ()
    scribbler.draw(2, (40, 5), (50, 5))
    scribbler.answer()
    assert scribbler.proposal is not None


def test_round_of_half_a_stroke_gives_way_when_the_pen_is_lifted(scribbler):
    scribbler.answer()
    scribbler.draw(1, *A)
    annotating = scribbler.room.annotating
    annotating.choose(class_index=2)
    annotating.press(PointerEvent(5, 30, Button.LEFT))
    half = scribbler.engine.jobs[-1]
    assert len(half.spec.strokes) == 2
    annotating.move(PointerEvent(30, 30, Button.LEFT))
    assert scribbler.engine.jobs[-1] is half
    annotating.release(PointerEvent(40, 30, Button.LEFT))
    whole = scribbler.engine.jobs[-1]
    assert half.stopped
    assert whole is not half
    assert whole.spec.strokes[1].places[-2:] == (40, 30)
    scribbler.engine.jobs.append(half)
    scribbler.answer()
    assert scribbler.proposal is None
    assert not list(scribbler.scratch_dir.iterdir())
    scribbler.engine.jobs.append(whole)
    scribbler.answer()
    assert scribbler.proposal is not None

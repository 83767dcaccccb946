"""The journey from a promptable model on disk to the thing under a click."""

import numpy as np
import pytest
from promptable_pair import save_pair

from segdesk.app.promptable.prompting import PromptDoors, Prompting
from segdesk.app.session import FileList
from segdesk.app.tools.box import ToolBox
from segdesk.app.tools.pointer import Button, Key, PointerEvent
from segdesk.core.classes import ClassList
from segdesk.jobs.arrays import put
from segdesk.jobs.events import Cancelled, Failed, Succeeded
from segdesk.jobs.prompt_events import PromptEncoded, PromptMaskDone, PromptOpened
from segdesk.jobs.prompt_specs import PromptEncodeSpec, PromptMaskSpec, PromptOpenSpec
from segdesk.library.promptable_models import PromptableModels

CLASSES = ClassList.from_names(("background", "road", "tree"))


class Runner:
    """Answers prompts at once: a square of 10 px at the last point."""

    def __init__(self, scratch_dir):
        self.scratch_dir, self.specs, self.failed = scratch_dir, [], None

    def run(self, spec, _report, _stop):
        self.specs.append(spec)
        if self.failed:
            return self.failed
        x, y, _ = spec.points[-1]
        return Succeeded(
            PromptMaskDone(
                image=spec.image,
                rect=(int(x) - 5, int(y) - 5, 10, 10),
                mask=put(np.ones((10, 10), np.uint8), self.scratch_dir),
                score=0.9,
                encode_s=0.0,
                decode_s=0.0,
            )
        )


@pytest.fixture
def it(tmp_path, make_folder, make_room, engine, executor, timer):
    make_folder(tmp_path / "project", CLASSES)
    room = make_room(tmp_path / "project", ToolBox())
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    engine.runner = Runner(scratch)
    engine.rested = 0

    def rest():
        engine.rested += 1

    engine.rest = rest
    shelf = PromptableModels(tmp_path / "promptable")
    doors = PromptDoors(engine, executor, timer, scratch)
    prompting = Prompting(room.desk, doors, room.annotating, shelf)
    paths = tuple(sorted((tmp_path / "project").glob("*.jpg")))
    room.desk.session.set_files(FileList(tmp_path / "project", paths, 0))
    room.show("a.jpg")
    room.annotating.choose(class_index=1)
    prompting.room, prompting.engine = room, engine
    yield prompting
    room.close()


def take_tool(it):
    it.room.annotating.choose(tool="prompt")
    it.room.executor.run_all()


def answer(it):
    """End the last job as the engine does."""
    spec = it.engine.jobs[-1].spec
    if isinstance(spec, PromptOpenSpec):
        result = PromptOpened(family="SAM", size=1024, device="cpu", seconds=0.1)
    else:
        result = PromptEncoded(image=spec.image, seconds=1.0)
    it.engine.end(len(it.engine.jobs) - 1, Succeeded(result))


def click(it, x, y, button=Button.LEFT):
    for deed in (it.room.annotating.press, it.room.annotating.release):
        deed(PointerEvent(x, y, button))
    it.room.executor.run_all()


def test_prompting_sees_the_image_and_its_neighbours_when_the_tool_is_taken(it):
    save_pair(it.shelf.folder)
    take_tool(it)
    assert it.model.name == "tiny"
    answer(it)
    assert (it.opened.family, it.hint) == ("SAM", "tiny looks at the image")
    seen = []
    while isinstance(it.engine.jobs[-1].spec, PromptEncodeSpec):
        seen.append(it.engine.jobs[-1].spec.image.name)
        jobs = len(it.engine.jobs)
        answer(it)
        if len(it.engine.jobs) == jobs:
            break
    assert seen == ["a.jpg", "b.jpg", "c.jpg"]
    assert it.is_ready()
    assert (it.hint, it.is_busy) == ("tiny", False)
    it.room.timer.pass_by(400)
    assert it.engine.rested == 1
    assert not it.is_ready()


def test_prompting_paints_what_the_model_finds_when_it_is_accepted(it):
    save_pair(it.shelf.folder)
    take_tool(it)
    answer(it)
    answer(it)
    ahead = it.engine.jobs[-1]
    click(it, 30, 20)
    assert ahead.stopped  # a click comes first
    spec = it.engine.runner.specs[-1]
    assert isinstance(spec, PromptMaskSpec)
    assert spec.points == ((30, 20, True),)
    assert not it.room.labels.any()
    it.room.annotating.key(Key.ENTER)
    assert (it.room.labels[15:25, 25:35] == 1).all()
    it.engine.runner.failed = Failed(kind="ModelError", message="It broke.")
    said = []
    it.room.annotating.status_said.connect(said.append)
    click(it, 10, 10)
    assert said[-1] == "It broke."
    it.engine.runner.failed = Cancelled()
    click(it, 12, 10)
    assert "finds nothing" in said[-1]
    it.room.annotating.abort()


def test_prompting_answers_by_itself_when_the_click_came_before_the_encoder(it):
    save_pair(it.shelf.folder)
    take_tool(it)
    answer(it)
    click(it, 30, 20)
    assert it.engine.runner.specs == []
    answer(it)
    it.room.executor.run_all()
    assert len(it.engine.runner.specs) == 1
    it.room.annotating.key(Key.ENTER)
    assert it.room.labels.any()


def test_prompting_asks_for_a_model_when_there_is_none(it):
    wishes = []
    it.model_wanted.connect(lambda: wishes.append(1))
    take_tool(it)
    assert it.hint == "No promptable model yet"
    click(it, 30, 20)
    assert wishes == [1]
    assert it.engine.jobs == []
    encoder, decoder = save_pair(it.room.root.parent / "far")
    it.add(encoder, decoder)
    it.room.executor.run_all()
    assert isinstance(it.engine.jobs[-1].spec, PromptOpenSpec)


def test_prompting_says_why_when_the_files_are_others(it):
    save_pair(it.shelf.folder)
    take_tool(it)
    failed = Failed(kind="CheckpointError", message="Not opened.", cause="No points.")
    it.engine.end(0, failed)
    assert it.room.messages == ["Not opened."]
    assert it.hint == "tiny cannot be used"
    jobs = len(it.engine.jobs)
    click(it, 30, 20)
    assert len(it.engine.jobs) == jobs
    it.choose("tiny")
    it.room.executor.run_all()
    assert isinstance(it.engine.jobs[-1].spec, PromptOpenSpec)
    assert it.problem is None


def test_prompting_leaves_an_image_alone_when_it_cannot_be_encoded(it):
    save_pair(it.shelf.folder)
    take_tool(it)
    answer(it)
    failed = Failed(kind="ImageReadError", message="a.jpg was not opened.")
    it.engine.end(len(it.engine.jobs) - 1, failed)
    assert it.room.messages == ["a.jpg was not opened."]
    assert it.engine.jobs[-1].spec.image.name == "b.jpg"
    it.room.annotating.choose(tool="brush")
    assert it.engine.jobs[-1].stopped

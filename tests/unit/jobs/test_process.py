"""One child process for many jobs, whatever they do."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from segdesk.jobs.arrays import make_scratch_dir, take
from segdesk.jobs.codec import EXIT_SPENT, Start, decode_said, encode
from segdesk.jobs.control import StopFlag
from segdesk.jobs.events import (
    Cancelled,
    Failed,
    LogLine,
    PredictionDone,
    Progress,
    Succeeded,
    TrainStep,
)
from segdesk.jobs.process import EngineProcess
from segdesk.jobs.specs import (
    BatchItem,
    BatchSpec,
    EnvironmentSpec,
    LoadSpec,
    ModelSource,
    PredictSpec,
    TrainSpec,
)

posix = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


def load(behaviour: str) -> LoadSpec:
    return LoadSpec(model=ModelSource(id=behaviour, checkpoint=Path("/m.pth")))


def run(engine: EngineProcess, spec, *, stop_at: str = ""):
    """Run a job; stop it as soon as a report says `stop_at`."""
    reports = []
    stop = StopFlag()

    def report(event):
        reports.append(event)
        if stop_at and getattr(event, "text", "") == stop_at:
            stop.set()

    return engine.run(spec, report, stop), reports


def test_run_gives_arrays_and_result_when_an_image_is_predicted(engine, fake, tmp_path):
    image = tmp_path / "grau ü.png"
    Image.fromarray(np.full((4, 6, 3), 128, np.uint8)).save(image)
    scratch = make_scratch_dir()
    spec = PredictSpec(
        model=ModelSource(id="m", checkpoint=Path("/m.pth")),
        image=image,
        scratch_dir=scratch,
    )
    terminal, _ = run(engine, spec)
    assert isinstance(terminal, Succeeded)
    done = terminal.result
    assert isinstance(done, PredictionDone)
    assert done.classes == fake.CLASSES
    assert (take(done.labels) == np.ones((4, 6), np.uint8)).all()
    assert take(done.confidence).shape == (4, 6)
    assert not list(scratch.iterdir())
    scratch.rmdir()


def test_run_reports_in_order_when_a_training_counts(engine, tmp_path):
    spec = TrainSpec(
        data_dir=tmp_path, architecture="a", work_dir=tmp_path, max_iters=300
    )
    terminal, reports = run(engine, spec)
    assert isinstance(terminal, Succeeded)
    steps = [event.iteration for event in reports if hasattr(event, "losses")]
    assert steps == list(range(1, 301))


def test_run_goes_on_when_one_item_of_a_batch_fails(engine, tmp_path):
    good = tmp_path / "good.png"
    Image.fromarray(np.zeros((2, 2, 3), np.uint8)).save(good)
    items = tuple(
        BatchItem(source, source.stem) for source in (tmp_path / "no.png", good)
    )
    model = ModelSource(id="m", checkpoint=Path("/m.pth"))
    spec = BatchSpec(model=model, items=items, out_dir=tmp_path)
    terminal, _ = run(engine, spec)
    assert isinstance(terminal, Succeeded)
    assert (terminal.result.done, terminal.result.failed) == (1, 1)


def test_run_tells_message_cause_and_hint_when_the_job_fails(engine):
    terminal, _ = run(engine, load("fail"))
    assert terminal == Failed(
        kind="ModelError",
        message="The model was not loaded.",
        cause="It is fake.",
        hint="Take another.",
        detail=terminal.detail,
    )
    assert "ModelError" in terminal.detail


def test_run_gives_the_traceback_when_the_job_meets_a_bug(engine):
    terminal, _ = run(engine, load("crash"))
    assert isinstance(terminal, Failed)
    assert terminal.kind == "ZeroDivisionError"
    assert "Traceback" in terminal.detail
    assert isinstance(run(engine, load("ok"))[0], Succeeded)


def test_run_keeps_the_child_when_a_job_is_cancelled(engine):
    run(engine, load("ok"))
    pid = engine.pid
    terminal, _ = run(engine, load("slow"), stop_at="waiting")
    assert terminal == Cancelled("half of it")
    assert isinstance(run(engine, load("ok"))[0], Succeeded)
    assert engine.pid == pid


def test_run_starts_nothing_when_it_is_cancelled_before(engine):
    stop = StopFlag()
    stop.set()
    assert engine.run(load("ok"), print, stop) == Cancelled()
    assert engine.pid is None


def test_run_lets_a_training_end_its_iteration_when_that_takes_long(engine, tmp_path):
    spec = TrainSpec(
        data_dir=tmp_path, architecture="a", work_dir=tmp_path, name="heavy"
    )
    stop = StopFlag()

    def report(event):
        if isinstance(event, TrainStep) and event.iteration == 2:
            stop.set()

    assert engine.run(spec, report, stop) == Cancelled()
    assert engine.pid is not None  # longer than the engine's grace, and not killed


@posix
def test_run_kills_the_child_when_it_ignores_message_and_terminate(engine):
    terminal, _ = run(engine, load("deaf"), stop_at="deaf")
    assert terminal == Cancelled()
    assert engine.pid is None
    assert isinstance(run(engine, load("ok"))[0], Succeeded)


@posix
def test_run_tells_the_signal_and_the_last_words_when_the_child_dies(engine):
    terminal, reports = run(engine, load("die"))
    assert reports == [Progress(1, 2, "steps", "about to die")]
    assert isinstance(terminal, Failed)
    assert terminal.kind == "EngineDiedError"
    assert "SIGKILL" in terminal.cause
    assert "last words" in terminal.detail
    assert isinstance(run(engine, load("ok"))[0], Succeeded)


@posix
def test_run_starts_a_new_child_when_the_idle_one_was_killed(engine):
    run(engine, load("ok"))
    first = engine.pid
    os.kill(first, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(first)], timeout=5)
    terminal, _ = run(engine, load("ok"))
    # Its death may be seen only when the job is sent: then the job says so, once.
    if isinstance(terminal, Failed):
        assert terminal.kind == "EngineDiedError"
        terminal, _ = run(engine, load("ok"))
    assert isinstance(terminal, Succeeded)
    assert engine.pid != first


def test_run_is_not_confused_when_the_job_prints(engine):
    terminal, reports = run(engine, load("chatty"))
    assert isinstance(terminal, Succeeded)
    assert reports == []


def test_run_starts_a_new_child_when_the_last_job_spent_it(engine):
    for _ in range(3):
        assert isinstance(run(engine, load("spent"))[0], Succeeded)


@posix
def test_kill_ends_what_the_child_started_too(engine):
    pids = []

    def report(event):
        if isinstance(event, LogLine):
            pids.append(int(event.text))
        elif event == Progress(0, None, "steps", "waiting"):
            engine.kill()

    terminal = engine.run(load("nested"), report, StopFlag())
    assert isinstance(terminal, Failed)
    gone, alive = psutil.wait_procs(
        [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=5
    )
    assert not alive, gone


def test_run_tells_why_when_the_engine_cannot_start(tmp_path):
    terminal, _ = run(EngineProcess([str(tmp_path / "none")]), EnvironmentSpec())
    assert isinstance(terminal, Failed)
    assert terminal.kind == "EngineDiedError"
    assert terminal.message == "The engine did not start."


class TestChildWithoutParent:
    """What the child does when its stdin ends."""

    def start(self, fake, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*fake.COMMAND, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def test_child_leaves_when_it_is_idle(self, fake):
        with self.start(fake) as child:
            child.stdin.close()
            assert child.wait(20) == 0

    def test_child_stops_its_job_and_leaves_when_it_is_busy(self, fake):
        with self.start(fake) as child:
            child.stdin.write(encode(Start(1, load("slow"))) + b"\n")
            child.stdin.flush()
            child.stdout.readline()
            child.stdin.close()
            last = child.stdout.read().splitlines()[-1]
            assert decode_said(last).event == Cancelled("half of it")
            assert child.wait(20) == 0

    @posix
    def test_child_is_ended_when_its_job_does_not_stop(self, fake):
        with self.start(fake, "0.1") as child:
            child.stdin.write(encode(Start(1, load("deaf"))) + b"\n")
            child.stdin.flush()
            child.stdout.readline()
            child.stdin.close()
            assert child.wait(20) == 70

    def test_child_says_that_it_is_spent_with_its_exit_code(self, fake):
        with self.start(fake) as child:
            child.stdin.write(encode(Start(1, load("spent"))) + b"\n")
            child.stdin.flush()
            assert child.wait(20) == EXIT_SPENT

    def test_child_passes_over_a_line_that_it_cannot_read(self, fake):
        with self.start(fake) as child:
            child.stdin.write(b"not json\n" + encode(Start(7, load("ok"))) + b"\n")
            child.stdin.flush()
            said = decode_said(child.stdout.readline())
            assert said.job == 7
            assert isinstance(said.event, Succeeded)
            child.stdin.close()
            child.wait(20)


def test_engine_command_leaves_the_working_directory_off_the_path():
    from segdesk.jobs.process import engine_command

    assert engine_command() == [sys.executable, "-P", "-m", "segdesk", "--engine"]

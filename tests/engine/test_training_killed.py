"""A training in a real child process: it waits when told, and survives being killed."""

import os
import signal
import threading

import msgspec
import pytest
from training_run import make_discs, run, spec_of

from segdesk.jobs.control import StopFlag
from segdesk.jobs.events import CheckpointSaved, Failed, TrainStep, Validated
from segdesk.jobs.process import EngineProcess
from segdesk.jobs.training_events import TrainPaused

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows cannot kill so"),
]


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """Let a child wait and go on; kill it once its second checkpoint is there."""
    folder = tmp_path_factory.mktemp("killed")
    spec = spec_of(
        make_discs(folder / "data"),
        folder / "run",
        max_iters=3000,
        val_interval=5,
        checkpoint_interval=2,
        val_loss=False,
        previews=0,
    )
    process, stop, events = EngineProcess(), StopFlag(), []

    def report(event):
        events.append(event)
        match event:
            case TrainStep(iteration=1):
                stop.pause()
            case TrainPaused(paused=True):
                threading.Timer(0.2, stop.go_on).start()
            case CheckpointSaved(iteration=iteration) if iteration >= 4:
                os.kill(process.pid or 0, signal.SIGKILL)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        terminal = process.run(spec, report, stop)
    process.close()
    return spec, events, terminal


def test_training_waits_when_the_engine_process_is_told_to_pause(killed):
    _, events, _ = killed
    pauses = [event for event in events if isinstance(event, TrainPaused)]

    assert [event.paused for event in pauses] == [True, False]
    assert pauses[0].iteration == pauses[1].iteration
    assert any(isinstance(event, CheckpointSaved) for event in events)


def test_resume_goes_on_from_the_last_whole_checkpoint_when_killed(killed):
    spec, _, terminal = killed
    assert isinstance(terminal, Failed)
    assert terminal.kind == "EngineDiedError"
    whole = max(int(path.stem[5:]) for path in spec.work_dir.glob("iter_*.pth"))
    more = msgspec.structs.replace(spec, resume=True, max_iters=whole + 1)
    result = run(more)

    assert result.done.iterations == whole + 1
    assert [step.iteration for step in result.of(TrainStep)] == [whole + 1]
    assert result.of(Validated)[-1].iteration == whole + 1
    assert (spec.work_dir / "model.pth").is_file()

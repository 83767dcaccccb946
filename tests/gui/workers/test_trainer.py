"""A training of the window waits and goes on in its own process."""

import sys
from pathlib import Path

from segdesk.gui.workers.engine import Engine
from segdesk.gui.workers.trainer import Trainer
from segdesk.jobs.events import Succeeded
from segdesk.jobs.process import EngineProcess
from segdesk.jobs.specs import TrainSpec
from segdesk.jobs.training_events import TrainPaused

_FAKE = Path(__file__).resolve().parents[2] / "fake_engine.py"


def test_trainer_tells_the_process_when_a_training_is_to_wait(qtbot, tmp_path):
    command = [sys.executable, str(_FAKE)]
    engine = Engine(EngineProcess(command))
    pauses, ends = [], []

    def report(event):
        if isinstance(event, TrainPaused):
            pauses.append(event.paused)
            if event.paused:
                handle.go_on()

    spec = TrainSpec(
        data_dir=tmp_path,
        architecture="unet-small",
        work_dir=tmp_path / "a" / "run",
        max_iters=2000,
    )
    handle = Trainer(engine, command).train(spec, report, ends.append)
    handle.pause()  # before its thread runs
    qtbot.waitUntil(lambda: bool(ends), timeout=20_000)
    engine.close()

    assert pauses == [True, False]
    assert isinstance(ends[0], Succeeded)

"""mmengine's `Runner` as SegDesk drives it: one device, strict weights, no stray files.

Two runs in one process share nothing: mmengine keeps its loggers, hubs and
visualizers for the life of the process under the experiment's name, so every run gets
a name of its own.
"""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from io import TextIOBase
from pathlib import Path
from typing import Any
from uuid import uuid4

from segdesk.engine.bootstrap import prepare

prepare()

import torch  # noqa: E402 - after the adapter
from mmengine.config import Config as MmConfig  # noqa: E402
from mmengine.runner import Runner  # noqa: E402
from mmseg.utils import register_all_modules  # noqa: E402

from segdesk.core.errors import (  # noqa: E402
    CheckpointError,
    ModelError,
    SegDeskError,
)
from segdesk.engine.checkpoint import load_checkpoint  # noqa: E402
from segdesk.engine.run_folder import folder_refused  # noqa: E402
from segdesk.jobs.events import LogLine, Noted, Report  # noqa: E402

_COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")
_WRITER_WORDS = ("PytorchStreamWriter", "inline_container", "unexpected pos")


class TrainRunner(Runner):  # type: ignore[misc, unused-ignore]
    """A runner on one device that takes its first weights strictly.

    mmengine itself trains on the first GPU whenever there is one.
    """

    device: torch.device
    report: Callable[[Report], None]
    _has_loaded: bool

    def wrap_model(self, model_wrapper_cfg: object, model: Any) -> Any:  # noqa: ANN401
        """Move the model to the device."""
        del model_wrapper_cfg
        return model.to(self.device)

    def load_or_resume(self) -> None:
        """Take the weights of `load_from` that fit."""
        if self._load_from is not None and not self._has_loaded:
            take_weights(self.model, Path(self._load_from), self.report)
            self._has_loaded = True

    def dump_config(self) -> None:
        """Write nothing: the run folder has its `config.py`."""

    def _log_env(self, env_cfg: object) -> None:
        """Log nothing: the environment has a report of its own."""


def build_runner(
    config: dict[str, Any], device: torch.device, report: Callable[[Report], None]
) -> TrainRunner:
    """Build the runner of one training.

    Parameters
    ----------
    config
        What `build_config` returned.
    device
        Where to train.
    report
        Takes log lines and notes.

    Raises
    ------
    ModelError
        The network of the config cannot be built.
    """
    register_all_modules(init_default_scope=False)
    if device.type == "cuda":
        torch.cuda.set_device(device)
    name = f"train-{uuid4().hex[:12]}"
    live = MmConfig(
        {
            **config,
            "experiment_name": name,
            "val_evaluator": {**config["val_evaluator"], "type": "PerClassIoUMetric"},
            "test_dataloader": None,
            "test_cfg": None,
            "test_evaluator": None,
            "visualizer": {"type": "Visualizer", "name": name, "vis_backends": []},
        }
    )

    class OwnRunner(TrainRunner):
        """Knows its device before mmengine's constructor, which needs it."""

    OwnRunner.device = device
    OwnRunner.report = staticmethod(report)
    # mmengine's logger keeps the stdout that it finds here.
    with redirect_stdout(_LogLines(report)), told():
        try:
            runner: TrainRunner = OwnRunner.from_cfg(live)
        except (AssertionError, KeyError, TypeError, ValueError) as error:
            raise ModelError(
                "The training was not started.",
                cause=f"The network of the config cannot be built: {error}",
                hint="Check the config against the architecture's own.",
                detail=str(error),
            ) from error
    return runner


def close_runner(runner: TrainRunner) -> None:
    """Close the log file, which mmengine keeps open for the life of the process."""
    for handler in list(runner.logger.handlers):
        runner.logger.removeHandler(handler)
        if isinstance(handler, logging.FileHandler):
            handler.close()


def take_weights(
    model: torch.nn.Module, path: Path, report: Callable[[Report], None]
) -> None:
    """Copy the weights of a checkpoint that fit into a model; say which do not.

    Raises
    ------
    CheckpointError
        The file is not a checkpoint, or nothing in it fits.
    """
    own = model.state_dict()
    found = load_checkpoint(path).state_dict
    fitting = {
        name: value
        for name, value in found.items()
        if name in own and own[name].shape == value.shape
    }
    if not fitting:
        raise CheckpointError(
            "The training was not started.",
            cause=f"None of the {len(found)} weights in {path.name} fits the network.",
            hint="Choose a checkpoint of the same architecture.",
        )
    model.load_state_dict({**own, **fitting})
    if left := len(own) - len(fitting):
        report(
            Noted(
                "info",
                f"{len(fitting)} of {len(own)} weights were taken from {path.name}.",
                cause=f"{left} are not in it or have another shape there, such as "
                "a head for other classes; they start from random values.",
            )
        )


@contextmanager
def told(folder: Path | None = None) -> Iterator[None]:
    """Turn what torch and mmengine raise for want of memory or disk into sentences."""
    try:
        yield
    except torch.cuda.OutOfMemoryError as error:
        raise ModelError(
            "The training ran out of GPU memory.",
            cause="One batch does not fit on the card.",
            hint="Halve the batch size or the crop, then train again.",
            detail=str(error),
        ) from error
    except (OSError, RuntimeError) as error:
        if (refused := _storage_error(folder, error)) is None:
            raise
        raise refused from error


def _storage_error(folder: Path | None, error: Exception) -> SegDeskError | None:
    if folder is None:
        return None
    if isinstance(error, OSError) and error.errno is not None:
        return folder_refused(folder, error)
    if any(word in str(error) for word in _WRITER_WORDS):
        return folder_refused(folder, OSError(None, "a checkpoint was cut short"))
    return None


class _LogLines(TextIOBase):
    """Takes what mmengine prints and reports it line by line."""

    def __init__(self, report: Callable[[Report], None]) -> None:
        self._report = report
        self._rest = ""

    def write(self, text: str, /) -> int:
        """Report every whole line, without its colours."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            if shown := _COLOUR_CODE.sub("", line).rstrip():
                self._report(LogLine(shown))
        return len(text)

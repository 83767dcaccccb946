"""mmengine's `Runner` as SegDesk drives it: one device, strict weights, no stray files.

Two runs in one process share nothing: mmengine keeps its loggers, hubs and
visualizers for the life of the process under the experiment's name, so every run gets
a name of its own.
"""

import functools
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from io import TextIOBase
from pathlib import Path
from typing import Any
from uuid import uuid4

from segdesk.core.language import tr
from segdesk.engine.bootstrap import prepare
from segdesk.engine.put_off import import_for_training

prepare()
import_for_training()

import torch.utils.checkpoint  # noqa: E402 - after the adapter
from mmengine.config import Config as MmConfig  # noqa: E402
from mmengine.dist import is_main_process  # noqa: E402
from mmengine.hooks import EMAHook  # noqa: E402
from mmengine.runner import Runner, activation_checkpointing  # noqa: E402
from mmengine.runner import runner as runner_module  # noqa: E402
from mmseg.utils import register_all_modules  # noqa: E402

from segdesk.core.errors import (  # noqa: E402
    CheckpointError,
    ConfigError,
    ModelError,
    SegDeskError,
)
from segdesk.engine.checkpoint import load_checkpoint  # noqa: E402
from segdesk.engine.config.live_config import fuse_optimizer  # noqa: E402
from segdesk.engine.config.text import write_config  # noqa: E402
from segdesk.engine.model_builder import import_packages  # noqa: E402
from segdesk.engine.training.focal_loss import mend_focal_loss  # noqa: E402
from segdesk.engine.training.resuming import (  # noqa: E402
    ChanceRestored,
    ResumePoint,
)
from segdesk.engine.training.run_folder import folder_refused, part_name  # noqa: E402
from segdesk.engine.training.silent_visualizer import SilentVisualizer  # noqa: E402
from segdesk.jobs.events import LogLine, Noted, Report  # noqa: E402
from segdesk.jobs.silent_process import SilentContext  # noqa: E402

_COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")
_WRITER_WORDS = ("PytorchStreamWriter", "inline_container", "unexpected pos")


# Reentrant checkpointing needs an input with a gradient, and a picture has none.
activation_checkpointing.checkpoint = functools.partial(
    torch.utils.checkpoint.checkpoint, use_reentrant=False
)


class PlainConfig(MmConfig):  # type: ignore[misc, unused-ignore]
    """A config that is written without yapf: that takes longer than a checkpoint.

    mmengine writes the config into every checkpoint.
    """

    @property
    def pretty_text(self) -> str:
        """The config as text that mmengine reads back the same."""
        try:
            return write_config(self.to_dict())
        except ConfigError:
            return str(super().pretty_text)


class TrainRunner(Runner):  # type: ignore[misc, unused-ignore]
    """A runner on one device that takes its first weights strictly.

    mmengine itself trains on the first GPU whenever there is one.
    """

    device: torch.device
    report: Callable[[Report], None]
    resume_point: ResumePoint | None
    _has_loaded: bool
    _resume: bool

    def wrap_model(self, model_wrapper_cfg: object, model: Any) -> Any:  # noqa: ANN401
        """Move the model to the device; several processes share its gradients."""
        model = model.to(self.device)
        if not self.distributed:
            return model
        from mmengine.model import MMDistributedDataParallel

        del model_wrapper_cfg
        if self.device.type == "cuda":
            convert: Any = torch.nn.SyncBatchNorm.convert_sync_batchnorm
            model = convert(model)
        return MMDistributedDataParallel(
            module=model,
            device_ids=[self.device.index] if self.device.type == "cuda" else None,
            broadcast_buffers=False,
            find_unused_parameters=True,
        )

    def build_visualizer(self, visualizer: object = None) -> SilentVisualizer:
        """Return one that shows nothing, whatever the config asks for."""
        del visualizer
        return SilentVisualizer(self.experiment_name)

    @staticmethod
    def build_dataloader(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - mmengine's
        """Return a loader whose processes leave stdout alone."""
        loader = Runner.build_dataloader(*args, **options)
        if getattr(loader, "num_workers", 0):
            loader.multiprocessing_context = SilentContext()
        return loader

    def load_or_resume(self) -> None:
        """Go on from the checkpoint to resume, or take the weights that fit."""
        if self._has_loaded:
            return
        if self.resume_point is not None:
            self._go_on_from(self.resume_point)
        elif self._load_from is not None:
            take_weights(bare(self.model), Path(self._load_from), self.report)
        self._has_loaded = True

    def train(self) -> Any:  # noqa: ANN401 - the trained model
        """Train; a schedule that steps between two adding batches is no mistake."""
        with warnings.catch_warnings():
            for text in (
                "Detected call of `scheduler.step",
                "None of the inputs have",
            ):
                warnings.filterwarnings("ignore", message=text)
            return super().train()

    def save_checkpoint(
        self,
        out_dir: str,
        filename: str,
        *args: Any,  # noqa: ANN401 - mmengine's own
        **options: Any,  # noqa: ANN401 - mmengine's own
    ) -> None:
        """Write a checkpoint that appears whole or not at all."""
        part = part_name(filename)
        with _written_directly(Path(out_dir, part)):
            super().save_checkpoint(out_dir, part, *args, **options)
        if is_main_process():
            Path(out_dir, part).replace(Path(out_dir, filename))

    def _go_on_from(self, point: ResumePoint) -> None:
        """Restore weights, optimizer, schedule and chance.

        The schedule's own state is not taken: it would keep the length it was made
        for. It is made anew for this length and led to where the run stands.
        """
        groups = self.optim_wrapper.optimizer.param_groups
        rates = [group.get("initial_lr", group["lr"]) for group in groups]
        are_fused = [bool(group.get("fused")) for group in groups]
        self._resume = True
        self.resume(str(point.path), resume_param_scheduler=False, map_location="cpu")
        groups = self.optim_wrapper.optimizer.param_groups
        for group, rate, is_fused in zip(groups, rates, are_fused, strict=True):
            group["lr"] = group["initial_lr"] = rate
            if is_fused:
                group["fused"] = True
        plan = self.cfg.get("param_scheduler") or []
        self.param_schedulers = self.build_param_scheduler(plan) if plan else []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they are led, not stepped after a step
            for _ in range(point.iteration):
                for scheduler in self.param_schedulers:
                    scheduler.step()

    def resume(self, filename: str, *args: Any, **options: Any) -> None:  # noqa: ANN401
        """Restore a checkpoint, and the generators before the next batch."""
        super().resume(filename, *args, **options)
        if self.chance is not None:
            loop = self.train_loop
            loop.dataloader_iterator = ChanceRestored(
                loop.dataloader_iterator, self.chance
            )

    chance: dict[str, Any] | None = None

    def dump_config(self) -> None:
        """Write nothing: the run folder has its `config.py`."""

    def _log_env(self, env_cfg: object) -> None:
        """Log nothing: the environment has a report of its own."""


def bare(model: Any) -> Any:  # noqa: ANN401 - mmengine's model
    """Return a model without what shares its gradients between processes."""
    return getattr(model, "module", model)


def build_runner(
    config: dict[str, Any],
    device: torch.device,
    report: Callable[[Report], None],
    resume_point: ResumePoint | None = None,
) -> TrainRunner:
    """Build the runner of one training.

    Parameters
    ----------
    config
        What `live_config` returned.
    device
        Where to train.
    report
        Takes log lines and notes.
    resume_point
        Where to go on; None: from the start.

    Raises
    ------
    ModelError
        The network of the config cannot be built, or needs a package that is not
        installed.
    """
    import_packages(config, tr("The training was not started."))
    register_all_modules(init_default_scope=False)
    mend_focal_loss()
    if device.type == "cuda":
        torch.cuda.set_device(device)
    name = f"train-{uuid4().hex[:12]}"
    live = PlainConfig(
        {
            **config,
            "experiment_name": name,
            "test_dataloader": None,
            "test_cfg": None,
            "test_evaluator": None,
            "visualizer": None,
        }
    )
    if device.type == "cpu":
        fuse_optimizer(live)

    class OwnRunner(TrainRunner):
        """Knows its device before mmengine's constructor, which needs it."""

    OwnRunner.device = device
    OwnRunner.report = staticmethod(report)
    OwnRunner.resume_point = resume_point
    # mmengine's logger keeps the stdout that it finds here.
    with redirect_stdout(_LogLines(report)), told():
        try:
            runner: TrainRunner = OwnRunner.from_cfg(live)
        except (AssertionError, KeyError, TypeError, ValueError) as error:
            raise ModelError(
                tr("The training was not started."),
                cause=tr(
                    "The network of the config cannot be built: {error}", error=error
                ),
                hint=tr("Check the config against the architecture's own."),
                detail=str(error),
            ) from error
    return runner


def close_runner(runner: TrainRunner) -> None:
    """Close the log file, which mmengine keeps open for the life of the process."""
    for handler in list(runner.logger.handlers):
        runner.logger.removeHandler(handler)
        if isinstance(handler, logging.FileHandler):
            handler.close()


def whole_weights(runner: TrainRunner) -> None:
    """Take the trained weights back after a validation of averaged ones was cut."""
    for hook in runner.hooks:
        if isinstance(hook, EMAHook):
            hook._swap_ema_parameters()  # noqa: SLF001 - its own way back


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
            tr("The training was not started."),
            cause=tr(
                "None of the {found} weights in {name} fits the network.",
                found=len(found),
                name=path.name,
            ),
            hint=tr("Choose a checkpoint of the same architecture."),
        )
    model.load_state_dict({**own, **fitting})
    if left := len(own) - len(fitting):
        report(
            Noted(
                "info",
                tr(
                    "{fitting} of {own} weights were taken from {name}.",
                    fitting=len(fitting),
                    own=len(own),
                    name=path.name,
                ),
                cause=tr(
                    "{left} are not in it or have another shape there, such as "
                    "a head for other classes; they start from random values.",
                    left=left,
                ),
            )
        )


@contextmanager
def told(folder: Path | None = None) -> Iterator[None]:
    """Turn what torch and mmengine raise for want of memory or disk into sentences."""
    try:
        yield
    except torch.OutOfMemoryError:
        raise  # the training goes on with less
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


@contextmanager
def _written_directly(path: Path) -> Iterator[None]:
    """Let mmengine's runner write a checkpoint straight into its file.

    It makes the whole file in memory first, copies it, and then writes it: three times
    the memory and twice the time.
    """

    def write(checkpoint: dict[str, Any], filename: str, **_backend: object) -> None:
        del filename
        with path.open("wb") as file:
            torch.save(checkpoint, file)

    before = runner_module.save_checkpoint
    runner_module.save_checkpoint = write
    try:
        yield
    finally:
        runner_module.save_checkpoint = before


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

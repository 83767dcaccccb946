"""A model that PyTorch runs: the network, and what its config asks for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.engine.bootstrap import CompiledOpError
from segdesk.engine.head import HeadKind
from segdesk.engine.looks import PLAIN, Look
from segdesk.engine.model_builder import BuiltModel, build_model, ops_missing
from segdesk.engine.network import Network
from segdesk.engine.preprocess import Prepared, Preprocessor, Size
from segdesk.engine.sliding import Slide
from segdesk.jobs.events import Noted
from segdesk.jobs.specs import ModelSource
from segdesk.jobs.tune_specs import RunMode


class TorchModel:
    """A `Runnable` of mmseg's own network.

    Parameters
    ----------
    source
        The model.
    device
        Where to run it.
    mode
        How to run it; one that the device knows.
    note
        Takes what the user must know although the model works.
    shortcuts
        As `Network`.

    Attributes
    ----------
    module
        mmseg's segmentor.
    network
        It, without the resizes around it.
    preprocess
        From pixels to its input.

    Raises
    ------
    SegDeskError
        As `build_model`; and ConfigError or ModelError when the test pipeline does
        what SegDesk cannot do, or when the network does not run.
    """

    tells_confidence = True

    def __init__(
        self,
        source: ModelSource,
        device: torch.device,
        mode: RunMode,
        note: Callable[[Noted], None],
        *,
        shortcuts: bool = True,
    ) -> None:
        self._source = source
        self.device = device
        self.precision = mode.precision
        built = build_model(source, self.device, note)
        self.module = built.module
        self.classes = built.classes
        self.architecture = built.architecture
        self.out_channels = built.out_channels
        self.threshold = built.threshold
        self.align_corners = built.align_corners
        self.head = _score_kind(built)
        self.slide = _slide(built.module)
        self.preprocess = Preprocessor(built.config, built.module, self.device)
        with self._ops_named():
            self.network = Network(built.module, self.device, mode, shortcuts=shortcuts)
        self.fit = self.network.fit

    def prepare(
        self, pixels: NDArray[np.uint8], look: Look = PLAIN, *, as_it_is: bool = False
    ) -> Prepared:
        """Return the network's input for an image; see `Preprocessor`."""
        return self.preprocess(pixels, look, as_it_is=as_it_is)

    def scores(self, image: torch.Tensor) -> tuple[torch.Tensor, Size]:
        """Run the network; see `Network`.

        Raises
        ------
        OpsMissingError
            When it meets an operator that this mmcv lacks.
        """
        with self._ops_named():
            return self.network(image)

    @contextmanager
    def _ops_named(self) -> Iterator[None]:
        try:
            yield
        except CompiledOpError as error:
            raise ops_missing(self._source, (error.op,)) from error


def _score_kind(built: BuiltModel) -> HeadKind:
    """Return the head's kind; a head trained one class a time has sigmoids."""
    head: Any = built.module.decode_head
    if isinstance(head, torch.nn.ModuleList):
        head = head[-1]
    loss = getattr(head, "loss_decode", None)
    if isinstance(loss, torch.nn.ModuleList):
        loss = loss[0]
    if built.head == "softmax" and getattr(loss, "use_sigmoid", False):
        return "sigmoid"
    return built.head


def _slide(module: torch.nn.Module) -> Slide | None:
    test: Any = getattr(module, "test_cfg", None) or {}
    if test.get("mode") != "slide":
        return None
    return Slide(tuple(test["crop_size"]), tuple(test["stride"]))

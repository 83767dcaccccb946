"""A model that PyTorch runs: the network, and what its config asks for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from segdesk.core.errors import ModelError
from segdesk.core.language import Words, tr
from segdesk.engine.bootstrap import CompiledOpError
from segdesk.engine.head import HeadKind
from segdesk.engine.looks import PLAIN, Look
from segdesk.engine.model_builder import BuiltModel, build_model, ops_missing
from segdesk.engine.network import Network
from segdesk.engine.preprocess import Prepared, Preprocessor, Size
from segdesk.engine.sliding import Slide
from segdesk.jobs.events import Noted
from segdesk.jobs.specs import ModelSource, Precision
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
    plain
        How to run it when it fails in `mode`, as one may that was only measured; None:
        it fails.

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
        plain: RunMode | None = None,
    ) -> None:
        self._source = source
        self.device = device
        self._shortcuts = shortcuts
        self._plain = plain if plain != mode else None
        self._note = note
        self._failing = Lock()
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
            self.network = self._network(built.module, mode)
        self.fit = self.network.fit

    @property
    def precision(self) -> Precision:
        """What it computes in."""
        return self.network.mode.precision

    def tell(self, note: Callable[[Noted], None]) -> None:
        """Tell somebody else from now on what the user must know."""
        self._note = note

    def prepare(
        self, pixels: NDArray[np.uint8], look: Look = PLAIN, *, as_it_is: bool = False
    ) -> Prepared:
        """Return the network's input for an image; see `Preprocessor`."""
        return self.preprocess(pixels, look, as_it_is=as_it_is)

    def scores(self, image: torch.Tensor) -> tuple[torch.Tensor, Size]:
        """Run the network; see `Network`.

        Where it fails in a mode that was measured, or gives what is no number, it runs
        in the plain one from then on, and that is noted.

        Raises
        ------
        OpsMissingError
            When it meets an operator that this mmcv lacks.
        """
        plain = self._plain
        with self._ops_named():
            try:
                found = self.network(image)
                if plain is None or not found[0].isnan().any():
                    return found
                why = tr("Its output held values that are not numbers.")
            except ModelError as error:
                if plain is None:
                    raise
                why = error.cause
            self._fall_back(plain, why)
            return self.network(image)

    def _network(self, module: torch.nn.Module, mode: RunMode) -> Network:
        try:
            return Network(module, self.device, mode, shortcuts=self._shortcuts)
        except ModelError as error:
            if self._plain is None:
                raise
            why = error.cause
        plain, self._plain = self._plain, None
        network = Network(module, self.device, plain, shortcuts=self._shortcuts)
        self._note(_fallen_back(mode, plain, why))
        return network

    def _fall_back(self, plain: RunMode, why: Words) -> None:
        """Run in the plain mode from now on; the first thread that fails says so."""
        with self._failing:
            if self._plain is None:
                return
            mode, self._plain = self.network.mode, None
            self.network.run_in(plain)
        self._note(_fallen_back(mode, plain, why))

    @contextmanager
    def _ops_named(self) -> Iterator[None]:
        try:
            yield
        except CompiledOpError as error:
            raise ops_missing(self._source, (error.op,)) from error


def _fallen_back(mode: RunMode, plain: RunMode, why: Words) -> Noted:
    return Noted(
        "warning",
        tr(
            "The model runs in {plain} instead of {mode} from now on.",
            plain=plain.words,
            mode=mode.words,
        ),
        why,
        tr("The images are predicted all the same, more slowly. Tune it again."),
    )


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

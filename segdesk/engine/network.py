"""The network as a function: image in, the head's own logits out, at any size."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.utils import convert_conv2d_weight_memory_format

from segdesk.core.errors import ModelError
from segdesk.core.language import tr
from segdesk.engine.forwards import forward_of
from segdesk.engine.preprocess import Size, input_channels, padded, round_up
from segdesk.engine.shortcuts import take_shortcuts
from segdesk.jobs.tune_specs import RunMode

log = logging.getLogger(__name__)

_SEED = 0
_PROBE: Size = (65, 67)
_DIVISORS = (1, 2, 4, 8, 16, 32, 64, 128)
_SIDES = (1, 8, 16, 32, 64, 128, 256, 512)
# What a network raises at a size that it cannot take.
_SIZE_ERRORS = (RuntimeError, AssertionError, ValueError, IndexError, ZeroDivisionError)


@dataclass(frozen=True, slots=True)
class Fit:
    """Which input sizes a network takes.

    Parameters
    ----------
    divisor
        Width and height are multiples of it.
    least
        Smallest (height, width).
    only
        There is no other size than the smallest.
    """

    divisor: int
    least: Size
    only: bool = False

    def target(self, size: Size) -> Size:
        """Return the smallest (height, width) that fits, not below `size`."""
        height, width = (
            round_up(max(side, least), self.divisor)
            for side, least in zip(size, self.least, strict=True)
        )
        return height, width


class Network:
    """A segmentor without the resizes around it.

    A head's last step is to resize its logits to the network's input. It is taken out
    where it can be (all heads that share mmseg's `BaseDecodeHead.predict_by_feat`), so
    that `postprocess` does both resizes in one.

    Which sizes the network takes is found once by running it on small odd ones: 65×67
    pixels as they are, then padded to multiples of 2, 4, 8 and so on to 128; then the
    smallest side. A network that takes any size is never padded, so its labels are
    mmseg's. One that takes a single size only, such as BEiT, is given that of its
    config: `crop_size`, or the training size.

    Parameters
    ----------
    model
        The segmentor, in eval mode, on its device.
    device
        Where it is.
    mode
        How it runs; one that the device knows.
    shortcuts
        Replace wasteful forward passes. Without, every module runs by itself, and
        gradients go through all of them.

    Raises
    ------
    ModelError
        When the network runs at none of these sizes.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        device: torch.device,
        mode: RunMode,
        *,
        shortcuts: bool = True,
    ) -> None:
        self.model = model
        self.device = device
        self._channels = input_channels(model)
        if shortcuts:
            take_shortcuts(model)
        keep_head_size(model)
        self.run_in(mode)
        self.fit = self._find_fit()

    def run_in(self, mode: RunMode) -> None:
        """Run in another mode from now on."""
        self.mode = mode
        layout = torch.channels_last if mode.channels_last else torch.contiguous_format
        convert_conv2d_weight_memory_format(self.model, layout)
        self._forward = forward_of(self.model, self.device, mode)

    def __call__(self, image: torch.Tensor) -> tuple[torch.Tensor, Size]:
        """Run the network.

        Parameters
        ----------
        image
            (N, 3, H, W), normalised. H and W may be anything.

        Returns
        -------
        logits
            (N, C, h, w) float32, output of the head.
        size
            (height, width) of what the network saw: H and W plus padding.

        Raises
        ------
        ModelError
            When it runs out of memory, or fails for another reason.
        """
        size = self.fit.target((image.shape[2], image.shape[3]))
        try:
            with memory_named(size, self.device):
                return self._run(padded(image, size)), size
        except NotImplementedError:
            raise
        except RuntimeError as error:
            raise ModelError(
                tr("The image was not predicted."),
                cause=tr(
                    "The network failed at {size} × {size2} pixels.",
                    size=size[1],
                    size2=size[0],
                ),
                hint=tr("Try the CPU and precision fp32; the details say what failed."),
                detail=str(error),
            ) from error

    def with_gradients(self, image: torch.Tensor) -> torch.Tensor:
        """Return the head's logits as the network gives them, ready for gradients.

        Parameters
        ----------
        image
            (N, 3, H, W), normalised, of a size that `fit` allows.
        """
        with fixed_seed(self.device):
            return self._logits(image).float()

    def _run(self, image: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode():
            return self.with_gradients(image)

    def _logits(self, image: torch.Tensor) -> torch.Tensor:
        if self.mode.channels_last:
            image = image.contiguous(memory_format=torch.channels_last)
        size = tuple(image.shape[2:])
        # Window sizes are torch.Size in mmseg; one head asks for it by that type.
        meta = {
            "img_shape": image.shape[2:],
            "ori_shape": size,
            "pad_shape": size,
            "batch_input_shape": size,
            "padding_size": [0, 0, 0, 0],
        }
        return self._forward(image, [dict(meta) for _ in range(len(image))])

    def _find_fit(self) -> Fit:
        first: Exception | None = None
        for divisor in _DIVISORS:
            error = self._failure(Fit(divisor, (1, 1)).target(_PROBE))
            if error is None:
                return self._with_least_side(divisor)
            first = first or error
        for size in _configured_sizes(self.model):
            if self._failure(size) is None:
                return Fit(1, size, only=True)
        raise ModelError(
            tr("The model was not loaded."),
            cause=tr("Its network fails on a small test image of any size."),
            hint=tr("Check that config and checkpoint belong together."),
            detail=str(first),
        ) from first

    def _with_least_side(self, divisor: int) -> Fit:
        for side in _SIDES:
            fit = Fit(divisor, (side, side))
            if self._failure(fit.target((1, 1))) is None:
                return fit
        return Fit(divisor, _PROBE)

    def _failure(self, size: Size) -> Exception | None:
        image = torch.zeros((1, self._channels, *size), device=self.device)
        try:
            with memory_named(size, self.device):
                self._run(image)
        except NotImplementedError:
            # A compiled operator is missing; no other size will bring it.
            raise
        except _SIZE_ERRORS as error:
            log.debug("the network does not take %s: %s", size, error)
            return error
        return None


def keep_head_size(model: torch.nn.Module) -> None:
    """Make the head return its logits at their own size."""
    from mmseg.models.decode_heads.decode_head import BaseDecodeHead

    head: Any = model.decode_head
    if isinstance(head, torch.nn.ModuleList):
        head = head[-1]
    shared = BaseDecodeHead.predict_by_feat
    if getattr(type(head), "predict_by_feat", None) is shared:
        head.predict_by_feat = _unresized


def _unresized(logits: torch.Tensor, _metas: object, **_: object) -> torch.Tensor:
    return logits


@contextmanager
def fixed_seed(device: torch.device) -> Iterator[None]:
    """Give LightHamHead, which draws while it predicts, the same numbers each time."""
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(_SEED)
        yield


def _configured_sizes(model: torch.nn.Module) -> list[Size]:
    test: Mapping[str, Any] = getattr(model, "test_cfg", None) or {}
    preprocessor = getattr(model, "data_preprocessor", None)
    return [
        (int(size[0]), int(size[1]))
        for size in (test.get("crop_size"), getattr(preprocessor, "size", None))
        if isinstance(size, list | tuple) and len(size) == 2
    ]


@contextmanager
def memory_named(size: Size, device: torch.device) -> Iterator[None]:
    """Turn a lack of memory into an error that says at which (height, width).

    Raises
    ------
    ModelError
        When the device has no more memory to give.
    """
    try:
        yield
    except RuntimeError as error:
        # The CPU's allocator has no error class of its own.
        lacking = isinstance(error, torch.OutOfMemoryError)
        if not lacking and "allocate memory" not in str(error):
            raise
        raise ModelError(
            tr("The image was not predicted."),
            cause=tr(
                "At {size} × {size2} pixels the network needs more memory "
                "than {device} has free.",
                size=size[1],
                size2=size[0],
                device=device,
            ),
            hint=tr(
                "Close other programs, use a smaller model, or predict on the CPU."
            ),
            detail=str(error),
        ) from error

"""Weights into a network: all of them, or an error that names them."""

from collections.abc import Callable

import torch

from segdesk.core.errors import CheckpointError
from segdesk.core.language import joined, tr
from segdesk.engine.checkpoint import Checkpoint
from segdesk.jobs.events import Noted

_SHOWN_NAMES = 3
# Keys that may be missing: buffers that are computed, and a layer some heads never use.
_HARMLESS = (
    "num_batches_tracked",
    "relative_position_index",
    "attn_mask",
    "data_preprocessor.mean",
    "data_preprocessor.std",
    "decode_head.conv_seg.weight",
    "decode_head.conv_seg.bias",
)


def load_weights(
    module: torch.nn.Module, checkpoint: Checkpoint, note: Callable[[Noted], None]
) -> None:
    """Copy a checkpoint's weights into a network.

    Raises
    ------
    CheckpointError
        They do not fit: another shape, or some are missing.
    """
    weights = checkpoint.state_dict
    own = module.state_dict()
    misshapen = [
        name
        for name, value in weights.items()
        if name in own and own[name].shape != value.shape
    ]
    if misshapen:
        first = misshapen[0]
        raise _mismatch(
            checkpoint,
            tr(
                "{count} weights have another shape, such as {first}: "
                "{in_file} in the file, {in_network} in the network.",
                count=len(misshapen),
                first=first,
                in_file=tuple(weights[first].shape),
                in_network=tuple(own[first].shape),
            ),
        )
    missing, unexpected = module.load_state_dict(weights, strict=False)
    missing = [name for name in missing if not name.endswith(_HARMLESS)]
    if missing:
        raise _mismatch(
            checkpoint,
            tr(
                "{missing} of {own} weights are not in the file, such as {some}.",
                missing=len(missing),
                own=len(own),
                some=_some(missing),
            ),
        )
    unexpected = [
        name
        for name in unexpected
        if not name.endswith(_HARMLESS) and not name.startswith("auxiliary_head.")
    ]
    if unexpected:
        note(
            Noted(
                "warning",
                tr(
                    "{unexpected} weights of {name} were not used.",
                    unexpected=len(unexpected),
                    name=checkpoint.path.name,
                ),
                cause=tr(
                    "The network has no place for {some}.", some=_some(unexpected)
                ),
                hint=tr("Check that config and checkpoint belong together."),
            )
        )


def _mismatch(checkpoint: Checkpoint, cause: str) -> CheckpointError:
    return CheckpointError(
        tr("{name} was not loaded.", name=checkpoint.path.name),
        cause=tr(
            "Its weights do not fit the network of the config: {cause}", cause=cause
        ),
        hint=tr("Give the config that belongs to the checkpoint."),
    )


def _some(names: list[str]) -> str:
    more = " …" if len(names) > _SHOWN_NAMES else ""
    return joined(", ", names[:_SHOWN_NAMES]) + more

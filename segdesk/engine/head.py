"""What a network's head gives, and what its labels are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch

from segdesk.core.classes import ClassList
from segdesk.core.errors import CheckpointError, ClassesUnknownError
from segdesk.core.language import joined, tr
from segdesk.engine.architecture import last_head
from segdesk.engine.checkpoint import Checkpoint
from segdesk.jobs.specs import ModelSource

_SHOWN_NAMES = 3
_MASK_HEADS = frozenset(["MaskFormerHead", "Mask2FormerHead", "SideAdapterCLIPHead"])
HeadKind = Literal["softmax", "sigmoid", "mask"]


@dataclass(frozen=True, slots=True)
class HeadFacts:
    """What a head gives; the fields are those of `BuiltModel`."""

    kind: HeadKind
    num_classes: int
    out_channels: int
    threshold: float
    align_corners: bool

    @property
    def labels(self) -> int:
        """How many different labels come out."""
        return 2 if self.kind == "sigmoid" else self.num_classes


def head_facts(module: torch.nn.Module | None, model: Mapping[str, Any]) -> HeadFacts:
    """Read what a head gives from the network, or from the config where there is none.

    Parameters
    ----------
    module
        What `build_network` returned.
    model
        The `model` of its config.
    """
    written = last_head(model)
    head: Any = getattr(module, "decode_head", None)
    if isinstance(head, torch.nn.ModuleList):
        head = head[-1]

    def fact(name: str) -> Any:  # noqa: ANN401 - an attribute or a value
        return written.get(name) if head is None else getattr(head, name, None)

    num_classes = int(fact("num_classes") or 0)
    out_channels = int(fact("out_channels") or num_classes)
    threshold = fact("threshold")
    kind: HeadKind = "softmax"
    if str(written.get("type")).rpartition(".")[2] in _MASK_HEADS:
        kind = "mask"
    elif out_channels == 1:
        kind = "sigmoid"
    return HeadFacts(
        kind=kind,
        num_classes=num_classes,
        out_channels=out_channels,
        threshold=0.3 if threshold is None else float(threshold),
        align_corners=bool(fact("align_corners")),
    )


def classes_of(
    source: ModelSource, checkpoint: Checkpoint, facts: HeadFacts
) -> ClassList:
    """Return what a model's labels mean: the user's word, else the checkpoint's.

    Raises
    ------
    ClassesUnknownError
        Neither says it.
    CheckpointError
        There are more or fewer names than labels.
    """
    classes = source.classes or checkpoint.classes
    if classes is None:
        raise ClassesUnknownError(
            tr("{id} was not loaded.", id=source.id),
            cause=tr(
                "It predicts {labels} classes, and the checkpoint does not name them.",
                labels=facts.labels,
            ),
            hint=tr(
                "Name its {labels} classes, in the order of their indices.",
                labels=facts.labels,
            ),
        )
    if len(classes) == 1 and facts.kind == "sigmoid":
        return ClassList.from_names(("background", *classes.names))
    if len(classes) != facts.labels:
        given = tr("you name") if source.classes else tr("the checkpoint names")
        raise CheckpointError(
            tr("{id} was not loaded.", id=source.id),
            cause=tr(
                "Its head predicts {labels} classes, but {given} {classes}: {names} …",
                labels=facts.labels,
                given=given,
                classes=len(classes),
                names=joined(", ", classes.names[:_SHOWN_NAMES]),
            ),
            hint=tr(
                "Give a list of {labels} classes, or the config that "
                "belongs to the checkpoint.",
                labels=facts.labels,
            ),
        )
    return classes

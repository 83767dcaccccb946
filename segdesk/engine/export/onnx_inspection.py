"""What an ONNX file says of itself."""

import torch

from segdesk.core.classes import ClassList
from segdesk.core.errors import CheckpointError
from segdesk.core.language import tr
from segdesk.engine.checkpoint import sha256_of
from segdesk.engine.export.mmdeploy_model import Outcome
from segdesk.engine.export.mmdeploy_pipeline import read_pipeline
from segdesk.engine.export.onnx_model import facts_of
from segdesk.engine.export.onnx_session import OnnxSession
from segdesk.engine.preprocess import Size
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import ModelFacts, Noted, Progress
from segdesk.jobs.specs import InspectSpec


def inspect_onnx(spec: InspectSpec, context: JobContext) -> ModelFacts:
    """Read an ONNX file, and MMDeploy's pipeline where that is given.

    Raises
    ------
    SegDeskError
        It cannot be read, was not exported by SegDesk or MMDeploy, or the classes do
        not fit.
    """
    source = spec.model
    name = source.checkpoint.name
    context.report(Progress(0, 2, "steps", tr("Reading {name}", name=name)))
    session = OnnxSession(source.checkpoint, torch.device("cpu"), _unsaid)
    context.check()
    context.report(Progress(1, 2, "steps", tr("Computing the checksum")))
    size_bytes = source.checkpoint.stat().st_size
    digest = sha256_of(source.checkpoint)
    if source.config is not None and source.config.suffix.lower() == ".json":
        pipeline = read_pipeline(source.config)
        outcome = Outcome(session, pipeline)
        return ModelFacts(
            architecture=f"{outcome.architecture} (ONNX)",
            classes=_fitting(source.classes, outcome.num_classes, name),
            num_classes=outcome.num_classes,
            config_text=source.config.read_text(encoding="utf-8"),
            sha256=digest,
            checkpoint_bytes=size_bytes,
            input_size=_turned(outcome.size),
        )
    facts = facts_of(session)
    count = len(facts.classes)
    return ModelFacts(
        architecture=f"{facts.architecture} (ONNX)",
        classes=_fitting(source.classes or facts.classes, count, name),
        num_classes=count,
        config_text="",
        sha256=digest,
        checkpoint_bytes=size_bytes,
        dataset=facts.dataset,
        input_size=_turned(facts.size),
        parameters=facts.parameters,
    )


def _fitting(classes: ClassList | None, count: int, name: str) -> ClassList | None:
    if classes is None or not count or len(classes) == count:
        return classes
    raise CheckpointError(
        tr("{name} was not opened.", name=name),
        cause=tr(
            "It predicts {count} classes, but {classes} are named.",
            count=count,
            classes=len(classes),
        ),
        hint=tr("Give a list of {count} classes.", count=count),
    )


def _turned(size: Size | None) -> tuple[int, int] | None:
    return (size[1], size[0]) if size else None


def _unsaid(_note: Noted) -> None:
    """Say nothing: where it will run is said when it is loaded."""

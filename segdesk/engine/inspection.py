"""What a checkpoint and its config say of themselves."""

from collections.abc import Mapping
from typing import Any

import torch

from segdesk.core.classes import ClassList
from segdesk.core.errors import ClassesUnknownError, ModelError, OpsMissingError
from segdesk.core.language import joined, tr
from segdesk.engine.architecture import architecture_name
from segdesk.engine.bootstrap import CompiledOpError, prepare
from segdesk.engine.checkpoint import Checkpoint, load_checkpoint, sha256_of
from segdesk.engine.config.text import write_config
from segdesk.engine.head import HeadFacts, classes_of, head_facts
from segdesk.engine.model_builder import build_network, config_of, missing_ops
from segdesk.engine.training.weights import load_weights
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import ModelFacts, Noted, Progress
from segdesk.jobs.specs import InspectSpec, ModelSource
from segdesk.library.model_files import is_onnx


def inspect(spec: InspectSpec, context: JobContext) -> ModelFacts:
    """Read a checkpoint and its config and build the network once to see.

    A model that cannot run here is described all the same; `problem` says why.

    Raises
    ------
    UnsafeFileError
        Checkpoint or config would run code, and the user did not trust the config.
    CheckpointError, ConfigError
        A file cannot be read, or the classes do not fit the head.
    """
    source = spec.model
    if is_onnx(source.checkpoint):
        from segdesk.engine.export.onnx_inspection import inspect_onnx

        return inspect_onnx(spec, context)
    context.report(
        Progress(0, 3, "steps", tr("Reading {name}", name=source.checkpoint.name))
    )
    prepare()
    checkpoint = load_checkpoint(source.checkpoint)
    config = config_of(source, checkpoint)
    context.check()
    name = architecture_name(config["model"])
    context.report(Progress(1, 3, "steps", tr("Building {name}", name=name)))
    build = _try_to_build(config, source, checkpoint)
    context.check()
    context.report(Progress(2, 3, "steps", tr("Computing the checksum")))
    facts = build.facts or head_facts(None, config["model"])
    return ModelFacts(
        architecture=name,
        classes=_classes(source, checkpoint, facts),
        num_classes=facts.labels,
        config_text=write_config(config),
        sha256=sha256_of(source.checkpoint),
        checkpoint_bytes=source.checkpoint.stat().st_size,
        dataset=checkpoint.dataset or _dataset_of(config),
        input_size=_input_size(config),
        metrics=checkpoint.metrics or {},
        iteration=checkpoint.iteration,
        missing_ops=build.missing,
        parameters=build.parameters,
        problem=build.problem,
    )


class _Build:
    """How far a network came."""

    def __init__(self) -> None:
        self.facts: HeadFacts | None = None
        self.parameters: int | None = None
        self.missing: tuple[str, ...] = ()
        self.problem = ""


def _try_to_build(
    config: Mapping[str, Any], source: ModelSource, checkpoint: Checkpoint
) -> _Build:
    build = _Build()
    try:
        module = build_network(config, source)
        build.facts = head_facts(module, config["model"])
        build.parameters = _count(module)
        load_weights(module, checkpoint, _ignore)
        build.missing = missing_ops(module)
        if build.missing:
            build.problem = _needs(build.missing)
    except OpsMissingError as error:
        cause = error.__cause__
        build.missing = (cause.op,) if isinstance(cause, CompiledOpError) else ()
        build.problem = error.cause
    except ModelError as error:
        build.problem = error.cause
    return build


def _needs(ops: tuple[str, ...]) -> str:
    return tr(
        "It needs compiled mmcv operators: {operators}.", operators=joined(", ", ops)
    )


def _ignore(_note: Noted) -> None:
    """Leave notes about spare weights to the loading; the facts are the answer."""


def _count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _classes(
    source: ModelSource, checkpoint: Checkpoint, facts: HeadFacts
) -> ClassList | None:
    try:
        return classes_of(source, checkpoint, facts)
    except ClassesUnknownError:
        return None


def _dataset_of(config: Mapping[str, Any]) -> str:
    kind = config.get("dataset_type")
    if not isinstance(kind, str) or kind == "BaseSegDataset":
        return ""
    return kind.removesuffix("Dataset")


def _input_size(config: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return (width, height) of the training's crop, where the config says it."""
    model = config["model"]
    for size in (
        (model.get("data_preprocessor") or {}).get("size"),
        config.get("crop_size"),
        (model.get("test_cfg") or {}).get("crop_size"),
    ):
        if isinstance(size, list | tuple) and len(size) == 2:
            return int(size[1]), int(size[0])
    return None

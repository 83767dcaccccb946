"""The dataset doctor as a job, with what a planned training asks of the data."""

import ast
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from segdesk.core.language import tr
from segdesk.core.paths import config_path
from segdesk.engine.config.network import pooling_part
from segdesk.engine.config.recipes import check_name
from segdesk.engine.config.text import read_config
from segdesk.formats.doctor.case import PlannedTraining
from segdesk.formats.doctor.check import CheckRequest, check_data
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Progress
from segdesk.jobs.specs import CheckSpec
from segdesk.jobs.training_events import CheckDone

Config = Mapping[str, Any]
_ZOO = "zoo:"
_BASES = re.compile(r"^_base_ = (\[[^\]]*\]|\S+)$", re.MULTILINE)
_PARTS = ("backbone", "decode_head", "auxiliary_head")
_TELL_S = 0.1
_USUAL_CROP = 512
_DATASETS = ("train_dataloader", "val_dataloader", "test_dataloader")


def run_check(spec: CheckSpec, context: JobContext) -> CheckDone:
    """Check training data. Needs no torch.

    Raises
    ------
    SegDeskError
        The folder is no data set, the architecture is unknown, or a fix could not
        write.
    JobCancelledError
        The user stopped it; fixes that are done stay, with their backup.
    """
    told_s = 0.0

    def looked_at(done: int, total: int) -> None:
        nonlocal told_s
        context.check()
        now_s = time.monotonic()
        if done in {0, total} or now_s - told_s >= _TELL_S:
            told_s = now_s
            context.report(
                Progress(done, total, "items", tr("Reading images and masks"))
            )

    request = CheckRequest(
        data_dir=spec.data_dir,
        fixes=spec.fixes,
        rules=spec.rules,
        plan=planned_training(spec),
    )
    return CheckDone(check_data(request, looked_at, context.check))


def planned_training(spec: CheckSpec) -> PlannedTraining:
    """Return what is known of the training that a check is for.

    Raises
    ------
    ConfigError
        There is no such architecture, or the config is no config.
    UnsafeFileError
        The config holds code; nothing was executed.
    """
    if spec.config is None:
        return _of_recipe(spec)
    config = read_config(spec.config)
    model = config.get("model") or {}
    steps = [*_steps(config, "train_pipeline"), *_steps(config, "test_pipeline")]
    metainfo = next(iter(_values(config, "metainfo")), None) or {}
    return PlannedTraining(
        crop=spec.crop_size or _crop(config),
        batch=spec.batch_size
        or (config.get("train_dataloader") or {}).get("batch_size"),
        architecture=spec.architecture,
        pooling=pooling_part(model) or "",
        head_classes=tuple(_heads(model, "num_classes")),
        palette=len(metainfo["palette"]) if metainfo.get("palette") else None,
        sigmoid=tuple(_sigmoid(model)),
        zero_label=tuple(_zero_labels(config, steps)),
        ignored=tuple(_ignored(config)),
        train_scale=_scale(_steps(config, "train_pipeline")),
        test_scale=_scale(_steps(config, "test_pipeline")),
    )


def _of_recipe(spec: CheckSpec) -> PlannedTraining:
    pooling, crop = "", spec.crop_size
    if spec.architecture and not spec.architecture.startswith(_ZOO):
        check_name(spec.architecture)
        files = list(_recipe_files(config_path(f"{spec.architecture}.py")))
        models = [config.get("model") or {} for config in files]
        model = {
            part: next(
                (one[part] for one in models if _names_type(one.get(part))), None
            )
            for part in _PARTS
        }
        pooling = pooling_part(model) or ""
        crop = crop or next(filter(None, map(_crop, files)), _USUAL_CROP)
    return PlannedTraining(
        crop=crop,
        batch=spec.batch_size,
        architecture=spec.architecture,
        pooling=pooling,
    )


def _recipe_files(path: Path) -> Iterator[Config]:
    """Yield a shipped recipe and what it builds on, without mmengine's loader.

    That one would bring torch, and the seconds of its import.
    """
    text = path.read_text(encoding="utf-8")
    bases = _BASES.search(text)
    yield read_config(_BASES.sub("", text))
    found = ast.literal_eval(bases[1]) if bases else []
    for base in [found] if isinstance(found, str) else found:
        yield from _recipe_files(path.parent / base)


def _names_type(part: object) -> bool:
    first = part[0] if isinstance(part, list | tuple) and part else part
    return isinstance(first, Mapping) and "type" in first


def _crop(config: Config) -> int | None:
    found = config.get("crop_size")
    return min(found) if isinstance(found, list | tuple) else found


def _steps(config: Config, name: str) -> list[Config]:
    return [step for step in config.get(name) or () if isinstance(step, Mapping)]


def _scale(steps: list[Config]) -> int | None:
    """Return the longest side to which pictures are resized."""
    for step in steps:
        scale = step.get("scale")
        if "Resize" in str(step.get("type")) and isinstance(scale, list | tuple):
            return int(max(scale)) if isinstance(scale[0], int) else None
    return None


def _parts(value: object) -> Iterator[Config]:
    """Yield every dict in a config."""
    if isinstance(value, Mapping):
        yield value
        for part in value.values():
            yield from _parts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _parts(part)


def _values(config: object, name: str) -> Iterator[Any]:
    return (part[name] for part in _parts(config) if name in part)


def _heads(model: Config, name: str) -> Iterator[int]:
    for key in ("decode_head", "auxiliary_head"):
        for part in _parts(model.get(key)):
            if isinstance(part.get(name), int) and "in_channels" in part:
                yield part[name]


def _sigmoid(model: Config) -> Iterator[tuple[int, bool, float | None]]:
    for key in ("decode_head", "auxiliary_head"):
        for part in _parts(model.get(key)):
            if part.get("out_channels") == 1:
                losses = part.get("loss_decode") or {}
                first = losses if isinstance(losses, Mapping) else losses[0]
                used = bool(first.get("use_sigmoid"))
                yield 1, used, part.get("threshold")


def _zero_labels(config: Config, steps: list[Config]) -> Iterator[tuple[str, bool]]:
    for name in _DATASETS:
        for value in _values(config.get(name), "reduce_zero_label"):
            yield tr("the data set of {name}", name=name), bool(value)
            break
    for step in steps:
        if step.get("type") == "LoadAnnotations" and "reduce_zero_label" in step:
            yield "LoadAnnotations", bool(step["reduce_zero_label"])


def _ignored(config: Config) -> Iterator[tuple[str, int]]:
    for part in _parts(config):
        kind = str(part.get("type", "a part"))
        for name in ("ignore_index", "seg_pad_val", "seg_pad_value"):
            value = part.get(name)
            if isinstance(value, int) and not isinstance(value, bool):
                yield tr("{name} of {kind}", name=name, kind=kind), value

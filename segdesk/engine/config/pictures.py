"""The pictures' part of a training's config: which, how they are read and changed."""

import copy
from fractions import Fraction
from pathlib import Path
from typing import Any

from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.formats.training_set import PairGroup, TrainingSet
from segdesk.jobs.specs import TrainSpec

Config = dict[str, Any]

LIST_FOLDER = "lists"
PSEUDO_SPLIT = "pseudo"
_MOST_REPEATS = 20

_SCALES = (0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0)
# Steps of a recipe that make what its network learns from; no preset drops them.
_LABEL_STEPS = frozenset({"GenerateEdge"})
# Steps that change every picture's size to one that other pictures had.
_ABSOLUTE = frozenset({"RandomResize", "Resize", "RandomChoiceResize"})


def crop_of(spec: TrainSpec, recipe: Config) -> tuple[int, int]:
    """Return the (height, width) of the training crop in pixels."""
    if spec.crop_size is not None:
        return spec.crop_size, spec.crop_size
    found = recipe.get("crop_size")
    if found is None:
        found = (recipe["model"].get("data_preprocessor") or {}).get("size")
    found = found or (512, 512)
    height, width = (found, found) if isinstance(found, int) else found
    return int(height), int(width)


def train_pipeline(
    spec: TrainSpec, recipe: Config, crop: tuple[int, int]
) -> list[Config]:
    """Return the steps that make a training sample.

    Steps of a zoo config that resize to fixed sizes, which were those of its own
    data set, become ones that scale each picture by its own size: training and
    validation see objects alike.
    """
    own: list[Config] = copy.deepcopy(recipe["train_pipeline"])
    name = spec.augmentation
    if name == "recipe" and spec.config is None and _has_fixed_size(own):
        name = "standard"
    if name != "recipe":
        kept = [step for step in own if step["type"] in _LABEL_STEPS]
        return [
            {"type": "LoadImageFromFile"},
            {"type": "LoadAnnotations"},
            *_preset(name, crop),
            *kept,
            {"type": "PackSegInputs"},
        ]
    for step in own:
        if step["type"] == "LoadAnnotations":
            step.pop("reduce_zero_label", None)
        if step["type"] == "RandomCrop":
            step["crop_size"] = crop
    return own


def test_pipelines(
    spec: TrainSpec, recipe: Config
) -> tuple[list[Config], list[Config]]:
    """Return the steps for a validation and for a prediction, at native scale.

    A config of the user's own keeps the size that its test pipeline resizes to.
    """
    resize = []
    if spec.config is not None:
        steps = recipe.get("test_pipeline") or []
        resize = [step for step in steps if step["type"] == "Resize"]
    labels = [step for step in recipe["train_pipeline"] if step["type"] in _LABEL_STEPS]
    load = {"type": "LoadImageFromFile"}
    pack = {"type": "PackSegInputs"}
    return copy.deepcopy(
        (
            [load, *resize, {"type": "LoadAnnotations"}, *labels, pack],
            [load, *resize, pack],
        )
    )


def loader(
    spec: TrainSpec, data: TrainingSet, split: str, pipeline: list[Config]
) -> Config:
    """Return the loader of a split: "train" in crops and batches, others one by one."""
    training = split == "train"
    parts = _parts(spec, data, split, pipeline)
    if training and PSEUDO_SPLIT in data.splits:
        often, seldom = _times(spec.pseudo_weight)
        parts = [_repeated(part, often) for part in parts]
        guessed = _parts(spec, data, PSEUDO_SPLIT, pipeline)
        parts += [_repeated(part, seldom) for part in guessed]
    joined = {"type": "ConcatDataset", "datasets": parts}
    return {
        "batch_size": spec.batch_size if training else 1,
        "num_workers": spec.num_workers,
        "persistent_workers": spec.num_workers > 0,
        "sampler": {
            "type": "InfiniteSampler" if training else "DefaultSampler",
            "shuffle": training,
        },
        "dataset": parts[0] if len(parts) == 1 else joined,
    }


def _parts(
    spec: TrainSpec, data: TrainingSet, split: str, pipeline: list[Config]
) -> list[Config]:
    return [
        _data_set(data, group, _list_path(spec, split, number), pipeline)
        for number, group in enumerate(data.groups(split), 1)
    ]


def _times(weight: float) -> tuple[int, int]:
    """Return how often labelled images are listed, and those a model labelled."""
    share = Fraction(weight).limit_denominator(_MOST_REPEATS)
    return share.denominator, max(1, share.numerator)


def _repeated(part: Config, times: int) -> Config:
    """Return a data set whose images are listed several times: drawn as often."""
    if times == 1:
        return part
    return {"type": "RepeatDataset", "dataset": part, "times": times}


def list_files(spec: TrainSpec, data: TrainingSet) -> dict[Path, bytes]:
    """Return the lists of names that a training's data sets read, by their path.

    Raises
    ------
    InputError
        A name has no UTF-8 form, or begins or ends with a space.
    """
    found = {}
    for split in ("train", "val", PSEUDO_SPLIT):
        for number, group in enumerate(data.groups(split), 1):
            text = "".join(f"{stem}\n" for stem in group.stems)
            odd = next((s for s in group.stems if s != s.strip() or "\n" in s), None)
            try:
                content = text.encode()
            except UnicodeEncodeError as error:
                raise _odd_name(error.object[error.start :][:1]) from error
            if odd is not None:
                raise _odd_name(odd)
            found[_list_path(spec, split, number)] = content
    return found


def with_lists_in(config: Config, work_dir: Path) -> Config:
    """Return a config whose lists of names lie in another run folder."""

    def moved(value: Any) -> Any:  # noqa: ANN401 - configs are untyped
        if isinstance(value, list):
            return [moved(item) for item in value]
        if not isinstance(value, dict):
            return value
        found = {name: moved(item) for name, item in value.items()}
        path = found.get("ann_file")
        if isinstance(path, str) and Path(path).parent.name == LIST_FOLDER:
            found["ann_file"] = str(work_dir / LIST_FOLDER / Path(path).name)
        return found

    return dict(moved(config))


def _preset(name: str, crop: tuple[int, int]) -> list[Config]:
    """Return the changing steps of a named augmentation."""
    cut: Config = {"type": "RandomCrop", "crop_size": crop, "cat_max_ratio": 0.9}
    colours = {"type": "PhotoMetricDistortion"}
    scaled = {
        "type": "RandomChoice",
        "transforms": [
            [{"type": "Resize", "scale_factor": scale, "keep_ratio": True}]
            for scale in _SCALES
        ],
    }
    match name:
        case "none":
            return [{"type": "RandomCrop", "crop_size": crop}]
        case "light":
            return [cut, {"type": "RandomFlip", "prob": 0.5}]
        case "standard":
            return [scaled, cut, {"type": "RandomFlip", "prob": 0.5}, colours]
        case _:
            turned = {
                "type": "RandomRotate",
                "prob": 0.5,
                "degree": 30.0,
                "pad_val": 0,
                "seg_pad_val": 255,
            }
            flipped = {
                "type": "RandomFlip",
                "prob": [0.25, 0.25, 0.25],
                "direction": ["horizontal", "vertical", "diagonal"],
            }
            return [scaled, turned, cut, flipped, colours]


def _has_fixed_size(steps: list[Config]) -> bool:
    return any(
        step["type"] in _ABSOLUTE and ("scale" in step or "scales" in step)
        for step in steps
    )


def _data_set(
    data: TrainingSet, group: PairGroup, names: Path, pipeline: list[Config]
) -> Config:
    return {
        "type": "BaseSegDataset",
        "ann_file": str(names),
        "data_prefix": {
            "img_path": str(group.image_root),
            "seg_map_path": str(group.mask_root),
        },
        "img_suffix": group.image_suffix,
        "seg_map_suffix": group.mask_suffix,
        "metainfo": {
            "classes": list(data.classes.names),
            "palette": [list(colour) for colour in data.classes.rgb],
        },
        "reduce_zero_label": False,
        "pipeline": copy.deepcopy(pipeline),
    }


def _list_path(spec: TrainSpec, split: str, number: int) -> Path:
    return spec.work_dir / LIST_FOLDER / f"{split}-{number}.txt"


def _odd_name(name: str) -> InputError:
    return InputError(
        tr("The training was not started."),
        cause=tr(
            "The file name {name!a} cannot stand in a list of names: "
            "it begins or ends with a space, or is not UTF-8.",
            name=name,
        ),
        hint=tr("Rename the image and its mask."),
    )

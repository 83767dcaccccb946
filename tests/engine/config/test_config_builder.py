"""The builder is pure: nothing here builds a network or needs torch."""

import copy
from pathlib import Path

import pytest

from segdesk.app.models.architectures import fixed_fields
from segdesk.core.classes import ClassList
from segdesk.core.errors import ConfigError
from segdesk.engine.config.builder import build_config
from segdesk.engine.config.recipes import architectures, load_base, load_recipe
from segdesk.engine.config.schedule import fit_schedule
from segdesk.formats.training_set import Pair, TrainingSet
from segdesk.jobs.specs import TrainSpec
from segdesk.library import zoo_package

pytestmark = pytest.mark.engine

ROOT = Path("/data/set")
CLASSES = ClassList.from_names(("background", "road", "tree", "roof"))
DATASET = TrainingSet(
    ROOT,
    CLASSES,
    {
        "train": (
            Pair(ROOT / "a.jpg", ROOT / "a.png"),
            Pair(ROOT / "b.tif", ROOT / "b.png"),
        ),
        "val": (Pair(ROOT / "c.jpg", ROOT / "c.png"),),
    },
)
LOSS = {"type": "CrossEntropyLoss", "loss_weight": 1.0, "class_weight": [1.0] * 19}


def _recipe() -> dict[str, object]:
    """Return a recipe with what zoo configs hold and a training must not keep."""
    norm = {"type": "SyncBN", "requires_grad": True}
    head = {"type": "FCNHead", "num_classes": 19, "norm_cfg": norm, "loss_decode": LOSS}
    boundary = {"type": "STDCHead", "num_classes": 2, "loss_decode": [dict(LOSS)]}
    return {
        "crop_size": (512, 1024),
        "data_preprocessor": {"type": "SegDataPreProcessor", "size": (512, 1024)},
        "model": {
            "type": "EncoderDecoder",
            "pretrained": "open-mmlab://resnet50_v1c",
            "backbone": {
                "type": "ResNetV1c",
                "norm_cfg": norm,
                "init_cfg": {"type": "Pretrained", "checkpoint": "https://host/w.pth"},
            },
            "decode_head": [dict(head), dict(head)],
            "auxiliary_head": [dict(head), boundary],
            "test_cfg": {
                "mode": "slide",
                "crop_size": (769, 769),
                "stride": (513, 513),
            },
        },
        "train_pipeline": [
            {"type": "LoadImageFromFile"},
            {"type": "LoadAnnotations", "reduce_zero_label": True},
            {"type": "RandomCrop", "crop_size": (512, 1024), "cat_max_ratio": 0.75},
            {"type": "PackSegInputs"},
        ],
        "optim_wrapper": {
            "type": "OptimWrapper",
            "optimizer": {"type": "SGD", "lr": 0.01},
        },
        "param_scheduler": [
            {"type": "LinearLR", "start_factor": 0.1, "begin": 0, "end": 1500},
            {"type": "PolyLR", "eta_min": 1e-4, "begin": 1500, "end": 80000},
        ],
        "train_cfg": {"type": "IterBasedTrainLoop", "max_iters": 80000},
    }


def _spec(**changes: object) -> TrainSpec:
    return TrainSpec(data_dir=ROOT, architecture="x", work_dir=Path("/run"), **changes)


def _everything(value: object) -> list[object]:
    found = [value]
    parts = value.values() if isinstance(value, dict) else ()
    parts = value if isinstance(value, list | tuple) else parts
    for part in parts:
        found += _everything(part)
    return found


def test_build_config_fits_every_head_when_the_recipe_has_lists() -> None:
    model = build_config(_spec(), DATASET, _recipe())["model"]

    heads = [*model["decode_head"], model["auxiliary_head"][0]]
    assert [head["num_classes"] for head in heads] == [4, 4, 4]
    assert model["auxiliary_head"][1]["num_classes"] == 2
    for head in heads:
        assert head["loss_decode"]["avg_non_ignore"] is True
        assert "class_weight" not in head["loss_decode"]


def test_build_config_keeps_no_trace_when_the_recipe_would_download() -> None:
    config = build_config(_spec(), DATASET, _recipe())

    texts = [text for text in _everything(config) if isinstance(text, str)]
    assert not [text for text in texts if "://" in text or text == "SyncBN"]
    assert config["model"]["pretrained"] is None


def test_build_config_leaves_the_recipe_as_it_was() -> None:
    recipe = _recipe()
    before = copy.deepcopy(recipe)
    build_config(_spec(crop_size=96, lr=0.5), DATASET, recipe)

    assert recipe == before


def test_build_config_sets_the_crop_everywhere_when_it_is_asked_for() -> None:
    config = build_config(_spec(crop_size=96), DATASET, _recipe())

    assert config["model"]["data_preprocessor"]["size"] == (96, 96)
    assert config["train_pipeline"][2]["crop_size"] == (96, 96)
    assert config["model"]["test_cfg"]["crop_size"] == (96, 96)
    assert config["model"]["test_cfg"]["stride"] == (64, 64)
    loader = config["train_dataloader"]["dataset"]["datasets"][0]
    assert loader["pipeline"] == config["train_pipeline"]


def test_build_config_reads_pictures_at_native_scale_when_it_validates() -> None:
    config = build_config(_spec(), DATASET, _recipe())

    steps = [step["type"] for step in config["val_pipeline"]]
    assert steps == ["LoadImageFromFile", "LoadAnnotations", "PackSegInputs"]
    annotations = config["train_pipeline"][1]
    assert "reduce_zero_label" not in annotations


def test_build_config_joins_folders_when_suffixes_differ() -> None:
    config = build_config(_spec(), DATASET, _recipe())

    train = config["train_dataloader"]["dataset"]
    assert train["type"] == "ConcatDataset"
    assert [part["img_suffix"] for part in train["datasets"]] == [".jpg", ".tif"]
    val = config["val_dataloader"]["dataset"]
    assert val["type"] == "BaseSegDataset"
    assert val["metainfo"]["classes"] == list(CLASSES.names)
    assert val["metainfo"]["palette"] == [list(rgb) for rgb in CLASSES.rgb]


def test_build_config_scales_the_floor_when_the_learning_rate_changes() -> None:
    config = build_config(_spec(lr=0.1, max_iters=4000), DATASET, _recipe())

    assert config["optim_wrapper"]["optimizer"]["lr"] == 0.1
    poly = config["param_scheduler"][1]
    assert poly["eta_min"] == pytest.approx(1e-3)
    assert (poly["begin"], poly["end"]) == (200, 4000)


@pytest.mark.parametrize(
    ("max_iters", "bounds"),
    [
        (80000, [(0, 500), (500, 80000)]),
        (1000, [(0, 50), (50, 1000)]),
        (20, [(0, 20)]),
    ],
)
def test_fit_schedule_ends_with_the_training_when_it_is_cut(
    max_iters: int, bounds: list[tuple[int, int]]
) -> None:
    schedule = _recipe()["param_scheduler"]
    fitted = fit_schedule(schedule, 80000, max_iters)

    assert [(part["begin"], part["end"]) for part in fitted] == bounds


def test_fit_schedule_moves_milestones_when_the_steps_are_named() -> None:
    step = {"type": "MultiStepLR", "milestones": [60000, 72000], "end": 80000}

    assert fit_schedule([step], 80000, 800)[0]["milestones"] == [600, 720]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"max_iters": 0}, "max_iters is 0"),
        ({"crop_size": 16}, "crop_size is 16"),
        ({"lr": 0.0}, "learning rate is 0.0"),
        ({"lr": float("nan")}, "learning rate is nan"),
    ],
)
def test_build_config_refuses_when_a_number_is_out_of_range(
    changes: dict[str, object], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        build_config(_spec(**changes), DATASET, _recipe())


def test_build_config_refuses_when_one_picture_meets_image_pooling() -> None:
    recipe = _recipe()
    recipe["model"]["decode_head"] = {"type": "PSPHead", "num_classes": 19}

    with pytest.raises(ConfigError, match="PSPHead cannot learn from one picture"):
        build_config(_spec(batch_size=1), DATASET, recipe)


def test_load_recipe_lists_the_known_when_the_name_is_unknown() -> None:
    with pytest.raises(ConfigError) as caught:
        load_recipe("../configs/unet-small")
    assert "unet-small" in caught.value.hint


@pytest.mark.parametrize("architecture", architectures())
def test_build_config_makes_plain_literals_when_given_each_recipe(
    architecture: str,
) -> None:
    from segdesk.engine.config.text import read_config, write_config

    config = build_config(_spec(), DATASET, load_recipe(architecture))

    assert read_config(write_config(config)) == config
    head = config["model"]["decode_head"]
    head = head.get("kernel_generate_head", head)
    assert head["num_classes"] == 4
    if architecture == "mask2former-r18":
        assert head["out_channels"] == head["feat_channels"] == 128
        assert head["loss_cls"]["class_weight"] == [1.0] * 4 + [0.1]
    assert config["model"]["data_preprocessor"]["test_cfg"]["size_divisor"] >= 32
    assert config["param_scheduler"][-1]["end"] == config["train_cfg"]["max_iters"]


@pytest.mark.parametrize(
    ("architecture", "fixed"),
    [
        ("unet-small", {}),
        ("stdc1", {}),
        ("knet-r18", {}),
        ("mask2former-r18", {"loss": "recipe", "class_weights": "none"}),
    ],
)
def test_build_config_gives_the_golden_text_when_given_a_recipe(
    architecture: str, fixed: dict[str, object]
) -> None:
    from segdesk.engine.config.text import write_config

    changes = {
        "max_iters": 1000,
        "batch_size": 8,
        "crop_size": 256,
        "accumulate": 2,
        "ema": True,
        "early_stopping": 5,
        "loss": "ce+dice",
        "class_weights": "balanced",
        "augmentation": "strong",
        "schedule": "cosine",
        "keep_best": "IoU:tree",
    }
    spec = _spec(**changes | fixed)
    config = build_config(
        spec, DATASET, load_recipe(architecture), pixels=(9000, 900, 90, 0)
    )

    golden = Path(__file__).parent / "golden" / f"{architecture}.py.txt"
    assert write_config(config) == golden.read_text("utf-8")


@pytest.mark.parametrize(
    ("changes", "place", "value"),
    [
        ({"epochs": 3, "batch_size": 2}, "train_cfg.max_iters", 3),
        ({"accumulate": 4}, "optim_wrapper.accumulative_counts", 4),
        ({"optimizer": "adamw"}, "optim_wrapper.optimizer.type", "AdamW"),
        ({"schedule": "constant"}, "param_scheduler.0.end", 50),
        ({"loss": "focal"}, "model.decode_head.0.loss_decode.type", "FocalLoss"),
        ({"augmentation": "none"}, "train_pipeline.2.type", "RandomCrop"),
        ({"ema": True}, "custom_hooks.0.type", "EMAHook"),
        ({"early_stopping": 4}, "custom_hooks.0.patience", 4),
        ({"amp": True, "device": "auto"}, "optim_wrapper.type", "AmpOptimWrapper"),
        ({"keep_best": "mDice"}, "default_hooks.checkpoint.save_best", "mDice"),
        ({"deterministic": True}, "randomness.deterministic", True),
        ({"num_workers": 2}, "train_dataloader.persistent_workers", True),
    ],
)
def test_build_config_does_what_a_field_says(
    changes: dict[str, object], place: str, value: object
) -> None:
    found: object = build_config(_spec(**changes), DATASET, _recipe())
    for name in place.split("."):
        assert isinstance(found, dict | list)
        found = found[int(name)] if isinstance(found, list) else found[name]

    assert found == value


def test_build_config_scales_the_rate_when_the_zoo_tells_its_batch() -> None:
    notes = []
    recipe = _recipe() | {"auto_scale_lr": {"base_batch_size": 16}}
    config = build_config(_spec(), DATASET, recipe, note=notes.append)

    assert config["optim_wrapper"]["optimizer"]["lr"] == 0.0025
    assert notes[0].message == "The learning rate is 0.0025 instead of 0.01."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"class_weights": (1.0, 2.0)}, "2 class weights and 4 classes"),
        ({"keep_best": "IoU:lake"}, "which no validation measures"),
        ({"amp": True, "device": "cpu"}, "would run on cpu"),
        ({"devices": (1, 1)}, "devices is 1, 1"),
    ],
)
def test_build_config_refuses_when_a_wish_cannot_be_met(
    changes: dict[str, object], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        build_config(_spec(**changes), DATASET, _recipe())


def test_load_recipe_names_the_nearest_when_the_zoo_has_no_such_entry() -> None:
    name = "segformer_mit-b0_8xb2-160k_ade20k-512x512"
    recipe = load_recipe(f"zoo:{name}")
    config = build_config(_spec(), DATASET, recipe)

    assert config["model"]["decode_head"]["num_classes"] == 4
    assert not [step for step in config["train_pipeline"] if "scale" in step]
    with pytest.raises(ConfigError) as caught:
        load_recipe(f"zoo:{name[:-3]}")
    assert name in caught.value.hint


@pytest.mark.parametrize("architecture", architectures())
@pytest.mark.parametrize(
    ("field", "value"), [("loss", "dice"), ("class_weights", "balanced")]
)
def test_build_config_refuses_what_the_form_says_is_fixed(
    architecture: str, field: str, value: str
) -> None:
    spec, recipe = _spec(**{field: value}), load_recipe(architecture)
    if field in fixed_fields(architecture):
        with pytest.raises(ConfigError, match="not started"):
            build_config(spec, DATASET, recipe, pixels=(9, 9, 9, 9))
    else:
        assert build_config(spec, DATASET, recipe, pixels=(9, 9, 9, 9))


@pytest.mark.parametrize(
    "architecture",
    ["mask2former-r18", "zoo:mask2former_r50_8xb2-160k_ade20k-512x512"],
)
def test_load_base_says_how_to_install_when_the_extra_is_missing(
    architecture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zoo_package, "_is_installed", lambda name: name != "mmdet")
    spec = TrainSpec(data_dir=ROOT, architecture=architecture, work_dir=Path("/run"))
    with pytest.raises(ConfigError) as caught:
        load_base(spec)
    assert "onedl-mmdetection" in caught.value.cause
    assert "pip install 'segdesk[mask2former]'" in caught.value.hint
    with pytest.raises(ConfigError) as caught:
        load_recipe("mask2former-r81")
    assert "mask2former-r18" not in caught.value.hint

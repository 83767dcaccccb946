import pytest

from segdesk.core.classes import ClassList
from segdesk.core.data_check import Fingerprint, SplitFacts
from segdesk.core.training_defaults import (
    MachineFacts,
    TrainingDefaults,
    propose_training,
)

CLASSES = ClassList.from_names(("background", "nucleus"))
CPU = MachineFacts(kind="cpu", threads=4)
GPU = MachineFacts(kind="cuda", memory_mb=24 * 1024, threads=16)


def of(pairs=400, side=1024, object_side=40.0, share=0.2, machine=CPU, classes=CLASSES):
    print_ = Fingerprint(
        pairs=pairs,
        widths=(side,) * 5,
        heights=(side,) * 5,
        object_sides=(side / 2.0, *(object_side for _ in classes.names[1:])),
        megapixels=pairs * side**2 / 1e6,
    )
    rest = round((1 - share) * 1e6 / (len(classes) - 1))
    pixels = (*(rest for _ in classes.names[1:]), round(share * 1e6))
    split = SplitFacts(
        name="train",
        pairs=pairs,
        pixels=pixels,
        images_with=tuple(pairs for _ in classes.names),
    )
    return propose_training(print_, [split], classes, machine)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"object_side": 9.0}, {"architecture": "unet-small"}),
        ({"object_side": 120.0}, {"architecture": "fast-scnn", "crop_size": 256}),
        ({"object_side": 120.0, "machine": GPU}, {"architecture": "deeplabv3plus-r18"}),
        ({"object_side": 20.0, "machine": GPU}, {"architecture": "pidnet-s"}),
        ({"machine": GPU}, {"crop_size": 512, "amp": True, "accumulate": 1}),
        ({"side": 200}, {"crop_size": 192}),
        ({"side": 20}, {"crop_size": 64}),
        ({"pairs": 3}, {"batch_size": 3, "augmentation": "standard"}),
        ({"pairs": 3, "machine": GPU}, {"augmentation": "strong"}),
        ({"pairs": 1}, {"batch_size": 2}),
        ({"pairs": 5000}, {"augmentation": "light"}),
        ({"share": 0.01}, {"loss": "ce+dice", "class_weights": "none"}),
        ({"share": 0.3}, {"loss": "recipe", "class_weights": "none"}),
        ({}, {"keep_best": "fgIoU", "amp": False}),
        (
            {"share": 0.01, "classes": ClassList.from_names(("a", "b", "unlabeled"))},
            {"class_weights": "none", "loss": "recipe"},
        ),
        (
            {"share": 0.02, "classes": ClassList.from_names(("a", "b", "c"))},
            {"class_weights": "balanced", "loss": "recipe", "keep_best": "mIoU"},
        ),
    ],
)
def test_propose_training_follows_data_and_machine(options, expected):
    found = of(**options)

    assert {name: getattr(found, name) for name in expected} == expected


def test_propose_training_shrinks_the_batch_when_memory_is_small():
    small = MachineFacts(kind="cuda", memory_mb=4096, threads=8)

    found = of(machine=small)

    assert 2 <= found.batch_size < 8
    assert found.batch_size * found.accumulate >= 8


@pytest.mark.parametrize("machine", [CPU, GPU])
@pytest.mark.parametrize("pairs", [1, 30, 100_000])
def test_propose_training_gives_a_reason_for_each_field(machine, pairs):
    found = of(pairs=pairs, machine=machine)

    fields = set(TrainingDefaults.__dataclass_fields__) - {"reasons"}
    assert set(found.reasons) == fields
    assert all(text.endswith(".") for text in found.reasons.values())
    assert 0 < found.val_interval <= found.max_iters
    assert found.crop_size % 32 == 0

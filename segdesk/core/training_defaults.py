"""What a training should begin with, from the data in numbers and the machine.

Rules of thumb, each told with its reason, so that a user can agree or not. The idea
that a data set's fingerprint decides the plan is that of Isensee et al., "nnU-Net",
Nature Methods 2021; the rules are SegDesk's own.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from segdesk.core.classes import ClassList, is_background_name
from segdesk.core.data_check import Fingerprint, SplitFacts
from segdesk.core.language import tr

DeviceKind = Literal["cpu", "cuda", "mps"]

_STEP = 32
_LEAST_CROP = 64
_MOST_CROP = {"cpu": 256, "mps": 384, "cuda": 512}
_MOST_BATCH = {"cpu": 4, "mps": 8, "cuda": 16}
_ENOUGH_BATCH = 8
# Rough memory of one megapixel of crops in a step of a small network, in MB.
_MB_PER_MP = 4000.0
_SHARE_OF_MEMORY = 0.6
_TINY, _SMALL = 16.0, 32.0
_PASSES = 60
_ITERS = {"cpu": (400, 2000), "mps": (1000, 8000), "cuda": (2000, 40000)}
_VALIDATIONS = 10
_FEW, _PLENTY = 60, 3000
_RARE, _VERY_RARE = 0.05, 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFacts:
    """What a training may use.

    Parameters
    ----------
    memory_mb
        Of the GPU; None: not known, or there is none.
    threads
        Of the processor.
    """

    kind: DeviceKind = "cpu"
    memory_mb: float | None = None
    threads: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingDefaults:
    """What is proposed. The fields are named as in `TrainSpec`.

    Parameters
    ----------
    reasons
        One sentence for each field, by its name.
    """

    architecture: str
    crop_size: int
    batch_size: int
    accumulate: int
    max_iters: int
    val_interval: int
    checkpoint_interval: int
    log_interval: int
    augmentation: Literal["light", "standard", "strong"]
    loss: Literal["recipe", "ce+dice"]
    class_weights: Literal["none", "balanced"]
    keep_best: str
    amp: bool
    num_workers: int
    lr: float | None = None
    reasons: Mapping[str, str]


def propose_training(
    fingerprint: Fingerprint,
    splits: Sequence[SplitFacts],
    classes: ClassList,
    machine: MachineFacts,
) -> TrainingDefaults:
    """Propose a training for a data set on a machine.

    Parameters
    ----------
    fingerprint, splits
        What the check of the data measured.
    """
    reasons: dict[str, str] = {}
    train = next((one for one in splits if one.name == "train"), None)
    pairs = train.pairs if train else fingerprint.pairs
    smallest = _smallest_object(fingerprint, classes)
    architecture = _architecture(smallest, machine, reasons)
    crop = _crop(fingerprint, machine, reasons)
    batch = _batch(crop, pairs, machine, reasons)
    accumulate = _accumulate(batch, machine, reasons)
    iters = _iterations(fingerprint, pairs, batch * accumulate * crop**2, machine)
    reasons["max_iters"] = tr(
        "The {pairs:,} images are seen about {times} times; ",
        pairs=pairs,
        times=_times(fingerprint, pairs, batch * accumulate * crop**2 * iters),
    ) + (
        tr("a processor would need hours for more.")
        if machine.kind == "cpu"
        else tr("validation tells when it no longer gains.")
    )
    interval = max(20, _rounded(iters / _VALIDATIONS))
    reasons["val_interval"] = tr(
        "{count} validations show how it goes and cost little.",
        count=math.ceil(iters / interval),
    )
    reasons["checkpoint_interval"] = tr(
        "A checkpoint with each validation: no more than that is lost."
    )
    reasons["log_interval"] = tr("Curves get a point often enough to be smooth.")
    reasons["lr"] = tr("The recipe's own, with its schedule scaled to this length.")
    loss, weights = _balance(train, classes, reasons)
    return TrainingDefaults(
        architecture=architecture,
        crop_size=crop,
        batch_size=batch,
        accumulate=accumulate,
        max_iters=iters,
        val_interval=interval,
        checkpoint_interval=interval,
        log_interval=max(1, min(10, iters // 100)),
        augmentation=_augmentation(pairs, machine, reasons),
        loss=loss,
        class_weights=weights,
        keep_best=_best(classes, reasons),
        amp=_amp(machine, reasons),
        num_workers=_workers(pairs, machine, reasons),
        reasons=reasons,
    )


def _smallest_object(fingerprint: Fingerprint, classes: ClassList) -> float | None:
    """Return the side of the objects of the class with the smallest, in pixels."""
    sides = [
        side
        for index, side in enumerate(fingerprint.object_sides)
        if side is not None and not _means_nothing(classes, index)
    ]
    return min(sides, default=None)


def _means_nothing(classes: ClassList, index: int) -> bool:
    """Tell whether a class stands for what nobody looks for."""
    return index < len(classes) and is_background_name(classes.names[index])


def _architecture(
    smallest: float | None, machine: MachineFacts, reasons: dict[str, str]
) -> str:
    size = (
        tr("objects of about {smallest:.0f} px", smallest=smallest)
        if smallest
        else tr("the objects")
    )
    if smallest is None or smallest < _TINY:
        reasons["architecture"] = tr(
            "It works at half of the picture's resolution, so {size} "
            "stay visible; others see at an eighth.",
            size=size,
        )
        return "unet-small"
    if machine.kind == "cpu":
        if smallest < _SMALL:
            reasons["architecture"] = tr(
                "For {size} it is fine enough, and small enough for a processor.",
                size=size,
            )
            return "unet-small"
        reasons["architecture"] = tr(
            "The fastest on a processor, and {size} are large enough for it.", size=size
        )
        return "fast-scnn"
    if smallest < _SMALL:
        reasons["architecture"] = tr(
            "Its branch for borders keeps {size} sharp.", size=size
        )
        return "pidnet-s"
    reasons["architecture"] = tr(
        "It sees wide context and refines borders, which suits {size}.", size=size
    )
    return "deeplabv3plus-r18"


def _crop(
    fingerprint: Fingerprint, machine: MachineFacts, reasons: dict[str, str]
) -> int:
    shorter = min(fingerprint.widths[2], fingerprint.heights[2])
    most = _MOST_CROP[machine.kind]
    crop = min(most, max(_LEAST_CROP, shorter // _STEP * _STEP))
    if crop < most or shorter < most + _STEP:
        reasons["crop_size"] = tr(
            "The usual image is {shorter:,} px at its shorter side: a "
            "crop takes in nearly all of it and is not filled up.",
            shorter=shorter,
        )
    else:
        reasons["crop_size"] = tr(
            "Parts of {crop} px of the usual {shorter:,}: enough context, and a step ",
            crop=crop,
            shorter=shorter,
        ) + (
            tr("does not take long.")
            if machine.kind == "cpu"
            else tr("fits into memory.")
        )
    return crop


def _batch(
    crop: int, pairs: int, machine: MachineFacts, reasons: dict[str, str]
) -> int:
    most = _MOST_BATCH[machine.kind]
    if machine.memory_mb is not None and machine.kind != "cpu":
        each_mb = _MB_PER_MP * crop**2 / 1e6
        fitting = int(machine.memory_mb * _SHARE_OF_MEMORY / each_mb)
        batch = max(2, min(most, fitting))
        why = tr(
            "{batch} crops should fit into {memory_mb:.0f} GB; Probe measures it.",
            batch=batch,
            memory_mb=machine.memory_mb / 1024,
        )
    else:
        batch = most
        why = tr("{batch} crops steady a step and do not slow it much.", batch=batch)
    if pairs < batch:
        batch = max(2, pairs)
        why = tr(
            "There are {pairs} images; a batch needs two crops at least.", pairs=pairs
        )
    reasons["batch_size"] = why
    return batch


def _accumulate(batch: int, machine: MachineFacts, reasons: dict[str, str]) -> int:
    if machine.kind == "cpu" or batch >= _ENOUGH_BATCH:
        reasons["accumulate"] = tr("Each batch is a step of its own.")
        return 1
    steps = math.ceil(_ENOUGH_BATCH / batch)
    reasons["accumulate"] = tr(
        "{steps} batches make one step, as steady as one of {steps2}.",
        steps=steps,
        steps2=steps * batch,
    )
    return steps


def _iterations(
    fingerprint: Fingerprint, pairs: int, step_px: int, machine: MachineFacts
) -> int:
    least, most = _ITERS[machine.kind]
    wanted = _PASSES * _train_px(fingerprint, pairs) / step_px
    return _rounded(min(most, max(least, wanted)))


def _train_px(fingerprint: Fingerprint, pairs: int) -> float:
    return fingerprint.megapixels * 1e6 * pairs / max(1, fingerprint.pairs)


def _times(fingerprint: Fingerprint, pairs: int, seen_px: int) -> str:
    times = seen_px / max(1.0, _train_px(fingerprint, pairs))
    return f"{times:,.0f}" if times >= 2 else f"{times:.1f}"


def _rounded(value: float) -> int:
    """Return a number with two digits that mean something."""
    if value < 10:
        return max(1, round(value))
    unit = int(10 ** (int(math.log10(value)) - 1))
    return round(value / unit) * unit


def _augmentation(
    pairs: int, machine: MachineFacts, reasons: dict[str, str]
) -> Literal["light", "standard", "strong"]:
    if pairs < _FEW and machine.kind == "cpu":
        reasons["augmentation"] = tr(
            "{pairs} images are few, but a training that a processor "
            "ends in time is too short to learn them by heart.",
            pairs=pairs,
        )
        return "standard"
    if pairs < _FEW:
        reasons["augmentation"] = tr(
            "{pairs} images are few: changing them more keeps the "
            "network from learning them by heart.",
            pairs=pairs,
        )
        return "strong"
    if pairs >= _PLENTY:
        reasons["augmentation"] = tr(
            "{pairs:,} images vary enough by themselves.", pairs=pairs
        )
        return "light"
    reasons["augmentation"] = tr("Scale, crop, mirror and colour, as usual.")
    return "standard"


def _balance(
    train: SplitFacts | None, classes: ClassList, reasons: dict[str, str]
) -> tuple[Literal["recipe", "ce+dice"], Literal["none", "balanced"]]:
    counts = list(train.pixels) if train else []
    total = sum(counts)
    there = [(count, place) for place, count in enumerate(counts) if count]
    wanted = [one for one in there if not _means_nothing(classes, one[1])]
    count, place = min(wanted, default=(total, 0))
    share = count / total if total else 1.0
    name = classes.names[place] if place < len(classes) else ""
    if len(there) < 2 or share >= _RARE:
        reasons["loss"] = tr(
            "The classes are balanced well enough for the recipe's own."
        )
        reasons["class_weights"] = tr("No class is so rare that it needs weight.")
        return "recipe", "none"
    rare = tr(
        "{name!r} covers {share:.2%} of the labelled pixels", name=name, share=share
    )
    if len(there) == 2 or share < _VERY_RARE:
        reasons["loss"] = tr(
            "{rare}: Dice counts overlap, not pixels, and does not lose it.", rare=rare
        )
        reasons["class_weights"] = tr(
            "Dice balances already; weights would count twice."
        )
        return "ce+dice", "none"
    reasons["loss"] = tr("The recipe's own, with weights.")
    reasons["class_weights"] = tr(
        "{rare}: weights keep it from being passed over.", rare=rare
    )
    return "recipe", "balanced"


def _best(classes: ClassList, reasons: dict[str, str]) -> str:
    if len(classes) == 2 and classes.background_index is not None:
        reasons["keep_best"] = tr(
            "What counts is {names!r}; background is right nearly always.",
            names=classes.names[1],
        )
        return "fgIoU"
    reasons["keep_best"] = tr("Every class counts alike.")
    return "mIoU"


def _amp(machine: MachineFacts, reasons: dict[str, str]) -> bool:
    used = machine.kind == "cuda"
    reasons["amp"] = (
        tr("Half the memory and more speed at the same scores.")
        if used
        else tr("It needs a GPU of NVIDIA.")
    )
    return used


def _workers(pairs: int, machine: MachineFacts, reasons: dict[str, str]) -> int:
    if pairs < _FEW or machine.threads < 4:
        reasons["num_workers"] = (
            tr("So few images are read as fast without workers.")
            if pairs < _FEW
            else tr("With so few threads they would get in the way of the training.")
        )
        return 0
    count = 2 if machine.kind == "cpu" else min(8, machine.threads // 2)
    reasons["num_workers"] = tr(
        "{count} processes read and change images while the network works.", count=count
    )
    return count

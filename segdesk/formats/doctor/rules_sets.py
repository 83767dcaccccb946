"""Rules on the set as a whole: splits, copies, balance."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from segdesk.core.classes import IGNORE_INDEX, is_background_name
from segdesk.core.language import joined, tr
from segdesk.formats.doctor.case import Case, Found, many
from segdesk.formats.doctor.facts import PairFacts, hash_of
from segdesk.formats.doctor.fingerprint import split_facts

_FAR_BITS = 3
_FAR_GREY = 2.5
_FLAT = 6.0
_MANY_COPIES = 0.01
_RARE = 0.001
_VERY_RARE = 0.0001
_ROWS = 512


def not_a_layout(case: Case) -> Iterator[Found]:
    """Rule 10 of the whole: folders that a training does not take as they are."""
    if case.survey.kind == "folders":
        yield Found(
            rule="not-a-training-set",
            level="amber",
            title=tr("The folder is no training set yet"),
            why=tr(
                "A training takes a SegDesk project, or img_dir/{train,val} and "
                "ann_dir/{train,val} with classes.json."
            ),
            cure=tr(
                "Import it in SegDesk, or write one: segdesk convert DIR --to mmseg "
                "--out DIR --val 0.2."
            ),
            files=[(case.survey.root, "")],
        )


def empty_splits(case: Case) -> Iterator[Found]:
    """Rule 19, splits: train or val without a pair."""
    if case.survey.kind == "folders" and case.pairs:
        return
    empty = case.survey.empty
    undivided = len(empty) == 2 and bool(case.pairs)
    if not case.pairs:
        yield Found(
            rule="split-empty",
            level="red",
            title=tr("There is no labelled image"),
            why=tr("No mask belongs to an image by its name: nothing can be learned."),
            cure=tr(
                "Label some images, or check that the folder is the one you mean. "
                "Where each object has a mask of its own, import the set first."
            ),
            files=[(case.survey.root, "")],
        )
    elif empty:
        named = joined(" and ", empty)
        yield Found(
            rule="split-empty",
            level="red",
            title=tr("The images are not divided into train and val")
            if undivided
            else tr("The split {named} is empty", named=named),
            why=tr(
                "Without val nobody can say whether a model is good; without train "
                "there is nothing to learn."
            ),
            cure=tr("Divide the images: File, Split images.")
            if case.survey.kind == "project"
            else tr("Move some images into ")
            + joined(" and ", (f"img_dir/{name}" for name in empty))
            + tr(", and their masks into the same folders of ann_dir."),
            files=[(case.survey.root, named)],
        )


def few_pairs(case: Case) -> Iterator[Found]:
    """Rule 19, number: a split of one pair."""
    for one in case.survey.empty:
        if one == "train":
            return
    train = [pair for pair in case.pairs if pair.split == "train"]
    if len(train) == 1:
        yield Found(
            rule="one-image",
            level="amber",
            title=tr("There is one image to learn from"),
            why=tr("The network learns this picture by heart and little else."),
            cure=tr("Label more images; a few dozen are a good start."),
            files=[(train[0].image.path, "")],
        )


def clashes(case: Case) -> Iterator[Found]:
    """Rule 19, names: two images that share one mask."""
    groups = case.survey.clashes
    if groups:
        yield Found(
            rule="stem-clash",
            level="red",
            title=tr(
                "{many} to two images",
                many=many(len(groups), tr("mask belongs"), tr("masks belong")),
            ),
            why=tr(
                "Two images have one name but for the suffix, so one of them would be "
                "trained with the mask of the other."
            ),
            cure=tr("Rename one of the two and its mask."),
            files=[(path, path.suffix) for group in groups for path in group],
        )


def copies(case: Case) -> Iterator[Found]:
    """Rule 19, leak: one picture in two splits."""
    by_digest: dict[bytes, list[PairFacts]] = defaultdict(list)
    for pair in case.good:
        by_digest[pair.image.digest].append(pair)
    leaks, twice = [], []
    in_train: list[Path] = []
    for group in by_digest.values():
        splits = {pair.split for pair in group if pair.split}
        if "train" in splits and len(splits) > 1:
            train = [pair for pair in group if pair.split == "train"]
            other = next(pair for pair in group if pair.split not in {"", "train"})
            leaks += [
                (
                    p.image.path,
                    tr(
                        "is {name} of {split}",
                        name=other.image.path.name,
                        split=other.split,
                    ),
                )
                for p in train
            ]
            in_train += [q for p in train for q in (p.image.path, p.mask.path)]
        elif len(group) > 1:
            twice += [(pair.image.path, group[0].image.path.name) for pair in group[1:]]
    if leaks:
        yield _leak(case, leaks, in_train)
    if twice:
        yield Found(
            rule="copies",
            level="blue",
            title=tr(
                "{many} there twice",
                many=many(len(twice), tr("image is"), tr("images are")),
            ),
            why=tr(
                "A copy counts double; with two different masks it contradicts itself."
            ),
            cure=tr("Keep one of each."),
            files=twice,
        )


def _leak(case: Case, leaks: list[tuple[Path, str]], in_train: list[Path]) -> Found:
    held = sum(pair.split not in {"", "train"} for pair in case.pairs)
    can_move = case.survey.kind == "layout"
    return Found(
        rule="split-leak",
        level="red" if len(leaks) > _MANY_COPIES * held else "amber",
        title=tr(
            "{many} in another split too",
            many=many(len(leaks), tr("image of train is"), tr("images of train are")),
        ),
        why=tr(
            "The model is examined on pictures that it has learned by heart: its "
            "scores say more than it can do."
        ),
        cure=tr("The fix moves the copies in train, with their masks, into the backup.")
        if can_move
        else tr("Give the copies the same split, or take them out."),
        files=leaks,
        fix="drop-leaks" if can_move else "",
        targets=in_train,
    )


def near_copies(case: Case) -> Iterator[Found]:
    """Rule 19, leak: pictures in two splits that look the same."""
    train = [p for p in case.good if p.split == "train" and _has_structure(p)]
    other = [p for p in case.good if p.split in {"val", "test"} and _has_structure(p)]
    if not train or not other:
        return
    hashes = np.array([hash_of(p.image.small) for p in train], np.uint64)
    small = np.array([_grey(p) for p in train], np.int16)
    files = []
    for pair in other:
        own = np.uint64(hash_of(pair.image.small))
        near = np.flatnonzero(np.bitwise_count(hashes ^ own) <= _FAR_BITS)
        if not near.size:
            continue
        away = np.abs(small[near] - _grey(pair)).mean(axis=1)
        best = int(away.argmin())
        twin = train[int(near[best])]
        if away[best] <= _FAR_GREY and twin.image.digest != pair.image.digest:
            files.append(
                (pair.image.path, tr("like {name} of train", name=twin.image.path.name))
            )
    if files:
        yield Found(
            rule="near-copies",
            level="amber",
            title=tr(
                "{many} like one of train",
                many=many(len(files), tr("image looks"), tr("images look")),
            ),
            why=tr(
                "Frames of one film or tiles of one scene on both sides make scores "
                "better than the model is."
            ),
            cure=tr("Divide by scene or film: such pictures belong to the same split."),
            files=files,
        )


def _grey(pair: PairFacts) -> NDArray[np.int16]:
    return np.frombuffer(pair.image.small, np.uint8).astype(np.int16)


def _has_structure(pair: PairFacts) -> bool:
    # Dark or even pictures all look alike when they are this small.
    return float(_grey(pair).std()) > _FLAT


def absent(case: Case) -> Iterator[Found]:
    """Rule 25, presence: classes that a split lacks."""
    classes = case.survey.classes
    if classes is None or case.means_colours or case.is_binary:
        return
    facts = {one.name: one for one in split_facts(case)}
    train, val = facts.get("train"), facts.get("val")
    if train is None or val is None:
        return
    for index, name in enumerate(classes.names):
        in_train, in_val = train.images_with[index], val.images_with[index]
        if in_train and in_val:
            continue
        if in_train or in_val:
            here, there = ("train", "val") if in_train else ("val", "train")
            why = (
                tr(
                    "Its score in validation is not a number, and nobody sees "
                    "whether it is learned."
                )
                if in_train
                else tr(
                    "It is asked for in validation and was never shown: its score "
                    "is 0 and pulls the mean down."
                )
            )
            title = tr(
                "{name!r} occurs in {here} and not in {there}",
                name=name,
                here=here,
                there=there,
            )
        else:
            title, why = (
                tr("{name!r} occurs nowhere", name=name),
                tr("It cannot be learned or scored."),
            )
        yield Found(
            rule="class-absent",
            level="blue" if is_background_name(name) else "amber",
            title=title,
            why=why,
            cure=tr(
                "Divide the images anew so that both have some, or take the class "
                "out of the list."
            ),
        )


def imbalance(case: Case) -> Iterator[Found]:
    """Rule 25, balance: classes with very few pixels."""
    classes = case.survey.classes
    if classes is None or case.means_colours or case.is_binary:
        return
    counts = [case.totals.get(index, 0) for index in range(len(classes))]
    total = sum(counts)
    for index, count in enumerate(counts):
        if 0 < count < _RARE * total:
            share = count / total
            yield Found(
                rule="class-rare",
                level="amber" if share < _VERY_RARE else "blue",
                title=tr(
                    "{names!r} covers {share:.3%} of the labelled pixels",
                    names=classes.names[index],
                    share=share,
                ),
                why=tr(
                    "A plain loss hardly notices it: a network that never says it is "
                    "almost always right."
                ),
                cure=tr(
                    "Train with class weights or a Dice loss, and with smaller "
                    "crops around it."
                ),
            )


def ignored_much(case: Case) -> Iterator[Found]:
    """Rule 9, share: most of the pixels are ignored."""
    if case.is_binary or case.means_colours:
        return
    total = sum(case.totals.values())
    ignored = case.totals.get(IGNORE_INDEX, 0)
    if total and ignored > total / 2 and ignored < total:
        yield Found(
            rule="ignored-much",
            level="amber",
            title=tr(
                "{ignored:.0%} of all pixels are ignored", ignored=ignored / total
            ),
            why=tr("They take the time of the others and teach nothing."),
            cure=tr("Label more, or check that 255 is meant as ignored."),
        )

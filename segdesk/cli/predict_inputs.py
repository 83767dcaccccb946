"""Which images a call of `segdesk predict` means."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from segdesk.core.errors import InputError
from segdesk.core.item_status import ItemFilter, ItemStatus, matching
from segdesk.core.project import Project
from segdesk.jobs.specs import BatchItem

_STATUSES = {status.value.removeprefix("needs "): status for status in ItemStatus}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was named on the command line.

    Parameters
    ----------
    inputs
        Files, folders, patterns and lists.
    project
        Folder of a project whose images are meant.
    status, split
        Words, with commas between them: which of the project's images.
    recursive
        Search folders to their depth.
    """

    inputs: tuple[str, ...] = ()
    project: Path | None = None
    status: str = ""
    split: str = ""
    recursive: bool = True


def check_asked(asked: Asked, *, watch: bool) -> None:
    """Refuse what does not go together, before anything is read.

    Raises
    ------
    InputError
        With what to give instead.
    """
    if asked.project is None and (asked.status or asked.split):
        raise _refusal("--status and --split choose images of a project.", "--project")
    if asked.project is not None and asked.inputs:
        raise InputError(
            "Nothing was predicted.",
            cause="Both images and --project are named.",
            hint="Name one of the two; --status and --split choose among the "
            "project's images.",
        )
    if asked.project is None and not asked.inputs:
        raise InputError(
            "Nothing was predicted.",
            cause="No image is named.",
            hint="Name images, folders, patterns, @list.txt, or --project DIR.",
        )
    if watch and (
        asked.project is not None
        or not all(Path(one).expanduser().is_dir() for one in asked.inputs)
    ):
        raise InputError(
            "Nothing was predicted.",
            cause="--watch waits for what arrives in folders, and other things are "
            "named.",
            hint="Name folders that are there already.",
        )


def statuses_of(text: str) -> frozenset[ItemStatus]:
    """Return what a `--status` names.

    Raises
    ------
    InputError
        A word is no status.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    unknown = [word for word in words if word not in _STATUSES]
    if unknown:
        raise InputError(
            "Nothing was predicted.",
            cause=f"--status names {unknown[0]!r}.",
            hint=f"It takes {', '.join(_STATUSES)}, with commas between them.",
        )
    return frozenset(_STATUSES[word] for word in words)


def items_of(asked: Asked, out_dir: Path) -> tuple[BatchItem, ...]:
    """Return the images that inputs mean, each with the name of its results.

    Raises
    ------
    InputError
        As `segdesk.formats.outputs.plan_items`.
    """
    from segdesk.formats.outputs import plan_items

    planned = plan_items(asked.inputs, out_dir, recursive=asked.recursive)
    return tuple(BatchItem(item.source, item.name) for item in planned)


def chosen_items(
    project: Project, items: Sequence[str], asked: Asked
) -> tuple[BatchItem, ...]:
    """Return the images of a project that status and split choose.

    Raises
    ------
    InputError
        When there is none.
    """
    from segdesk.formats.outputs import plan_files

    splits = frozenset(word.strip() for word in asked.split.split(",") if word.strip())
    wanted = ItemFilter(statuses=statuses_of(asked.status), splits=splits)
    paths = [
        project.image_path(items[index])
        for index in matching(items, project.facts, wanted)
    ]
    if not paths:
        raise InputError(
            "Nothing was predicted.",
            cause=f"{project.root.name} has {len(items):,} images, and none of them "
            "is chosen.",
            hint="Change --status or --split; without them all images are meant.",
        )
    return tuple(
        BatchItem(one.source, one.name) for one in plan_files(paths, project.root)
    )


def _refusal(cause: str, option: str) -> InputError:
    return InputError(
        "Nothing was predicted.", cause=cause, hint=f"Name one with {option} DIR."
    )

"""Rule 14: files that cannot be decoded."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.core.language import plural, tr
from segdesk.formats.doctor.case import Case, Found

if TYPE_CHECKING:
    from segdesk.formats.doctor.facts import MaskFacts


def damaged_masks(case: Case) -> Iterator[Found]:
    """Rule 14, masks: files that cannot be decoded."""
    seen: dict[Path, MaskFacts] = {p.mask.path: p.mask for p in case.pairs}
    files = [(path, mask.problem) for path, mask in seen.items() if mask.problem]
    if files:
        both = [
            path
            for pair in case.pairs
            if pair.mask.problem
            for path in (pair.image.path, pair.mask.path)
        ]
        yield damage("mask", files, both, case.survey.kind)


def damage(
    noun: str, files: list[tuple[Path, str]], both: list[Path], kind: str
) -> Found:
    """Return the finding that files of a kind cannot be read."""
    return Found(
        rule=f"{noun}-damaged",
        level="red",
        title=plural(
            len(files), "{n} mask cannot be read", "{n:,} masks cannot be read"
        )
        if noun == "mask"
        else plural(
            len(files), "{n} image cannot be read", "{n:,} images cannot be read"
        ),
        why=tr("The training ends with an error as soon as it is the file's turn."),
        cure=tr("Copy or export the file again")
        + (
            tr("; the fix moves image and mask into the backup.")
            if kind == "layout"
            else tr(", or take the pair out of the splits.")
        ),
        files=files,
        fix="set-damaged-aside" if kind == "layout" else "",
        targets=tuple(both),
    )

"""What of a batch is done already, by the ledger of its folder. A worker reads it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segdesk.jobs.specs import BatchItem, BatchSpec

if TYPE_CHECKING:
    from segdesk.formats.prediction_ledger import Entry


@dataclass(frozen=True, slots=True)
class DoneImages:
    """Images and pixels that are done, by what was written of them.

    Parameters
    ----------
    groups
        (kinds, images, pixels).
    """

    groups: tuple[tuple[frozenset[str], int, int], ...] = ()

    def of(self, kinds: Iterable[str]) -> tuple[int, int]:
        """Return images and pixels of which all these kinds are there."""
        wanted = frozenset(kinds)
        fitting = [one for one in self.groups if wanted <= one[0]]
        return sum(one[1] for one in fitting), sum(one[2] for one in fitting)


def read_done(items: Sequence[BatchItem], asked: BatchSpec) -> DoneImages:
    """Look what of some images the ledger says is there, as it would be made now.

    An image that changed since is not done. Its files are not looked at, nor is the
    content of the image: this reckons what is left, the batch itself looks closer.

    Parameters
    ----------
    asked
        The batch as it would be started; its items are not looked at.
    """
    from segdesk.formats.prediction_ledger import read_entries
    from segdesk.jobs.batch_record import read_record

    record = read_record(asked.out_dir)
    if record is None or _ways(record.spec) != _ways(asked):
        return DoneImages()
    wanted = {item.name: item.source for item in items}
    found: dict[str, Entry] = {}
    for entry in read_entries(asked.out_dir):
        name = entry.item_name
        if entry.made_by == record.way and wanted.get(name) == entry.path:
            found[name] = entry
    images: dict[frozenset[str], int] = defaultdict(int)
    pixels: dict[frozenset[str], int] = defaultdict(int)
    for entry in found.values():
        if _is_unchanged(entry):
            kinds = frozenset((*entry.files, *entry.pieces))
            images[kinds] += 1
            pixels[kinds] += entry.size[0] * entry.size[1]
    return DoneImages(tuple((kinds, images[kinds], pixels[kinds]) for kinds in images))


def _ways(spec: BatchSpec) -> tuple[object, ...]:
    return spec.model.id, spec.tta, spec.windows, spec.view, spec.precision


def _is_unchanged(entry: "Entry") -> bool:
    with suppress(OSError):
        facts = Path(entry.path).stat()
        if entry.stamp is None:
            return True
        return (facts.st_size, facts.st_mtime_ns) == tuple(entry.stamp[:2])
    return False

"""CamVid: `train`, `trainannot` and so on; coloured masks, or numbers as SegNet's."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.formats.atomic import write_atomic
from segdesk.formats.class_table import (
    ClassEntry,
    ClassTable,
    find_class_table,
    write_classes_json,
)
from segdesk.formats.folder_tree import FolderTree
from segdesk.formats.images_out import copy_image, image_name
from segdesk.formats.index_mask import without_split
from segdesk.formats.labelled import (
    Finding,
    LabelledImage,
    LabelledSet,
    Loaded,
    ReadOptions,
    WriteOptions,
    Written,
    each_written,
)
from segdesk.formats.mask_set import MaskSource, read_mask_set
from segdesk.formats.pairing import Pair, Pairs, split_of
from segdesk.formats.png_mask import write_mask

_MASKS = "annot"
_COLOURS = """
Animal 64 128 64
Archway 192 0 128
Bicyclist 0 128 192
Bridge 0 128 64
Building 128 0 0
Car 64 0 128
CartLuggagePram 64 0 192
Child 192 128 64
Column_Pole 192 192 128
Fence 64 64 128
LaneMkgsDriv 128 0 192
LaneMkgsNonDriv 192 0 64
Misc_Text 128 128 64
MotorcycleScooter 192 0 192
OtherMoving 128 64 64
ParkingBlock 64 192 128
Pedestrian 64 64 0
Road 128 64 128
RoadShoulder 128 128 192
Sidewalk 0 0 192
SignSymbol 192 128 128
Sky 128 128 128
SUVPickupTruck 64 128 192
TrafficCone 0 0 64
TrafficLight 0 64 64
Train 192 64 128
Tree 128 128 0
Truck_Bus 192 128 192
Tunnel 64 0 64
VegetationMisc 192 192 0
Void 0 0 0
Wall 64 192 0
"""


def detect(tree: FolderTree) -> tuple[float, str] | None:
    """Tell how well a folder fits, and why; None: not at all."""
    names = tree.folder_names()
    both = [one for one in names if f"{one}{_MASKS}" in names]
    if both:
        return 0.9, tr("it holds {both} and {both}{masks}", both=both[0], masks=_MASKS)
    return None


def read(tree: FolderTree, options: ReadOptions) -> LabelledSet:
    """Read the masks of the folders whose names end with `annot`.

    Raises
    ------
    InputError
        When there are none.
    """
    pairs, findings = [], []
    images = {one.with_suffix("").as_posix(): one for one in tree.images}
    for one in tree.images:
        places = [i for i, part in enumerate(one.parts[:-1]) if _is_masks(part)]
        if not places:
            continue
        split = one.parts[places[-1]][: -len(_MASKS)]
        folders = one.parts[: places[-1]], one.parts[places[-1] + 1 : -1]
        name = PurePosixPath(*folders[0], split, *folders[1], one.stem).as_posix()
        pairs.append(Pair(name, one, images.get(name), split_of(PurePosixPath(split))))
    if not pairs:
        raise InputError(
            tr("No CamVid masks were found."),
            cause=tr(
                "{folder} holds no folders like train and trainannot.", folder=tree.root
            ),
            hint=tr("Choose the folder that holds them."),
        )
    missing = sum(pair.image is None for pair in pairs)
    if missing:
        findings.append(Finding(tr("masks without an image beside them"), missing))
    table = find_class_table(tree, options.classes) or camvid_table()
    source = MaskSource(tree, Pairs(tuple(pairs), tuple(findings)), table)
    return read_mask_set(source, options)


def _is_masks(folder: str) -> bool:
    return folder.lower().endswith(_MASKS) and folder.lower() != _MASKS


def camvid_table() -> ClassTable:
    """Return the colours of CamVid; void is ignored."""
    entries = []
    for line in _COLOURS.split("\n")[1:-1]:
        name, red, green, blue = line.split()
        entries.append(ClassEntry(name, (int(red), int(green), int(blue))))
    return ClassTable(Path(tr("the list of CamVid")), tuple(entries))


def write(
    labelled: LabelledSet, out_dir: Path, options: WriteOptions
) -> Iterator[Written]:
    """Write numbered masks, pictures and the lists of the splits."""
    lists: dict[str, list[str]] = {}
    write_classes_json(out_dir, labelled)

    def one(item: LabelledImage, loaded: Loaded) -> None:
        split = item.split or "train"
        name, picture = without_split(item.name), without_split(image_name(item))
        mask = f"{split}{_MASKS}/{name}.png"
        write_mask(out_dir / mask, loaded.labels, labelled.classes)
        copy_image(item, out_dir / split / picture, options)
        lists.setdefault(split, []).append(f"/{split}/{picture} /{mask}")

    yield from each_written(labelled, one)
    for split, rows in lists.items():
        write_atomic(out_dir / f"{split}.txt", ("\n".join(rows) + "\n").encode())

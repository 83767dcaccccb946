"""Names of formats in the dialog that imports."""

from segdesk.core.language import tr

BY_COLOUR = frozenset({"mmseg", "colour", "camvid", "voc", "cvat-mask", "instance"})


FILE_KINDS = tr("Labels (*.json *.xml *.png *.txt *.zip);;All files (*)")


FORMAT_NAMES = {
    "mmseg": tr("Masks"),
    "index": tr("Masks of numbers"),
    "colour": tr("Colour masks"),
    "instance": tr("Masks of objects"),
}

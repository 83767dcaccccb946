"""Make the icons of Linux, Windows and macOS from `resources/logo.svg`.

    python packaging/make_icons.py FOLDER

writes segdesk.png, segdesk.ico and segdesk.icns. The drawing is rendered once for each
size, so that small ones are as sharp as large ones.
"""

import os
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

from PIL import Image

_ROOT = Path(__file__).resolve().parent.parent
_LOGO = _ROOT / "resources" / "logo.svg"
_SVG = "{http://www.w3.org/2000/svg}"
_PNG_EDGE = 512
_ICO_EDGES = (16, 20, 24, 32, 40, 48, 64, 96, 128, 256)
_ICNS_EDGES = (16, 32, 64, 128, 256, 512, 1024)


def write_icons(folder: Path) -> Path:
    """Write the icons of all systems.

    Parameters
    ----------
    folder
        Made where it is missing.

    Returns
    -------
    folder
        The same one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    edges = sorted({_PNG_EDGE, *_ICO_EDGES, *_ICNS_EDGES})
    pictures = {edge: _render(edge) for edge in edges}
    pictures[_PNG_EDGE].save(folder / "segdesk.png", optimize=True)
    _save(folder / "segdesk.ico", [pictures[edge] for edge in _ICO_EDGES], named=True)
    _save(folder / "segdesk.icns", [pictures[edge] for edge in _ICNS_EDGES])
    return folder


def _save(path: Path, pictures: list[Image.Image], *, named: bool = False) -> None:
    largest, *others = reversed(pictures)
    options = {"sizes": [picture.size for picture in pictures]} if named else {}
    largest.save(path, append_images=others, **options)


def _render(edge: int) -> Image.Image:
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QImage, QPainter, QPainterPath
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(edge, edge, QImage.Format.Format_RGBA8888)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(_LOGO)).render(painter)
    # Qt draws no clip paths: the card's corners are cut off here.
    card = QPainterPath()
    radius = edge * _corner()
    card.addRoundedRect(QRectF(0, 0, edge, edge), radius, radius)
    outside = QPainterPath()
    outside.addRect(QRectF(0, 0, edge, edge))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.fillPath(outside - card, Qt.GlobalColor.transparent)
    painter.end()
    pixels = image.constBits().tobytes()
    return Image.frombytes("RGBA", (edge, edge), pixels, "raw", "RGBA")


def _corner() -> float:
    """Return the card's corner radius as a part of its side."""
    card = ET.parse(_LOGO).getroot().find(f"{_SVG}clipPath/{_SVG}rect")  # noqa: S314
    if card is None:
        raise SystemExit(f"{_LOGO} has no clip path of a card.")
    return float(card.get("rx", "0")) / float(card.get("width", "1"))


def main(arguments: list[str]) -> int:
    """Write the icons into the folder that is named."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    folder = write_icons(Path(arguments[0]))
    print(f"Icons written to {folder}")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main(sys.argv[1:]))

"""The status bar says how a picture differs from its file."""

import numpy as np
import pytest
from PIL import Image

from segdesk.app.files.opened_image import open_image
from segdesk.gui.image_notes import ImageNotes


@pytest.fixture
def notes(qtbot, context) -> ImageNotes:
    made = ImageNotes(context)
    qtbot.addWidget(made)
    return made


def test_notes_say_what_was_converted_when_the_image_is_not_plain(
    notes, context, tmp_path
):
    wide = np.linspace(0, 4095, 48, dtype=np.uint16).reshape(6, 8)
    Image.fromarray(wide).save(tmp_path / "wide.png")
    context.session.set_image(open_image(tmp_path / "wide.png"))
    assert notes.words == "Values from 0 to 4095 were stretched to 0–255."
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.new("RGB", (8, 6), "red")
    image.save(tmp_path / "turned.jpg", exif=exif)
    context.session.set_image(open_image(tmp_path / "turned.jpg"))
    assert "turned upright" in notes.words
    assert "turned upright" in notes.accessibleDescription()
    image.save(tmp_path / "plain.png")
    context.session.set_image(open_image(tmp_path / "plain.png"))
    assert notes.words == ""
    assert notes.sizeHint().width() == 0

"""The question which bands are shown."""

from pathlib import Path

import numpy as np

from segdesk.app.files.view_question import ViewQuestion
from segdesk.core.band_sample import BandSample
from segdesk.core.errors import ImageReadError
from segdesk.core.image_view import AS_STORED, ImageView
from segdesk.gui.dialogs.image_view import ImageViewDialog


def asked(qtbot, sample, view=AS_STORED) -> ImageViewDialog:
    question = ViewQuestion(
        Path("a.tif"), "6 × uint16", view, lambda done, _failed: done(sample)
    )
    dialog = ImageViewDialog(None, question)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_dialog_gives_the_bands_and_the_stretch_that_were_chosen(qtbot):
    values = np.arange(20 * 30 * 6, dtype=np.uint16).reshape(20, 30, 6)
    dialog = asked(qtbot, BandSample(values, has_choice=True))
    assert dialog.view == AS_STORED
    for select, band in zip(dialog.bands, (5, 3, 0), strict=True):
        select.setCurrentIndex(band)
    dialog.stretch._group.button(1).click()
    assert dialog.view == ImageView((5, 3, 0), "percentiles")
    dialog.kind._group.button(1).click()
    assert dialog.view == ImageView((5,), "percentiles")
    assert [select.isVisible() for select in dialog.bands] == [True, False, False]
    again = asked(qtbot, BandSample(values, has_choice=True), dialog.view)
    assert again.view == ImageView((5,), "percentiles")
    assert again.bands[0].currentIndex() == 5
    again._reset()
    assert again.view == AS_STORED
    again.alone._group.button(1).click()
    assert again.view == ImageView((), "range", each=True)


def test_dialog_asks_for_the_stretch_alone_when_bands_are_fixed(qtbot):
    values = np.arange(20 * 30, dtype=np.uint16).reshape(20, 30, 1)
    dialog = asked(qtbot, BandSample(values, has_choice=False))
    assert not dialog.bands[0].isVisible()
    dialog.stretch._group.button(1).click()
    assert dialog.view == ImageView((), "percentiles")


def test_dialog_says_why_there_is_no_picture_when_the_file_is_gone(qtbot):
    error = ImageReadError("a.tif was not opened.", cause="There is no such file.")
    question = ViewQuestion(
        Path("a.tif"), "6 × uint16", AS_STORED, lambda _done, failed: failed(error)
    )
    dialog = ImageViewDialog(None, question)
    qtbot.addWidget(dialog)
    assert "There is no such file." in dialog.picture._words

"""The dialog that makes a project of images and masks in place."""

import numpy as np
import pytest
from PIL import Image

from segdesk.app.exchange.mask_finding import MaskFinding
from segdesk.gui.dialogs.where_masks import WhereMasksDialog


@pytest.fixture
def finding(context, tmp_path) -> MaskFinding:
    for folder, name in (("photos", "a.jpg"), ("truth", "a_mask.png")):
        (tmp_path / folder).mkdir()
        shape = (4, 6, 3) if folder == "photos" else (4, 6)
        picture = Image.fromarray(np.ones(shape, np.uint8))
        picture.save(tmp_path / folder / name)
    return context.importing.masks_in_place()


def test_project_can_be_made_when_both_folders_fit(qtbot, finding, tmp_path):
    dialog = WhereMasksDialog(None, finding)
    qtbot.addWidget(dialog)
    assert not dialog.verb.isEnabled()
    finding.set_images(tmp_path / "photos")
    assert not dialog.verb.isEnabled()
    finding.set_masks(tmp_path / "truth")
    assert dialog.rule.currentText() == "a.jpg  →  a_mask.png  ·  1 of 1 images"
    assert "2 classes, from the values of the masks." in dialog.words.text()
    assert dialog.verb.isEnabled()
    made = []
    finding.make(made.append, made.append)
    assert made == [tmp_path]
    assert (tmp_path / "segdesk.json").is_file()


def test_dialog_says_why_when_folders_do_not_fit(qtbot, finding, tmp_path):
    dialog = WhereMasksDialog(None, finding)
    qtbot.addWidget(dialog)
    finding.set_images(tmp_path / "truth")
    finding.set_masks(tmp_path / "photos")
    assert dialog.problem.text() == "The folder of masks holds no PNG."
    assert not dialog.verb.isEnabled()

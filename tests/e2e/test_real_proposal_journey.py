"""A proposal of a real model, taken over in the window."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from segdesk.formats.native import sidecar_path
from segdesk.formats.png_mask import read_mask

_DRIVER = Path(__file__).parent / "annotation_driver.py"
TIMEOUT_S = 250


@pytest.mark.engine
def test_proposal_of_a_real_model_is_the_annotation_when_it_is_accepted(
    nuclei, sample_model, tmp_path
):
    picture = nuclei(tmp_path / "images" / "a.png")
    done = subprocess.run(
        [sys.executable, str(_DRIVER), "accept", str(picture.parent), sample_model],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert told["is_as_proposed"]
    assert told["is_undone"]
    assert told["proposed_px"] > 500
    mask = picture.parent / "annotations" / "a.png"
    labels = read_mask(mask)
    assert np.count_nonzero(labels == 1) == told["proposed_px"]
    newest = json.loads(sidecar_path(mask).read_text())["states"][0]
    assert [maker["by"] for maker in newest["made_by"]] == ["model"]
    assert newest["made_by"][0]["name"] == sample_model

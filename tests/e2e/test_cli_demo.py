"""`segdesk demo` shows the sample predicted, also where nobody can see it."""

import numpy as np
import pytest

from segdesk.core.imaging import read_image

pytestmark = pytest.mark.engine


def test_demo_writes_picture_of_prediction_when_there_is_no_display(segdesk, tmp_path):
    picture = tmp_path / "my demo.png"
    ran = segdesk("demo", "--screenshot", picture)
    assert ran.returncode == 0, ran.stderr
    assert "drawn unseen" in ran.stderr
    assert f"The picture of the window is in {picture}" in ran.stdout
    pixels = read_image(picture).pixels
    assert pixels.shape == (1000, 1600, 3)
    # The sample's own class colour lies over the picture: blue that no chrome has.
    red, green, blue = np.moveaxis(pixels.astype(int), 2, 0)
    painted = (blue - red > 40) & (blue - green > 20)
    assert painted[100:900, 300:1250].mean() > 0.01

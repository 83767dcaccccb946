"""What of the image is in view."""

import pytest

from segdesk.core.geometry import Size
from segdesk.core.viewport import Viewport


@pytest.fixture
def viewport() -> Viewport:
    made = Viewport(Size(1000, 800))
    made.set_image(Size(4000, 3000))
    return made


def test_set_image_keeps_the_view_when_the_size_is_the_same(viewport):
    viewport.zoom_to(2.0, (300.0, 200.0))
    seen = viewport.visible

    viewport.set_image(Size(4000, 3000))
    assert viewport.visible == seen

    viewport.set_image(Size(4000, 2999))
    assert viewport.shows_all


def test_resize_keeps_the_middle_when_zoomed_and_refits_when_fitted(viewport):
    viewport.resize(Size(700, 800))
    assert viewport.scale == pytest.approx(700 / 4000)

    viewport.zoom_to(2.0)
    middle = viewport.drawn.to_image(350, 400)
    viewport.resize(Size(900, 500))
    assert viewport.drawn.to_image(450, 250) == pytest.approx(middle, abs=0.5)


def test_zoom_does_not_drift_when_repeated_at_one_point(viewport):
    at = (317.0, 211.0)
    before = viewport.drawn.to_image(*at)

    for _ in range(20):
        viewport.zoom_by(1.19, at)
    for _ in range(20):
        viewport.zoom_by(1 / 1.19, at)
    viewport.zoom_to(32.0, at)

    assert viewport.drawn.to_image(*at) == pytest.approx(before, abs=2.1)


def test_zoom_step_rests_at_100_when_stepping_from_fit(viewport):
    seen = []
    while viewport.scale < 1.2:
        viewport.zoom_step(closer=True)
        seen.append(viewport.scale)

    assert seen == pytest.approx([1 / 3, 1 / 2, 2 / 3, 0.8, 1.0, 1.25])


def test_centre_on_shows_the_place_in_the_middle_when_zoomed(viewport):
    viewport.actual_size()
    viewport.centre_on(1234.0, 999.0)

    assert viewport.drawn.to_image(500, 400) == pytest.approx((1234, 999), abs=0.5)
    assert viewport.visible is not None
    assert viewport.visible.width == 1000
    assert not viewport.shows_all


@pytest.mark.parametrize("image", [Size(4000, 3000), Size(4000, 1000), Size(300, 3000)])
def test_fit_leaves_the_foot_clear_when_there_is_one(image):
    viewport = Viewport(Size(1000, 800), Size(960, 760))
    viewport.foot = 100
    viewport.set_image(image)
    left, top = viewport.drawn.to_screen(0, 0)
    right, foot = viewport.drawn.to_screen(*image)
    assert foot <= 800 - 100 - 20 + 1
    assert top >= 20 - 1
    assert left >= 20 - 1
    assert right <= 1000 - 20 + 1
    assert viewport.shows_all

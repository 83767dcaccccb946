"""Blended windows: what is put together is what the network says of the whole."""

from contextlib import nullcontext

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import picture

from segdesk.core.errors import JobCancelledError
from segdesk.engine.windows import (
    Course,
    Tiling,
    WindowNetwork,
    blend_over,
    tile_image,
)
from segdesk.jobs.specs import Tta, Windows

pytestmark = pytest.mark.engine


class _Rows:
    """A painter that keeps the scores it is shown."""

    def __init__(self, reach: int, shape: tuple[int, ...]) -> None:
        self.reach = reach
        self.scores = torch.full(shape, torch.nan)
        self.first_row_needed = 0
        self.most = 0

    def paint(self, source: torch.Tensor, first_row: int, _check: object) -> None:
        end = first_row + source.shape[1]
        self.scores[:, first_row:end] = source
        self.most = max(self.most, source.shape[1])
        self.first_row_needed = max(end - self.reach, 0)


def _course(told: list[int]) -> Course:
    return Course(
        lambda _name: nullcontext(), lambda: None, lambda done, _all: told.append(done)
    )


def _local(grid: int, lanes: int = 0) -> WindowNetwork:
    """A network that looks no further than its own cell of the grid."""

    def scores_of(window: np.ndarray, side: tuple[int, int]) -> torch.Tensor:
        image = torch.zeros(3, *side)
        image[:, : window.shape[0], : window.shape[1]] = torch.from_numpy(
            window.transpose(2, 0, 1).astype(np.float32)
        )
        return torch.nn.functional.avg_pool2d(image, grid)

    return WindowNetwork(scores_of, 3, grid, (grid, grid), False, grid, False, lanes)


@given(
    st.integers(1, 90),
    st.integers(1, 90),
    st.sampled_from([8, 24, 40]),
    st.sampled_from([0.0, 0.25, 0.6]),
    st.integers(1, 3),
    st.sampled_from([0, 2]),
)
@settings(deadline=None, max_examples=60)
def test_windows_say_what_the_whole_says_when_the_network_looks_at_one_place(
    height: int, width: int, side: int, overlap: float, reach: int, lanes: int
) -> None:
    random = np.random.default_rng(height * 100 + width)
    pixels = random.integers(0, 256, (height, width, 3), np.uint8)
    network = _local(4, lanes)
    tilings = tile_image((height, width), Windows(size=side, overlap=overlap), network)
    rows, columns = (tiling.length for tiling in tilings)
    painter = _Rows(reach, (3, rows // 4, columns // 4))
    blend_over(pixels, tilings, network, painter, _course([]))
    whole = network.scores_of(pixels, (rows, columns))
    torch.testing.assert_close(painter.scores, whole, rtol=1e-4, atol=1e-2)


def test_blending_keeps_a_row_of_windows_when_the_image_is_high() -> None:
    network = _local(4)
    pixels = np.zeros((800, 64, 3), np.uint8)
    tilings = tile_image((800, 64), Windows(size=64, overlap=0.25), network)
    painter = _Rows(2, (3, 200, 16))
    windows: list[int] = []
    blend_over(pixels, tilings, network, painter, _course(windows))
    assert windows[-1] == len(tilings[0].begins) * len(tilings[1].begins)
    assert painter.most <= 64 // 4 + painter.reach


def test_tiling_fades_one_window_into_the_next_when_they_overlap() -> None:
    tiling = Tiling.over(1000, 256, 0.25, unit=8, grid=8)
    assert tiling.begins[0] == 0
    assert tiling.begins[-1] == tiling.length - tiling.side
    gaps = np.diff(tiling.begins)
    assert (gaps <= 192).all()
    assert (gaps % 8 == 0).all()
    weights = tiling.weights()
    assert weights[0] < weights[2] < weights[len(weights) // 2] == 1


def test_tiling_takes_lower_windows_when_the_classes_are_many() -> None:
    few, many = (
        WindowNetwork(lambda *_: torch.zeros(0), count, 32, (32, 32), False, 4, False)
        for count in (19, 150)
    )
    windows = Windows(size=1024, overlap=0.25)
    assert tile_image((16_000, 16_000), windows, few)[0].side == 1024
    rows, columns = tile_image((16_000, 16_000), windows, many)
    assert columns.side == 1024
    assert 128 <= rows.side < 1024


# ------------------------------------------------------------ a network of mmseg


@pytest.mark.parametrize("name", ["whole", "aligned"])
def test_predictor_says_the_same_when_one_window_holds_the_image(pairs, name):
    pair = pairs(name)
    image = picture(160, 128)
    whole = pair.predictor.predict(image, confidence=False)
    found = pair.predictor.predict(image, confidence=False, windows=Windows(size=512))
    assert (found.labels == whole.labels).mean() >= 0.99
    assert found.rows is None


def test_predictor_keeps_finished_rows_when_it_is_stopped_and_told_to(pairs):
    predictor = pairs("whole").predictor
    image = picture(700, 128)
    windows = Windows(size=128, overlap=0.25)
    whole = predictor.predict(image, windows=windows)
    told: list[tuple[int, int]] = []

    def check() -> None:
        if told and told[-1][0] >= 3:
            raise JobCancelledError

    order = {"windows": windows, "check": check}
    with pytest.raises(JobCancelledError):
        predictor.predict(image, **order, tell=lambda *done: told.append(done))
    told.clear()
    part = predictor.predict(
        image, **order, keep_rows=True, tell=lambda *done: told.append(done)
    )
    assert 0 < part.rows < 700
    assert np.array_equal(part.labels[: part.rows], whole.labels[: part.rows])
    assert (part.labels[part.rows :] == 255).all()
    assert not part.confidence[part.rows :].any()


def test_predictor_mirrors_windows_when_it_looks_twice(pairs):
    predictor = pairs("whole").predictor
    image = picture(160, 128)
    plain = predictor.predict(image, tta=Tta())
    found = predictor.predict(image, tta=Tta(), windows=Windows(size=512))
    assert (found.labels == plain.labels).mean() >= 0.99

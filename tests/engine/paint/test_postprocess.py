"""Labels and confidence of the tiles against resizing every class to full size."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import given, settings
from hypothesis import strategies as st

from segdesk.core.errors import ModelError
from segdesk.engine.paint.cell_painter import CellPainter
from segdesk.engine.paint.device_painter import DevicePainter
from segdesk.engine.paint.postprocess import Geometry, Scores, TilePainter
from segdesk.engine.paint.resample import compose, resize_axis, segments
from segdesk.engine.sliding import Slide, slide_over

pytestmark = pytest.mark.engine

SOFTMAX, MASK, ONE_A_TIME = Scores("softmax"), Scores("mask"), Scores("sigmoid")
BINARY = Scores("sigmoid", 0.3)


def smooth(channels, size, seed=0, *, noise=0.2):
    """Logits as a network gives them: a few large blobs and a little noise."""
    made = torch.Generator().manual_seed(seed)
    coarse = torch.randn(1, channels, 5, 6, generator=made) * 4
    fine = F.interpolate(coarse, size, mode="bicubic")
    return (fine + noise * torch.randn(fine.shape, generator=made))[0]


def full_size(logits, geometry):
    """Both resizes of all classes, as MMSegmentation does them, in float64."""
    how = {"mode": "bilinear", "align_corners": geometry.align_corners}
    seen = F.interpolate(logits[None].double(), geometry.network, **how)
    height, width = geometry.content
    return F.interpolate(seen[:, :, :height, :width], geometry.image, **how)[0]


@dataclass
class Plain:
    labels: np.ndarray
    confidence: np.ndarray
    clear: np.ndarray


def plainly(logits, geometry, scores):
    """Labels and confidence without any cleverness; `clear`: far from a tie."""
    full = full_size(logits, geometry)
    if len(full) == 1:
        p = full[0].sigmoid()
        labels = p > scores.threshold
        margin = (p - scores.threshold).abs()
        sure = torch.where(labels, p, 1 - p)
    else:
        labels = full.argmax(0)
        two = full.topk(2, dim=0).values
        margin = two[0] - two[1]
        sure = {
            "softmax": lambda: full.softmax(0).amax(0),
            "sigmoid": lambda: full.amax(0).sigmoid(),
            "mask": lambda: (full.amax(0) / full.sum(0)).clip(0, 1),
        }[scores.kind]()
    return Plain(labels.numpy(), (sure * 255).numpy(), (margin > 1e-4).numpy())


def painted(logits, geometry, scores, *, device=False, confidence=True):
    axes = geometry.axes(tuple(logits.shape[1:]))
    if device:
        painter = DevicePainter(
            axes,
            scores,
            len(logits),
            device=torch.device("cpu"),
            confidence=confidence,
        )
    else:
        painter = TilePainter(axes, scores, len(logits), confidence=confidence)
    painter.paint(logits, 0, lambda: None)
    return painter


def assert_same(painter, plain):
    assert np.array_equal(painter.labels[plain.clear], plain.labels[plain.clear])
    off = np.abs(painter.confidence.astype(float) - plain.confidence)
    # Half a step of rounding and half of what the rule may leave out.
    assert off[plain.clear].max(initial=0) <= 1.001


GEOMETRIES = {
    "enlarged": Geometry((96, 128), (96, 128), (301, 410), False),
    "enlarged, corners aligned": Geometry((97, 129), (97, 129), (301, 410), True),
    "padding cropped": Geometry((96, 128), (83, 101), (166, 203), False),
    "one resize only": Geometry((96, 128), (96, 128), (96, 128), False),
    "shrunk": Geometry((384, 512), (384, 512), (33, 57), False),
    "a line": Geometry((96, 128), (3, 128), (1, 700), False),
    "a pixel": Geometry((96, 128), (1, 1), (1, 1), True),
}


@pytest.mark.parametrize("name", GEOMETRIES)
@pytest.mark.parametrize("device", [False, True], ids=["tiles", "device"])
def test_painter_gives_the_labels_of_full_size_logits_when_classes_are_pruned(
    name, device
):
    logits = smooth(19, (24, 32))
    painter = painted(logits, GEOMETRIES[name], SOFTMAX, device=device)
    assert_same(painter, plainly(logits, GEOMETRIES[name], SOFTMAX))


@pytest.mark.parametrize("device", [False, True], ids=["tiles", "device"])
@pytest.mark.parametrize(
    ("scores", "channels"), [(SOFTMAX, 150), (MASK, 7), (ONE_A_TIME, 7), (BINARY, 1)]
)
def test_painter_is_as_sure_as_full_size_scores_when_the_head_is_of_any_kind(
    scores, channels, device
):
    logits = smooth(channels, (24, 32), seed=3)
    if scores is MASK:
        logits = logits.sigmoid()
    geometry = GEOMETRIES["padding cropped"]
    painter = painted(logits, geometry, scores, device=device)
    assert_same(painter, plainly(logits, geometry, scores))
    assert len(np.unique(painter.labels)) == min(channels + 1, 2) or channels > 2


def test_painter_gives_the_same_labels_when_confidence_is_not_asked_for():
    logits = smooth(19, (24, 32))
    geometry = GEOMETRIES["enlarged"]
    alone = painted(logits, geometry, SOFTMAX, confidence=False)
    assert alone.confidence is None
    assert np.array_equal(alone.labels, painted(logits, geometry, SOFTMAX).labels)


def by_cells(logits, geometry, scores=SOFTMAX):
    painter = CellPainter(geometry, tuple(logits.shape[1:]), scores, len(logits))
    painter.paint(logits, 0, lambda: None)
    return painter.labels


@pytest.mark.parametrize("name", [name for name in GEOMETRIES if name != "shrunk"])
@pytest.mark.parametrize(
    ("values", "together"), [(1, 1 << 9), (1 << 15, 1 << 12), (1 << 21, 1 << 18)]
)
def test_cells_give_the_labels_of_full_size_logits_when_bands_are_of_any_height(
    name, values, together, monkeypatch
):
    monkeypatch.setattr("segdesk.engine.paint.contests._VALUES", together)
    monkeypatch.setattr("segdesk.engine.paint.cell_painter._BAND_VALUES", values)
    monkeypatch.setattr("segdesk.engine.paint.cell_painter._BAND_ROWS", 2)
    monkeypatch.setattr("segdesk.engine.paint.cell_painter._CELLS", 100)
    geometry = GEOMETRIES[name]
    # Noise makes classes win between the points of the grid without winning at one.
    logits = smooth(19, (24, 32), noise=2)
    plain = plainly(logits, geometry, SOFTMAX)
    assert np.array_equal(
        by_cells(logits, geometry)[plain.clear], plain.labels[plain.clear]
    )


def test_cells_use_the_threshold_when_the_head_has_one_channel():
    geometry = GEOMETRIES["enlarged"]
    logits = smooth(1, (24, 32), seed=3)
    plain = plainly(logits, geometry, BINARY)
    labels = by_cells(logits, geometry, BINARY)
    assert np.array_equal(labels[plain.clear], plain.labels[plain.clear])
    assert set(np.unique(labels)) == {0, 1}


def test_painter_takes_the_argmax_when_the_head_is_as_large_as_the_image():
    logits = smooth(5, (300, 500))
    geometry = Geometry((300, 500), (290, 470), (290, 470), False)
    for device in (False, True):
        painter = painted(logits, geometry, SOFTMAX, device=device)
        assert np.array_equal(painter.labels, logits[:, :290, :470].argmax(0))
        assert_same(painter, plainly(logits, geometry, SOFTMAX))


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.tuples(st.integers(1, 140), st.integers(1, 140)),
    st.integers(2, 6),
    st.booleans(),
    st.integers(0, 1000),
)
def test_painter_agrees_with_full_size_logits_when_sizes_are_anything(
    head, network, image, channels, align, seed
):
    made = torch.Generator().manual_seed(seed)
    logits = torch.randn(channels, *head, generator=made)
    content = (max(1, network[0] - 3), max(1, network[1] - 5))
    geometry = Geometry(network, content, image, align)
    plain = plainly(logits, geometry, SOFTMAX)
    assert_same(painted(logits, geometry, SOFTMAX), plain)
    enlarges = image[0] >= content[0] and image[1] >= content[1]
    if enlarges and min(head) > 1:  # else there are no cells, and tiles are painted
        labels = by_cells(logits, geometry)
        assert np.array_equal(labels[plain.clear], plain.labels[plain.clear])


def test_painter_prefers_the_lower_class_when_scores_are_equal():
    logits = torch.zeros(4, 6, 6)
    logits[2:] = 1
    labels = painted(logits, Geometry((6, 6), (6, 6), (50, 50), False), SOFTMAX).labels
    assert set(labels.flat) == {2}


def test_painter_paints_on_when_a_score_is_infinite():
    logits = torch.zeros(3, 6, 6)
    logits[1, :, :3] = -torch.inf
    logits[2, :, 3:] = torch.inf
    labels = painted(logits, Geometry((6, 6), (6, 6), (60, 60), False), SOFTMAX).labels
    assert labels[30, 5] == 0
    assert labels[30, 55] == 2


@pytest.mark.parametrize("device", [False, True], ids=["tiles", "device"])
def test_painter_says_so_when_scores_are_not_numbers(device):
    logits = torch.full((3, 6, 6), torch.nan)
    with pytest.raises(ModelError, match="not numbers"):
        painted(logits, GEOMETRIES["enlarged"], SOFTMAX, device=device)


@pytest.mark.parametrize("align", [False, True])
def test_compose_is_two_resizes_in_one_when_a_crop_lies_between(align):
    line = torch.randn(1, 1, 1, 13, generator=torch.Generator().manual_seed(0))
    how = {"mode": "bilinear", "align_corners": align}
    twice = F.interpolate(line, (1, 40), **how)[..., :31]
    twice = F.interpolate(twice, (1, 97), **how)[0, 0, 0].numpy()
    axis = compose(
        resize_axis(13, 40, align_corners=align),
        resize_axis(31, 97, align_corners=align),
    )
    once = np.concatenate(
        [run.matrix @ line[0, 0, 0].numpy()[run.source] for run in segments(axis, 10)]
    )
    assert np.allclose(once, twice, atol=1e-5)
    assert axis.taps <= 4


# ---------------------------------------------------------------- slide mode


def slid_plainly(image, slide, scores_of):
    """Windows as MMSegmentation adds them, at the size of the image."""
    height, width = image.shape[2:]
    total, times = 0, torch.zeros(height, width)
    for top, bottom in slide.rows(height):
        for left, right in slide.columns(width):
            scores = scores_of(image[:, :, top:bottom, left:right])
            total = total + F.pad(scores, (left, width - right, top, height - bottom))
            times[top:bottom, left:right] += 1
    return (total / times)[0]


def window_scores(windows):
    """Scores that depend on where in the window a pixel is, as a network's do."""
    height, width = windows.shape[2:]
    tilt = torch.linspace(0, 1, height)[:, None] * torch.linspace(0, 2, width)[None]
    return torch.cat((windows, windows.flip(1) * tilt), dim=1)


@pytest.mark.parametrize("size", [(150, 210), (64, 64), (20, 300), (1, 1)])
@pytest.mark.parametrize("image_size", [None, (333, 401), (40, 31)])
@pytest.mark.parametrize("device", [False, True], ids=["tiles", "device"])
def test_slide_over_averages_windows_when_they_overlap(
    size, image_size, device, monkeypatch
):
    monkeypatch.setattr("segdesk.engine.paint.device_painter._BAND_PX", 4000)
    slide = Slide((64, 64), (43, 40))
    generator = torch.Generator().manual_seed(1)
    image = torch.randn(1, 3, *size, generator=generator)
    image = F.avg_pool2d(image, 3, 1, 1)
    geometry = Geometry(size, size, image_size or size, False)
    plain = plainly(slid_plainly(image, slide, window_scores), geometry, SOFTMAX)
    axes = geometry.axes(size)
    painter = (
        DevicePainter(axes, SOFTMAX, 6, device=torch.device("cpu"), confidence=True)
        if device
        else TilePainter(axes, SOFTMAX, 6, confidence=True)
    )
    slide_over(image, slide, window_scores, painter, lambda: None)
    assert painter.first_row_needed == size[0]
    assert_same(painter, plain)

"""Draw the sample images: nuclei as a fluorescence microscope shows them.

Every image comes from its own seeded random numbers: nuclei in clusters, each a
deformed ellipse with a dome of light, chromatin and nucleoli; out-of-focus light, an
uneven background, blur of the optics, shot noise and read noise of the camera. The
true mask is what was drawn, before blur and noise.

    python packaging/sample/make_images.py [FOLDER]

FOLDER is `resources/sample` unless named; it gets `images/` and `masks/`.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segdesk.core.cv import load_cv2
from segdesk.core.paths import resource_path

SIZE_PX = 512
FINE = 2
SEED = 20180116
NUCLEUS = 1
_TRIES = 60
_ANGLES = np.linspace(0, 2 * np.pi, 96, endpoint=False)

cv2 = load_cv2()
Plane = NDArray[np.float64]


@dataclass(frozen=True)
class Look:
    """How one kind of image looks; grey values are 0-255, lengths in pixels.

    Parameters
    ----------
    count
        Nuclei to try to place.
    radius
        Mean radius of a nucleus.
    light
        Median peak of a nucleus over the background.
    spread
        Width of the distribution of peaks, as a logarithm.
    cluster
        Share of nuclei that settle beside another one.
    blur
        Sigma of the optics.
    haze
        Out-of-focus light around nuclei, relative to theirs.
    background
        Grey value of empty ground.
    uneven
        By how much the illumination falls off, relative.
    noise
        Sigma of the camera's read noise.
    tint
        Weight of each channel; None: grey.
    squeeze
        Mean ratio of the short to the long axis.
    """

    count: int = 45
    radius: float = 15.0
    light: float = 110.0
    spread: float = 0.45
    cluster: float = 0.5
    blur: float = 1.1
    haze: float = 0.12
    background: float = 8.0
    uneven: float = 0.25
    noise: float = 1.2
    tint: tuple[float, float, float] | None = None
    squeeze: float = 0.75


SPARSE = Look(count=26, light=135.0, cluster=0.35)
DENSE = Look(count=130, radius=12.5, light=48.0, cluster=0.75, haze=0.2)
LARGE = Look(count=30, radius=27.0, light=36.0, spread=0.25, cluster=0.3, squeeze=0.68)
TISSUE = Look(
    count=210, radius=9.5, light=80.0, cluster=0.85, haze=0.3, spread=0.55, squeeze=0.62
)
SOFT = Look(count=55, radius=15.0, light=75.0, blur=3.0, haze=0.3)
BLUE = (0.16, 0.42, 1.0)
LOOKS = (
    SPARSE,
    DENSE,
    replace(SPARSE, tint=BLUE),
    TISSUE,
    LARGE,
    replace(DENSE, light=90.0),
    SOFT,
    replace(TISSUE, light=140.0, background=14.0),
    replace(LARGE, light=70.0, noise=2.0),
    replace(SPARSE, count=60, radius=11.0, spread=0.7),
    replace(DENSE, count=95, radius=16.0, light=120.0, uneven=0.4),
    replace(SOFT, light=110.0, tint=BLUE),
    replace(TISSUE, count=150, tint=(0.2, 1.0, 0.35)),
    replace(SPARSE, count=9, radius=20.0, light=100.0, background=5.0),
    replace(LARGE, count=40, light=110.0, haze=0.2),
    replace(DENSE, count=160, radius=10.0, light=140.0, spread=0.3),
    replace(SPARSE, count=40, squeeze=0.5, light=90.0),
    replace(SOFT, count=90, radius=12.0, blur=2.2, background=16.0),
    replace(LARGE, radius=22.0, light=55.0, tint=BLUE),
    replace(TISSUE, count=260, radius=8.0, light=100.0, uneven=0.35),
)


@dataclass(frozen=True)
class Nucleus:
    """One nucleus: its stamp, where the stamp lies, its brightness; fine pixels."""

    x: float
    y: float
    reach: float
    stamp: NDArray[np.uint8]
    peak: float

    @property
    def corner(self) -> tuple[int, int]:
        """Row and column of the stamp's first pixel, which may lie outside."""
        half = self.stamp.shape[0] // 2
        return int(self.y) - half, int(self.x) - half


def overlap(
    plane: NDArray[np.generic], stamp: NDArray[np.generic], corner: tuple[int, int]
) -> tuple[NDArray[np.generic], NDArray[np.generic]]:
    """Return the parts of a plane and of a stamp that lie on each other."""
    parts = []
    for start, length, limit in zip(corner, stamp.shape, plane.shape, strict=True):
        low, high = max(start, 0), min(start + length, limit)
        high = max(low, high)
        parts.append((slice(low, high), slice(low - start, high - start)))
    (rows, own_rows), (columns, own_columns) = parts
    return plane[rows, columns], stamp[own_rows, own_columns]


def smooth_noise(rng: np.random.Generator, side: int, sigma: float) -> Plane:
    """Return (side, side) noise with a grain of `sigma`, mean 0, deviation 1."""
    step = max(1, int(sigma // 2))
    small = rng.standard_normal((side // step + 2, side // step + 2))
    small = cv2.GaussianBlur(small, (0, 0), max(sigma / step, 0.6))
    noise = cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC)
    return (noise - noise.mean()) / noise.std()


def outline(rng: np.random.Generator, look: Look) -> NDArray[np.float64]:
    """Return the points of one deformed ellipse around (0, 0), in fine pixels."""
    radius = FINE * look.radius * float(np.exp(rng.normal(0, 0.16)))
    ratio = float(np.clip(rng.normal(look.squeeze, 0.1), 0.4, 1.0))
    long, short = radius / np.sqrt(ratio), radius * np.sqrt(ratio)
    bumps = np.ones_like(_ANGLES)
    for wave in (2, 3, 4, 5):
        size = rng.normal(0, 0.055 / (wave - 1) ** 0.7)
        bumps += size * np.cos(wave * _ANGLES + rng.uniform(0, 2 * np.pi))
    x, y = long * bumps * np.cos(_ANGLES), short * bumps * np.sin(_ANGLES)
    turn = rng.uniform(0, np.pi)
    return np.stack(
        [x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], 1
    )


def stamp_of(points: NDArray[np.float64], reach: float) -> NDArray[np.uint8]:
    """Return a small square with the outline filled in its middle."""
    side = 2 * int(reach + 2) + 1
    middle = np.round(points + side // 2).astype(np.int32)
    return cv2.fillPoly(np.zeros((side, side), np.uint8), [middle], NUCLEUS)


def place(
    rng: np.random.Generator, look: Look
) -> tuple[list[Nucleus], NDArray[np.uint8]]:
    """Place nuclei, in clusters as asked, touching but hardly overlapping."""
    side = SIZE_PX * FINE
    taken = np.zeros((side, side), np.uint8)
    nuclei: list[Nucleus] = []
    for _ in range(look.count):
        points = outline(rng, look)
        reach = float(np.hypot(*points.T).max())
        stamp = stamp_of(points, reach)
        peak = min(look.light * float(np.exp(rng.normal(0, look.spread))), 235.0)
        for _ in range(_TRIES):
            x, y = position(rng, look, nuclei, reach)
            nucleus = Nucleus(x, y, reach, stamp, peak)
            there, own = overlap(taken, stamp, nucleus.corner)
            if own.any() and (there & own).sum() <= 0.04 * own.sum():
                there |= own
                nuclei.append(nucleus)
                break
    return nuclei, taken


def position(
    rng: np.random.Generator, look: Look, nuclei: list[Nucleus], reach: float
) -> tuple[float, float]:
    """Return a place beside another nucleus, or anywhere."""
    if nuclei and rng.random() < look.cluster:
        other = nuclei[rng.integers(len(nuclei))]
        away = (other.reach + reach) * rng.uniform(0.75, 1.15)
        angle = rng.uniform(0, 2 * np.pi)
        return other.x + away * np.cos(angle), other.y + away * np.sin(angle)
    x, y = rng.uniform(-reach / 2, SIZE_PX * FINE + reach / 2, 2)
    return float(x), float(y)


def light_of(rng: np.random.Generator, nucleus: Nucleus, grain: Plane) -> Plane:
    """Return the light of one nucleus, as large as its stamp."""
    side = nucleus.stamp.shape[0]
    depth = cv2.distanceTransform(nucleus.stamp, cv2.DIST_L2, 5)
    dome = np.clip(depth / (0.55 * max(depth.max(), 1.0)), 0, 1) ** 0.45
    top, left = rng.integers(0, grain.shape[0] - side, 2)
    texture = grain[top : top + side, left : left + side]
    body = dome * (1 + rng.uniform(0.06, 0.2) * texture)
    rows, columns = np.ogrid[:side, :side]
    for _ in range(rng.integers(0, 5)):
        y, x = side / 2 + rng.normal(0, 0.35, 2) * nucleus.reach
        size = nucleus.reach * rng.uniform(0.08, 0.18)
        far = ((rows - y) ** 2 + (columns - x) ** 2) / (2 * size**2)
        body *= 1 + rng.choice((-0.45, -0.3, 0.3)) * np.exp(-far)
    return np.where(nucleus.stamp, np.clip(body, 0.05, None) * nucleus.peak, 0.0)


def illumination(rng: np.random.Generator, look: Look) -> Plane:
    """Return (SIZE_PX, SIZE_PX) relative light of the lamp, brightest off centre."""
    rows, columns = np.mgrid[:SIZE_PX, :SIZE_PX] / SIZE_PX
    x, y = rng.uniform(0.3, 0.7, 2)
    return 1 - look.uneven * ((columns - x) ** 2 + (rows - y) ** 2) / 0.5


def draw(look: Look, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Draw one image.

    Returns
    -------
    image
        (512, 512) or (512, 512, 3) uint8.
    mask
        (512, 512) uint8, 1 where a nucleus is.
    """
    rng = np.random.default_rng(seed)
    side = SIZE_PX * FINE
    nuclei, covered = place(rng, look)
    grain = smooth_noise(rng, side, FINE * 2.2) + 0.6 * smooth_noise(rng, side, FINE)
    signal = np.zeros((side, side))
    for nucleus in nuclei:
        there, own = overlap(signal, light_of(rng, nucleus, grain), nucleus.corner)
        np.maximum(there, own, out=there)
    size = (SIZE_PX, SIZE_PX)
    share = cv2.resize(covered.astype(np.float64), size, interpolation=cv2.INTER_AREA)
    mask = (share >= 0.5).astype(np.uint8)

    light = cv2.resize(signal, size, interpolation=cv2.INTER_AREA)
    sharp = cv2.GaussianBlur(light, (0, 0), look.blur)
    far = cv2.GaussianBlur(light, (0, 0), 4 * look.radius / 3)
    ground = look.background * (1 + 0.12 * smooth_noise(rng, SIZE_PX, 60.0))
    seen = (sharp + look.haze * far + ground) * illumination(rng, look)
    # Shot noise grows with the root of the light.
    sigma = np.sqrt(look.noise**2 + 0.035 * seen)
    grey = np.clip(seen + sigma * rng.standard_normal(seen.shape), 0, 255)
    if look.tint is None:
        return np.round(grey).astype(np.uint8), mask
    tinted = grey[..., None] * np.asarray(look.tint)
    return np.round(tinted).astype(np.uint8), mask


def main() -> None:
    """Draw all looks into `images/` and `masks/`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=resource_path("sample"))
    folder = parser.parse_args().folder
    for kind in ("images", "masks"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    total = 0
    for number, look in enumerate(LOOKS, 1):
        image, mask = draw(look, SEED + number)
        name = f"nuclei_{number:02}.png"
        Image.fromarray(image).save(folder / "images" / name, optimize=True)
        Image.fromarray(mask).save(folder / "masks" / name, optimize=True)
        size = (folder / "images" / name).stat().st_size
        total += size + (folder / "masks" / name).stat().st_size
        print(f"{name}: {mask.mean():.0%} nuclei, {size:,} bytes")
    print(f"{total:,} bytes in all")


if __name__ == "__main__":
    main()

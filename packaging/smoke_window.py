"""The part of the smoke test that looks at the bundle's window."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from tried_bundle import SIGNAL, Bundle, write_film
from virtual_screen import VirtualScreen

_STARTS = 5
_DRAWN_COLOURS = 60  # an empty window has one


def try_window(
    bundle: Bundle, screen: VirtualScreen, pictures: Path
) -> tuple[str, list[float]]:
    """Start the window some times; the clock stops when it is drawn."""
    times = [_start(bundle, screen, pictures) for _ in range(_STARTS)]
    words = ", ".join(f"{seconds:.2f}" for seconds in times)
    return f"{words} s, median {statistics.median(times):.2f}", times


def _start(bundle: Bundle, screen: VirtualScreen, pictures: Path) -> float:
    image = bundle.sample / "images" / "nuclei_01.png"
    began = time.monotonic()
    with bundle.window(screen, image) as process:
        screen.wait_for_window("SegDesk", process)
        _wait(lambda: _is_drawn(screen), "nothing is drawn in the window")
        seconds = time.monotonic() - began
        _wait(lambda: screen.has_window("nuclei_01"), "no image was opened")
        _wait(lambda: _is_shown(screen), "the image is not on the screen")
        _save(screen, pictures / "window.png")
    return seconds


def try_demo(bundle: Bundle, screen: VirtualScreen, pictures: Path) -> str:
    """Let the window load the sample model by its engine, and predict."""
    picture = pictures / "demo.png"
    with bundle.window(screen, "demo", "--screenshot", picture) as process:
        code = process.wait(180)
        assert code == 0, f"it ended with {code}"
    return f"drawn with its proposal in {picture.name}"


def try_video_window(bundle: Bundle, screen: VirtualScreen, pictures: Path) -> str:
    """Open the film in the window: its pixels must be on the screen."""
    with bundle.window(screen, write_film(bundle)) as process:
        screen.wait_for_window("SegDesk", process)
        _wait(lambda: _signal_pixels(screen) > 500, "no frame of it is on the screen")
        _save(screen, pictures / "video.png")
        return "a frame of it is on the screen"


def _is_drawn(screen: VirtualScreen) -> bool:
    picture = screen.picture()[::3, ::3].reshape(-1, 3).astype(np.uint32)
    codes = picture[:, 0] << 16 | picture[:, 1] << 8 | picture[:, 2]
    return len(np.unique(codes)) > _DRAWN_COLOURS


def _is_shown(screen: VirtualScreen) -> bool:
    """Tell whether there is a photograph in the middle of the screen."""
    picture = screen.picture()
    height, width = picture.shape[:2]
    middle = picture[height // 2 - 100 : height // 2 + 100, width // 2 - 100 :][:, :200]
    return len(np.unique(middle.reshape(-1, 3), axis=0)) > _DRAWN_COLOURS


def _signal_pixels(screen: VirtualScreen) -> int:
    off = np.abs(screen.picture().astype(np.int16) - np.array(SIGNAL, np.int16))
    return int((off.max(axis=2) < 24).sum())


def _wait(is_so: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end, otherwise
        time.sleep(0.01)


def _save(screen: VirtualScreen, path: Path) -> None:
    Image.fromarray(screen.picture()).save(path)

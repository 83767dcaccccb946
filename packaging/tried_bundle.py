"""A finished bundle that is tried, and what it is tried on."""

import json
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from virtual_screen import VirtualScreen

PATH = "/usr/local/bin:/usr/bin:/bin"
LIMIT_S = 600
SIGNAL = (255, 0, 255)  # in the film, and nowhere in the window


class Bundle:
    """A bundle, a home folder for it, and the folder that results go into.

    Parameters
    ----------
    folder
        The bundle.
    work
        Empty; everything is written below it.
    """

    def __init__(self, folder: Path, work: Path) -> None:
        self.program = folder / "segdesk"
        self.sample = folder / "_internal" / "segdesk" / "resources" / "sample"
        self.work = work
        self.environment = {"HOME": str(work / "home"), "PATH": PATH}
        self.log = work / "window.log"
        (work / "home").mkdir()

    def run(self, *words: object) -> dict[str, Any]:
        """Run a command to its end and return the JSON that it printed."""
        command = [str(self.program), *map(str, words), "--json"]
        done = subprocess.run(
            command,
            env=self.environment,
            cwd=self.work,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        said = f"{' '.join(command)}\n{done.stdout[-6000:]}\n{done.stderr[-1000:]}"
        assert done.returncode == 0, f"exit code {done.returncode}\n{said}"
        try:
            return json.loads(done.stdout)
        except ValueError as error:
            raise AssertionError(f"no JSON\n{said}") from error

    @contextmanager
    def window(self, screen: VirtualScreen, *words: object):  # noqa: ANN201
        """Start the window in a home of its own; at the end it is told to go.

        A home where starts were cut short would be asked about safe mode.
        """
        home = tempfile.mkdtemp(dir=self.work)
        environment = {**self.environment, "HOME": home, "DISPLAY": screen.name}
        process = subprocess.Popen(
            [str(self.program), *map(str, words)],
            env=environment,
            cwd=self.work,
            stderr=self.log.open("wb"),
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def training_set(bundle: Bundle) -> Path:
    """Lay the sample out as mmseg has it: six to train on, two to measure on."""
    folder = bundle.work / "data"
    if folder.is_dir():
        return folder
    for at, image in enumerate(sorted((bundle.sample / "images").glob("*.png"))[:8]):
        split = "train" if at < 6 else "val"
        mask = bundle.sample / "masks" / image.name
        for kind, source in (("img_dir", image), ("ann_dir", mask)):
            target = folder / kind / split / image.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    (folder / "classes.json").write_text(
        json.dumps(
            {
                "classes": ["background", "nucleus"],
                "palette": [[0, 0, 0], [230, 60, 60]],
            }
        )
    )
    return folder


def write_film(bundle: Bundle) -> Path:
    """Write a film of one second with a patch that is easy to find."""
    import av

    path = bundle.work / "film.mp4"
    if path.is_file():
        return path
    with av.open(str(path), "w") as film:
        stream = film.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for at in range(25):
            pixels = np.full((240, 320, 3), 40 + at, np.uint8)
            pixels[60:180, 80 + at : 240 + at] = SIGNAL
            film.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        film.mux(stream.encode(None))
    return path

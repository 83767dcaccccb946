"""The smoke test of fewer labels: explain, scribble, labels of a model."""

from pathlib import Path

import numpy as np
from PIL import Image
from tried_bundle import Bundle, training_set

from segdesk.jobs.arrays import take
from segdesk.jobs.control import StopFlag
from segdesk.jobs.events import Succeeded
from segdesk.jobs.process import EngineProcess
from segdesk.jobs.scribble_events import ScribbleDone
from segdesk.jobs.scribble_specs import ScribbleSpec, Stroke

_METHODS = ("hires-cam", "saliency")  # one by a layer's map, one by the pixels
_STROKE_PX = 40


def try_explain(bundle: Bundle, model: str) -> str:
    """Let the model say where it looks; its pictures must not be empty."""
    image = bundle.sample / "images" / "nuclei_01.png"
    for method in _METHODS:
        out = bundle.work / "explained" / method
        words = ("--model", model, "--class", "nucleus", "--method", method)
        done = bundle.run("explain", image, *words, "--out", out)
        assert done["peak"] > 0, done
        for name in done["files"]:
            assert Path(name).stat().st_size > 0, name
    return ", ".join(_METHODS)


def try_scribble(bundle: Bundle) -> str:
    """Scribble on a nucleus and beside it; the engine must tell them apart."""
    image = bundle.sample / "images" / "nuclei_01.png"
    truth = np.asarray(Image.open(bundle.sample / "masks" / image.name)) == 1
    scratch = bundle.work / "scribbled"
    scratch.mkdir()
    strokes = tuple(
        stroke for kind in (0, 1) for stroke in _strokes(truth == bool(kind), kind)
    )
    spec = ScribbleSpec(image=image, scratch_dir=scratch, strokes=strokes)
    kept = [f"{name}={value}" for name, value in bundle.environment.items()]
    command = ["/usr/bin/env", "-i", *kept, str(bundle.program), "--engine"]
    engine = EngineProcess(command)
    try:
        said = engine.run(spec, lambda _: None, StopFlag())
    finally:
        engine.close()
    assert isinstance(said, Succeeded), said
    assert isinstance(said.result, ScribbleDone), said
    assert said.result.labels is not None, said
    labels = take(said.result.labels) == 1
    overlap = (labels & truth).sum() / (labels | truth).sum()
    assert overlap > 0.5, f"IoU {overlap:.2f}"
    return f"{len(strokes)} strokes, IoU {overlap:.2f}"


def _strokes(where: np.ndarray, kind: int) -> list[Stroke]:
    """Return up to six level strokes that lie on one kind of pixels alone."""
    found = []
    for row in np.linspace(0, len(where) - 1, 60).astype(int):
        edges = np.flatnonzero(np.diff(np.r_[0, where[row], 0]))
        starts, ends = edges[::2], edges[1::2]
        if not len(starts):
            continue
        at = int(np.argmax(ends - starts))
        begin, end = int(starts[at]) + 2, int(ends[at]) - 3
        if end > begin:
            end = min(end, begin + _STROKE_PX)
            places = (float(begin), float(row), float(end), float(row))
            found.append(Stroke(class_index=kind, width=2.0, places=places))
    return found[:: max(1, len(found) // 6)][:6]


def try_labels_of_a_model(bundle: Bundle, model: str) -> str:
    """Let the model label the sample's images where it is sure."""
    data = training_set(bundle)
    words = ("--model", model, "--images", bundle.sample / "images")
    bundle.run("pseudolabel", data, *words)
    return "written"

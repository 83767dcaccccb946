"""One explanation as a job."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segdesk.core.imaging import read_image
from segdesk.core.language import tr
from segdesk.core.paths import mapped_images_dir
from segdesk.jobs.arrays import put
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Noted, Progress
from segdesk.jobs.explain_events import ExplainDone
from segdesk.jobs.explain_specs import ExplainSpec

if TYPE_CHECKING:
    from segdesk.engine.explain.explainer import Explainer, Explanation

_STEPS = 65535


class KeptExplainer:
    """Explains by one model after the other; the last one stays in memory."""

    def __init__(self) -> None:
        self._key: object = None
        self._explainer: Explainer | None = None

    def run(self, spec: ExplainSpec, context: JobContext) -> ExplainDone:
        """Explain one image.

        Raises
        ------
        SegDeskError
            As `run_explain`, or the model cannot be loaded.
        """
        from segdesk.engine.explain.explainer import Explainer

        stamps = [_stamp(spec.model.checkpoint)]
        if spec.model.config is not None:
            stamps.append(_stamp(spec.model.config))
        key = (spec.model, spec.device, stamps)
        if self._explainer is None or key != self._key:
            self._explainer = None
            context.report(Progress(0, None, "steps", tr("Loading the weights")))
            self._explainer = Explainer(spec.model, spec.device, context.report)
            self._key = key
        return run_explain(spec, context, self._explainer)


def run_explain(
    spec: ExplainSpec, context: JobContext, explainer: "Explainer"
) -> ExplainDone:
    """Read an image, ask the model, and hand the answer over.

    Raises
    ------
    InputError
        The image cannot be read, or there is no such pixel, class or layer.
    ModelError
        The model cannot be asked this way.
    StorageError
        The answer cannot be handed over.
    JobCancelledError
        The user stopped it.
    """
    from segdesk.engine.explain.explainer import Question

    words = tr("Explaining {name}", name=spec.image.name)
    context.report(Progress(0, None, "passes", words))
    started_s = time.monotonic()
    image = read_image(spec.image, spec.view, mapped_in=mapped_images_dir())
    context.check()
    found = explainer.explain(
        image.pixels,
        Question(spec.method, spec.class_index, spec.at, spec.layer),
        tell=lambda done, count: context.report(Progress(done, count, "passes", words)),
        check=context.check,
    )
    context.check()
    for note in _notes(found, explainer):
        context.report(note)
    peak = float(found.heat.max())
    heat = (found.heat * (_STEPS / peak if peak > 0 else 0)).round().astype("<u2")
    return ExplainDone(
        model_id=spec.model.id,
        image=spec.image,
        method=spec.method,
        class_index=found.class_index,
        classes=explainer.built.classes,
        heat=put(heat[..., None].view(np.uint8), spec.scratch_dir),
        peak=peak,
        chance=found.chances[found.class_index],
        chances=found.chances,
        confidence=put(_in_bytes(found.confidence), spec.scratch_dir),
        entropy=put(_in_bytes(found.entropy), spec.scratch_dir),
        device=str(explainer.device),
        seconds=time.monotonic() - started_s,
        at=spec.at,
        layer=found.layer,
        layers=found.layers,
    )


def _in_bytes(share: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.asarray((share * 255).round(), np.uint8)


def _notes(found: "Explanation", explainer: "Explainer") -> list[Noted]:
    name = explainer.built.classes.names[found.class_index]
    notes = []
    if found.scale < 1:
        notes.append(
            Noted(
                "info",
                tr("The image was explained at a smaller size."),
                cause=tr(
                    "The network saw it at {share:.0%} of the size at which it "
                    "predicts, so that the memory suffices.",
                    share=found.scale,
                ),
            )
        )
    if found.weak:
        notes.append(
            Noted(
                "info",
                tr("The model gives no pixel the class {name}.", name=name),
                cause=tr("Where it comes closest to it is explained."),
            )
        )
    if not found.heat.any():
        notes.append(
            Noted(
                "info",
                tr("Nothing speaks for {name} here.", name=name),
                cause=tr("The map is 0 everywhere."),
                hint=tr("Choose another layer or method."),
            )
        )
    return notes


def _stamp(path: Path) -> tuple[int, int]:
    """Return time and size of a file: a new training replaces it."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size

"""An engine without torch: a real child process for everything above `jobs`.

It predicts by brightness (three classes), trains by counting, checks data as the real
one does, and does what a model's id asks for: "fail", "crash", "die", "slow", "deaf",
"chatty", "nested", "spent" or "gpu lost".
"""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import numpy as np

from segdesk.core.classes import ClassList
from segdesk.core.errors import (
    ConfigError,
    GpuLostError,
    JobCancelledError,
    ModelError,
    SegDeskError,
)
from segdesk.core.imaging import read_image
from segdesk.core.label_map import class_stats
from segdesk.core.review_measure import measure_review
from segdesk.formats.classes_file import ModelMark, write_classes
from segdesk.formats.outputs import CLASSES_FILE, output_path
from segdesk.formats.png_mask import write_mask
from segdesk.jobs.arrays import put
from segdesk.jobs.child import private_channel, serve
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import (
    BatchDone,
    CheckpointSaved,
    DeviceFacts,
    EnvironmentReport,
    ItemDone,
    ItemFailed,
    ItemStarted,
    JobResult,
    LogLine,
    ModelFacts,
    ModelLoaded,
    PredictionDone,
    Progress,
    TrainDone,
    TrainStep,
    Validated,
)
from segdesk.jobs.specs import (
    BatchItem,
    BatchSpec,
    CheckSpec,
    ConfigSpec,
    EnvironmentSpec,
    InspectSpec,
    JobSpec,
    LoadSpec,
    ModelSource,
    PredictSpec,
    ProbeSpec,
    SamplesSpec,
    TrainSpec,
)
from segdesk.jobs.training_events import (
    CheckDone,
    ConfigBuilt,
    ProbeDone,
    Sample,
    SamplesDone,
    TrainPaused,
)

COMMAND = [sys.executable, "-P", str(Path(__file__).resolve())]
CLASSES = ClassList.from_names(("background", "grey", "bright"))
TRAINED = b"trained"


class FakeEngine:
    def __init__(self) -> None:
        self._spent = False

    def is_spent(self) -> bool:
        return self._spent

    def handle(self, spec: JobSpec, context: JobContext) -> JobResult:
        model = getattr(spec, "model", None)
        if model is not None:
            self._behave(model.id, context, getattr(spec, "device", "cpu"))
        match spec:
            case LoadSpec():
                return _load(spec)
            case PredictSpec():
                return _predict(spec, context)
            case BatchSpec():
                return _batch(spec, context)
            case InspectSpec():
                return _inspect(spec)
            case TrainSpec():
                return _train(spec, context)
            case CheckSpec() | ProbeSpec() | ConfigSpec() | SamplesSpec():
                return _prepare(spec, context)
            case EnvironmentSpec():
                return EnvironmentReport(
                    versions={"fake": "1"},
                    devices=(DeviceFacts("cpu", "CPU"),),
                    cpu_threads=1,
                    compiled_ops=False,
                )

    def _behave(self, behaviour: str, context: JobContext, device: str) -> None:
        if behaviour == "fail":
            raise ModelError(
                "The model was not loaded.", cause="It is fake.", hint="Take another."
            )
        if behaviour == "crash":
            raise ZeroDivisionError
        if behaviour == "gpu lost" and device != "cpu":
            self._spent = True
            raise GpuLostError("The GPU stopped working on this job.")
        if behaviour == "die":
            context.report(Progress(1, 2, "steps", "about to die"))
            sys.stderr.write("last words\n")
            sys.stderr.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        if behaviour == "slow":
            _wait_for_stop(context)
        if behaviour == "deaf":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            context.report(Progress(0, None, "steps", "deaf"))
            while True:
                time.sleep(60)
        if behaviour == "chatty":
            _chat()
        if behaviour == "nested":
            grandchild = subprocess.Popen(["sleep", "600"])
            context.report(LogLine(str(grandchild.pid)))
            _wait_for_stop(context)
        self._spent = behaviour == "spent"


def _wait_for_stop(context: JobContext) -> None:
    context.report(Progress(0, None, "steps", "waiting"))
    context.stop.wait(60)
    raise JobCancelledError("half of it")


def _chat() -> None:
    print("a stray print")  # noqa: T201 - that is the point
    os.write(1, b'{"type": "Said", "job": 1}\n')
    subprocess.run(["echo", "from another process"], check=True)


def classes_of(model: ModelSource) -> ClassList:
    return model.classes or CLASSES


def _load(spec: LoadSpec) -> ModelLoaded:
    return ModelLoaded(
        model_id=spec.model.id,
        architecture="Fake",
        classes=classes_of(spec.model),
        device="cpu",
        precision="fp32",
        seconds=0.0,
    )


def labels_of(image: Path, count: int) -> np.ndarray:
    """Return bands of brightness: (H, W) uint8, 0 … count - 1."""
    mean = read_image(image).pixels.mean(axis=2)
    return np.minimum(mean * count / 256, count - 1).astype(np.uint8)


def _predict(spec: PredictSpec, context: JobContext) -> PredictionDone:
    context.report(Progress(0, None, "steps", f"Predicting {spec.image.name}"))
    classes = classes_of(spec.model)
    labels = labels_of(spec.image, len(classes))
    confidence = np.where(labels, 230, 128).astype(np.uint8)
    return PredictionDone(
        model_id=spec.model.id,
        image=spec.image,
        labels=put(labels, spec.scratch_dir),
        confidence=put(confidence, spec.scratch_dir) if spec.confidence else None,
        classes=classes,
        device="cpu",
        seconds={"decode": 0.01, "network": 0.02},
    )


def _batch(spec: BatchSpec, context: JobContext) -> BatchDone:
    """Predict as one image; write masks, and skip those that are there."""
    classes = classes_of(spec.model)
    mark = ModelMark(spec.model.id, 0, 0)
    write_classes(spec.out_dir / CLASSES_FILE, classes, mark)
    counts = {"done": 0, "failed": 0, "skipped": 0}
    for index, item in enumerate(spec.items):
        while context.stop.is_paused():
            context.stop.wait(0.01)
        context.check()
        context.report(ItemStarted(index))
        event = _batch_item(spec, index, item, classes)
        kind = "failed" if isinstance(event, ItemFailed) else "done"
        counts["skipped" if getattr(event, "skipped", False) else kind] += 1
        context.report(event)
        context.report(Progress(index + 1, len(spec.items), "images"))
    return BatchDone(**counts, summary=spec.out_dir / "summary.csv")


def _batch_item(
    spec: BatchSpec, index: int, item: BatchItem, classes: ClassList
) -> ItemDone | ItemFailed:
    mask = output_path(spec.out_dir, "mask", item.name)
    is_there = mask.exists() and not spec.overwrite
    try:
        labels = labels_of(item.source, len(classes))
    except SegDeskError as error:
        return ItemFailed(
            index=index,
            source=item.source,
            message=error.message,
            cause=error.cause,
            hint=error.hint,
        )
    if not is_there:
        mask.parent.mkdir(parents=True, exist_ok=True)
        write_mask(mask, labels, classes)
    if "review" in spec.save:
        _measure(output_path(spec.out_dir, "review", item.name), item.source, labels)
    stats = class_stats(labels, len(classes))
    return ItemDone(
        index=index,
        source=item.source,
        outputs=(mask,),
        size=(labels.shape[1], labels.shape[0]),
        seconds=0.01,
        shares=tuple(stats.shares.tolist()),
        mean_confidence=1 - float(stats.shares[0]),
        confidences=tuple(0.9 if count else None for count in stats.counts.tolist()),
        skipped=is_there,
    )


def _measure(path: Path, source: Path, labels: "np.ndarray") -> None:
    """Doubt what is not dark, and say something else in the mirrored image."""
    doubt, other = np.where(labels, 150, 240).astype(np.uint8), labels[:, ::-1].copy()
    found = measure_review(read_image(source).pixels, labels, doubt, other, 3)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.encode(found))


def _inspect(spec: InspectSpec) -> ModelFacts:
    data = spec.model.checkpoint.read_bytes() if spec.model.checkpoint.exists() else b""
    is_trained = data == TRAINED
    return ModelFacts(
        architecture="Fake",
        classes=spec.model.classes,
        num_classes=len(CLASSES),
        config_text="model = dict(type='Fake')\n",
        sha256=hashlib.sha256(data).hexdigest() if is_trained else "0" * 64,
        checkpoint_bytes=len(data) if is_trained else 1,
    )


def _prepare(
    spec: CheckSpec | ProbeSpec | ConfigSpec | SamplesSpec, context: JobContext
) -> JobResult:
    match spec:
        case CheckSpec():
            return _check(spec, context)
        case ProbeSpec():
            return _probe(spec.train)
        case ConfigSpec():
            return _config(spec.train)
        case SamplesSpec():
            return _samples(spec)


def _check(spec: CheckSpec, context: JobContext) -> CheckDone:
    from segdesk.formats.doctor.check import CheckRequest, check_data

    def looked_at(done: int, total: int) -> None:
        context.report(Progress(done, total, "items"))

    request = CheckRequest(data_dir=spec.data_dir, fixes=spec.fixes)
    return CheckDone(check_data(request, looked_at, context.check))


def _probe(spec: TrainSpec) -> ProbeDone:
    if spec.architecture == "fcn-r18":
        raise ModelError("The step was not run.", cause="It is fake.")
    return ProbeDone(
        architecture=spec.architecture,
        parameters=1_000_000 * len(spec.architecture),
        train_s=0.1 * len(spec.architecture),
        val_s=0.05,
        memory_mb=200.0 * len(spec.architecture),
        device="cpu",
        batch_size=spec.batch_size,
        crop_size=spec.crop_size or 256,
    )


def _config(spec: TrainSpec) -> ConfigBuilt:
    text = spec.config_text or f"max_iters = {spec.max_iters}\nlr = {spec.lr}\n"
    if "(" in text:
        raise ConfigError("The config was not read.", cause="Line 1: not closed.")
    return ConfigBuilt(text=text, base_text="max_iters = 160000\nlr = None\n")


def _samples(spec: SamplesSpec) -> SamplesDone:
    from segdesk.formats.png_mask import read_mask
    from segdesk.formats.training_set import read_training_set

    pairs = read_training_set(spec.train.data_dir).splits["train"]
    samples = []
    for number in range(spec.count):
        pair = pairs[number % len(pairs)]
        samples.append(
            Sample(
                image=put(read_image(pair.image).pixels, spec.scratch_dir),
                labels=put(read_mask(pair.mask), spec.scratch_dir),
                source=pair.image,
            )
        )
    return SamplesDone(samples=tuple(samples))


def _wait_while_paused(iteration: int, context: JobContext) -> None:
    if context.stop.is_paused():
        context.report(TrainPaused(iteration, paused=True))
        while context.stop.is_paused():
            context.stop.wait(0.01)
        context.report(TrainPaused(iteration, paused=False))


HEAVY_STEP_S = 0.8


def _train(spec: TrainSpec, context: JobContext) -> TrainDone:
    checkpoint = spec.work_dir / "model.pth"
    for iteration in range(1, spec.max_iters + 1):
        _wait_while_paused(iteration - 1, context)
        context.check()
        context.report(
            TrainStep(
                iteration=iteration,
                total=spec.max_iters,
                losses={"loss": 1 / iteration},
                lr=0.01,
                iter_time_s=HEAVY_STEP_S if spec.name == "heavy" else 0.01,
                data_time_s=0.001,
            )
        )
        if spec.name == "slow":
            _wait_for_stop(context)
        if spec.name == "heavy" and iteration > 1:
            time.sleep(HEAVY_STEP_S)  # an iteration cannot be interrupted
    if spec.work_dir.parents[1].is_dir() and spec.name:
        spec.work_dir.mkdir(parents=True, exist_ok=True)
        checkpoint.write_bytes(TRAINED)
    per_class: dict[str, tuple[float | None, ...]] = {"IoU": (90.0, 80.0, None)}
    metrics: dict[str, float | None] = {"mIoU": 85.0}
    context.report(
        Validated(iteration=spec.max_iters, metrics=metrics, per_class=per_class)
    )
    context.report(CheckpointSaved(checkpoint, spec.max_iters, best=True))
    return TrainDone(
        work_dir=spec.work_dir,
        checkpoint=checkpoint,
        config=spec.work_dir / "config.py",
        iterations=spec.max_iters,
        metrics=metrics,
        per_class=per_class,
        classes=CLASSES,
        seconds=0.1,
    )


def main() -> None:
    grace_s = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    engine = FakeEngine()
    code = serve(
        engine.handle,
        private_channel(),
        is_spent=engine.is_spent,
        orphan_grace_s=grace_s,
    )
    sys.stderr.flush()
    # The thread that reads stdin cannot be woken, and Python would wait for its lock.
    os._exit(code)


if __name__ == "__main__":
    main()

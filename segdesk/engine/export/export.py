"""Writing a model as an ONNX file that runs without SegDesk and PyTorch."""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import torch

from segdesk.core.errors import InputError, StorageError
from segdesk.core.language import tr
from segdesk.core.paths import resource_path
from segdesk.engine.export.export_parity import measure_parity
from segdesk.engine.export.onnx_facts import METADATA_KEY, OnnxFacts, encode_facts
from segdesk.engine.export.onnx_graph import Graph, check_exporter, write_graph
from segdesk.engine.export.onnx_plan import check_spec, facts_for, plan_of, size_of
from segdesk.engine.export.onnx_session import load_runtime
from segdesk.engine.model_builder import build_model
from segdesk.engine.network import keep_head_size
from segdesk.engine.run_modes import untuned
from segdesk.engine.torch_model import TorchModel
from segdesk.formats.atomic import write_atomic
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Noted, Progress
from segdesk.jobs.export_events import ExportDone, Parity
from segdesk.jobs.export_specs import ExportSpec
from segdesk.library.model_files import is_onnx

_STEPS = 4
_SAMPLES = 4
_UNFIT = re.compile(r"[^\w.-]+")


def run_export(spec: ExportSpec, context: JobContext) -> ExportDone:
    """Export a model and compare the file with PyTorch on real images.

    Raises
    ------
    InputError
        The spec asks for what makes no sense.
    OpsMissingError
        The packages that write or run ONNX are missing.
    ModelError
        The model cannot be loaded, or its network cannot be said in ONNX.
    StorageError
        The folder cannot be written.
    JobCancelledError
        The user stopped it; nothing is left behind.
    """
    began_s = time.monotonic()
    _check(spec)
    spec = msgspec.structs.replace(spec, name=_file_name(spec))
    notes: list[str] = []

    def note(said: Noted) -> None:
        notes.append(f"{said.message} {said.cause}".strip())
        context.report(said)

    context.report(Progress(0, _STEPS, "steps", tr("Loading the model")))
    cpu = torch.device("cpu")
    model = TorchModel(spec.model, cpu, untuned(cpu), note)
    context.check()
    plan = plan_of(spec, model)
    facts = facts_for(spec, model, plan)
    notes += _said_of_size(spec, model)
    context.report(Progress(1, _STEPS, "steps", tr("Writing the graph")))
    files = _Files.of(spec)
    with _folder(spec.out_dir) as scratch:
        draft = Path(scratch) / files.model.name
        network = build_model(spec.model, cpu, note=_unsaid).module
        keep_head_size(network)
        metadata = {METADATA_KEY: encode_facts(facts).decode()}
        write_graph(Graph(network.eval(), plan).eval(), draft, spec.opset, metadata)
        context.check()
        context.report(Progress(2, _STEPS, "steps", tr("Comparing with PyTorch")))
        images = spec.images or _samples()
        parity = measure_parity(model, draft, facts, images, context.check)
        context.report(Progress(3, _STEPS, "steps", tr("Writing what it is")))
        _replace(draft, files.model)
    write_atomic(files.sidecar, _sidecar(facts, files, parity))
    write_atomic(files.script, _script(files))
    return ExportDone(
        model=files.model,
        sidecar=files.sidecar,
        script=files.script,
        size_bytes=files.model.stat().st_size,
        opset=spec.opset,
        parity=parity,
        seconds=round(time.monotonic() - began_s, 1),
        size=facts.size,
        half=spec.half,
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True)
class _Files:
    model: Path
    sidecar: Path
    script: Path

    @classmethod
    def of(cls, spec: ExportSpec) -> "_Files":
        base = spec.out_dir / spec.name
        script = spec.out_dir / f"run_{spec.name}.py"
        return cls(
            base.with_name(f"{spec.name}.onnx"),
            base.with_name(f"{spec.name}.json"),
            script,
        )


def _check(spec: ExportSpec) -> None:
    check_spec(spec)
    if is_onnx(spec.model.checkpoint):
        raise InputError(
            tr("The model was not exported."),
            cause=tr("{id} is an ONNX model already.", id=spec.model.id),
            hint=tr("Copy its file, or export the .pth that it was made of."),
        )
    check_exporter()
    load_runtime(spec.model.id)


def _file_name(spec: ExportSpec) -> str:
    wanted = spec.name or Path(spec.model.id).stem
    return _UNFIT.sub("-", wanted).strip("-.") or "model"


def _said_of_size(spec: ExportSpec, model: TorchModel) -> list[str]:
    size = size_of(spec, model)
    if size is None or size == spec.size:
        return []
    words = tr("{size} × {size2} pixels", size=size[1], size2=size[0])
    if model.fit.only:
        return [
            tr("The network takes {words} alone, so the file does too.", words=words)
        ]
    return [
        tr(
            "The file takes {words}, the next size that fits the network's strides.",
            words=words,
        )
    ]


def _samples() -> tuple[Path, ...]:
    found = sorted(resource_path("sample", "images").glob("*.png"))
    return tuple(found[:: max(1, len(found) // _SAMPLES)][:_SAMPLES])


def _folder(path: Path) -> "TemporaryDirectory[str]":
    """Return a folder for the draft, on the same disk as the result."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        return TemporaryDirectory(
            dir=path, prefix=".export-", ignore_cleanup_errors=True
        )
    except OSError as error:
        raise _not_written(path, error) from error


def _replace(draft: Path, path: Path) -> None:
    try:
        draft.replace(path)
    except OSError as error:
        raise _not_written(path, error) from error


def _not_written(path: Path, error: OSError) -> StorageError:
    return StorageError(
        tr("The model was not exported."),
        cause=f"{path}: {error.strerror or error}.",
        hint=tr("Choose another folder."),
    )


def _sidecar(facts: OnnxFacts, files: _Files, parity: Parity) -> bytes:
    size = tr("any size")
    if facts.size:
        size = tr("{size} × {size2} pixels", size=facts.size[1], size2=facts.size[0])
    does = [
        tr(
            "Takes one RGB image of {size}: image, uint8, (1, height, width, 3).",
            size=size,
        ),
        tr(
            "Normalises it, pads it, runs the network, enlarges its scores and "
            "takes the highest."
        ),
        tr("Gives labels, uint8, (1, height, width): the index of each pixel's class."),
    ]
    if facts.has_confidence:
        does.append(tr("Gives confidence, uint8, (1, height, width): 0-255 for 0-1."))
    does.append(
        tr("Gives scores, float32: what the network says, before it is enlarged.")
    )
    if facts.resize:
        does.append(tr("Before it the image is resized as `resize` says."))
    if facts.windows:
        does.append(tr("A larger image is cut into windows as `windows` says."))
    document = {
        "file": files.model.name,
        "does": does,
        **msgspec.to_builtins(facts, enc_hook=str),
        "parity": msgspec.to_builtins(parity, enc_hook=str),
    }
    return (
        msgspec.json.format(msgspec.json.encode(document, enc_hook=str), indent=2)
        + b"\n"
    )


def _script(files: _Files) -> bytes:
    text = resource_path("templates", "run_onnx.py").read_text(encoding="utf-8")
    return text.replace("NAME", files.model.stem).encode()


def _unsaid(_note: Noted) -> None:
    """Say nothing: the model was loaded before, and said it."""

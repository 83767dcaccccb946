"""What is wrong with a call, told before the engine's slow imports.

Nothing here needs torch. What only torch can tell, the engine tells later; what these
checks let pass is not promised to work.
"""

import tempfile
from pathlib import Path

from segdesk.core.errors import InputError, StorageError
from segdesk.core.video import read_facts
from segdesk.core.video_source import is_live
from segdesk.engine.config.builder import check_numbers, check_score
from segdesk.engine.config.check import read_edited
from segdesk.engine.config.recipes import check_architecture
from segdesk.engine.config.text import read_config
from segdesk.engine.device_names import parse_device
from segdesk.engine.file_kind import check_kind
from segdesk.engine.training.run_folder import check_run_folder
from segdesk.engine.video.plan import check_part, check_video
from segdesk.formats.classes_file import is_same_model, read_model_mark
from segdesk.formats.mmseg_dataset import MmsegDataset, check_headers
from segdesk.formats.outputs import CLASSES_FILE
from segdesk.formats.pseudo_labels import pairs_of
from segdesk.formats.training_set import read_training_set
from segdesk.jobs.specs import (
    BatchSpec,
    CalibrateSpec,
    ExplainSpec,
    ExportSpec,
    InspectSpec,
    JobSpec,
    ModelSource,
    PseudoLabelSpec,
    TrainSpec,
    TuneSpec,
    VideoSpec,
)
from segdesk.library.model_files import is_onnx

# Pairs of a split whose headers are read: some 0.2 ms each.
_MOST_PAIRS = 500


def check_call(spec: JobSpec) -> None:
    """Refuse a job that cannot succeed, as far as that shows without torch.

    Raises
    ------
    SegDeskError
        What is wrong, why and what helps. Nothing was read into memory or written.
    """
    match spec:
        case TrainSpec():
            _check_training(spec)
        case BatchSpec():
            parse_device(spec.device)
            _check_model(spec.model)
            _check_results_folder(spec)
        case VideoSpec():
            parse_device(spec.device)
            _check_model(spec.model)
            _check_video(spec)
        case TuneSpec() | ExplainSpec():
            parse_device(spec.device)
            _check_model(spec.model)
        case InspectSpec() | ExportSpec() | CalibrateSpec() | PseudoLabelSpec():
            _check_model(spec.model)


def _check_model(model: ModelSource) -> None:
    check_kind(model.checkpoint)
    # MMDeploy's pipeline is JSON, read with its graph.
    if model.config is not None and not model.trusted and not is_onnx(model.checkpoint):
        read_config(model.config)


def _check_results_folder(spec: BatchSpec) -> None:
    model_id, checkpoint = spec.model.id, spec.model.checkpoint
    earlier = read_model_mark(spec.out_dir / CLASSES_FILE)
    if (
        earlier is not None
        and not spec.overwrite
        and not is_same_model(earlier, model_id, checkpoint)
    ):
        what = f"model {earlier.id}"
        if earlier.id == model_id:
            what = f"an earlier training of {model_id}"
        raise InputError(
            "Nothing was predicted.",
            cause=f"{spec.out_dir} holds results of {what}; mixing the two would "
            "leave no way to tell them apart.",
            hint="Give another --out, or --overwrite to replace them.",
        )
    _check_writable(
        spec.out_dir,
        "Nothing was predicted.",
        "Give another --out, in a folder of your own.",
    )


def _check_video(spec: VideoSpec) -> None:
    check_video(spec)
    if not is_live(spec.source):  # some senders may be asked once only
        check_part(spec, read_facts(spec.source))
    _check_writable(
        spec.out.parent,
        "The video was not predicted.",
        "Give another --out, in a folder of your own.",
    )


def _check_training(spec: TrainSpec) -> None:
    check_numbers(spec)
    if spec.config_text is not None:
        read_edited(spec.config_text)
    elif spec.config is None:
        check_architecture(spec.architecture)
    elif not spec.trusted:
        read_config(spec.config)
    parse_device(spec.device)
    if spec.load_from is not None:
        check_kind(spec.load_from)
    data = read_training_set(spec.data_dir)
    train, val = data.splits["train"], data.splits["val"]
    check_headers(MmsegDataset(data.root, data.classes, train, val), _MOST_PAIRS)
    check_score(spec, data)
    if spec.pseudo_labels is not None:
        pairs_of(spec.pseudo_labels, data.classes)
    if not spec.resume:
        check_run_folder(spec.work_dir)
    elif not any(spec.work_dir.glob("*.pth")):
        raise InputError(
            "The run was not resumed.",
            cause=f"{spec.work_dir} holds no checkpoint to go on from.",
            hint="Name the folder of a run as --work-dir, or train without --resume.",
        )
    _check_writable(
        spec.work_dir,
        "The training was not started.",
        "Give another --work-dir, in a folder of your own.",
    )


def _check_writable(folder: Path, message: str, hint: str) -> None:
    ancestor = folder
    while not ancestor.exists() and ancestor != ancestor.parent:
        ancestor = ancestor.parent
    try:
        with tempfile.TemporaryFile(dir=ancestor):
            return
    except NotADirectoryError:
        cause = f"{ancestor} is a file, not a folder."
    except OSError as error:
        cause = f"{ancestor} cannot be written to: {error.strerror or error}."
    raise StorageError(message, cause=cause, hint=hint)

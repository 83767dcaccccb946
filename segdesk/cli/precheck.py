"""What is wrong with a call, told before the engine's slow imports.

Nothing here needs torch. What only torch can tell, the engine tells later; what these
checks let pass is not promised to work.
"""

import tempfile
from pathlib import Path

from segdesk.core.errors import InputError, StorageError
from segdesk.engine.config_builder import check_architecture, check_numbers
from segdesk.engine.config_text import read_config
from segdesk.engine.device_names import parse_device
from segdesk.engine.file_kind import check_kind
from segdesk.formats.classes_file import ModelMark, read_model_mark
from segdesk.formats.mmseg_dataset import check_headers, read_mmseg_dataset
from segdesk.formats.outputs import CLASSES_FILE
from segdesk.jobs.specs import BatchSpec, InspectSpec, JobSpec, ModelSource, TrainSpec

# Pairs of a split whose headers are read: some 0.2 ms each.
_MOST_PAIRS = 500
_NAMED_FILES = 3


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
        case InspectSpec():
            _check_model(spec.model)


def _check_model(model: ModelSource) -> None:
    check_kind(model.checkpoint)
    if model.config is not None and not model.trusted:
        read_config(model.config)


def _check_results_folder(spec: BatchSpec) -> None:
    mark = ModelMark.of(spec.model.id, spec.model.checkpoint)
    earlier = read_model_mark(spec.out_dir / CLASSES_FILE)
    if earlier is not None and earlier != mark and not spec.overwrite:
        what = f"model {earlier.id}"
        if earlier.id == mark.id:
            what = f"an earlier training of {mark.id}"
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


def _check_training(spec: TrainSpec) -> None:
    check_architecture(spec.architecture)
    check_numbers(spec)
    parse_device(spec.device)
    if spec.load_from is not None:
        check_kind(spec.load_from)
    check_headers(read_mmseg_dataset(spec.data_dir), _MOST_PAIRS)
    _check_run_folder(spec.work_dir)


def _check_run_folder(folder: Path) -> None:
    """Refuse a folder that holds a run, or that nothing can be written into."""
    weights = sorted(folder.glob("*.pth"), key=lambda path: path.name)
    if weights:
        named = ", ".join(path.name for path in weights[:_NAMED_FILES])
        more = len(weights) - _NAMED_FILES
        raise InputError(
            "The training was not started.",
            cause=f"{folder} holds an earlier run: {named}"
            f"{f' and {more} more' if more > 0 else ''}. It was left as it is.",
            hint="Give another --work-dir, or move that folder away.",
        )
    _check_writable(
        folder,
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

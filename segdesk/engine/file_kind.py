"""What a file is that somebody takes for a model, told by its first bytes.

Neither torch nor anything else slow is imported: a wrong file is refused at once.
"""

import zipfile
from pathlib import Path

from segdesk.core.errors import CheckpointError
from segdesk.core.language import tr
from segdesk.library.model_files import is_onnx

_HINT = tr("Choose a .pth that MMSegmentation or SegDesk wrote.")
_ONNX_HINT = tr("Choose an .onnx that SegDesk exported, or the folder of MMDeploy.")
_ZIP = b"PK\x03\x04"
_PICKLE = b"\x80"
_IR_VERSION = b"\x08"  # the first field of an ONNX file
_SIGNATURES = {
    b"\x89PNG": tr("a PNG image"),
    b"\xff\xd8\xff": tr("a JPEG image"),
    b"GIF8": tr("a GIF image"),
    b"%PDF": tr("a PDF document"),
    b"\x89HDF": tr("an HDF5 file, as Keras writes them"),
    b"\x1f\x8b": tr("a gzip archive"),
    b"7z\xbc\xaf": tr("a 7-Zip archive"),
    b"RIFF": tr("a media file"),
}


def check_kind(path: Path) -> None:
    """Say early and plainly what a file is that cannot be a model.

    Raises
    ------
    CheckpointError
        It is missing, empty, cut off, or of another kind.
    """
    if is_onnx(path):
        check_onnx(path)
        return
    start, headless = _start_of(path)
    if headless:
        raise CheckpointError(
            tr("{name} was not opened.", name=path.name),
            cause=cut_off_words(path),
            hint=tr("Copy or download it again."),
        )
    if not start:
        cause = tr("The file is empty (0 bytes).")
    elif start[:4] == _ZIP or start[:1] == _PICKLE:
        return
    else:
        cause = tr("It is {kind}, not a checkpoint.", kind=_kind_of(start))
    raise CheckpointError(
        tr("{name} was not opened.", name=path.name), cause=cause, hint=_HINT
    )


def check_onnx(path: Path) -> None:
    """Say early and plainly what a file is that cannot be an ONNX model.

    Raises
    ------
    CheckpointError
        It is missing, empty, or of another kind.
    """
    start, _ = _start_of(path)
    if start[:1] == _IR_VERSION:
        return
    cause = tr("It is {kind}, not an ONNX model.", kind=_kind_of(start))
    if not start:
        cause = tr("The file is empty (0 bytes).")
    raise CheckpointError(
        tr("{name} was not opened.", name=path.name), cause=cause, hint=_ONNX_HINT
    )


def _start_of(path: Path) -> tuple[bytes, bool]:
    """Return the first bytes, and whether it is a zip archive without its end."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
            return start, start[:4] == _ZIP and not zipfile.is_zipfile(file)
    except OSError as error:
        raise CheckpointError(
            tr("{name} was not opened.", name=path.name),
            cause=_os_words(path, error),
            hint=tr("Check the path and the rights on the file."),
            detail=str(error),
        ) from error


def cut_off_words(path: Path) -> str:
    """Return the sentence for a file whose end is missing."""
    size = path.stat().st_size
    return tr(
        "The file is cut off: its end is missing after {size:,} bytes.", size=size
    )


def _kind_of(start: bytes) -> str:
    for signature, kind in _SIGNATURES.items():
        if start.startswith(signature):
            return kind
    if start[:4] == _ZIP or start[:1] == _PICKLE:
        return tr("a checkpoint of PyTorch")
    if start[8:9] == b"{":
        return tr("a safetensors file")
    if all(byte in b"\t\n\r" or 32 <= byte < 127 for byte in start):
        return tr("a text file")
    return tr("a file of another kind")


def _os_words(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return tr("There is no file {path}.", path=path)
    if isinstance(error, IsADirectoryError):
        return tr("{path} is a folder.", path=path)
    if isinstance(error, PermissionError):
        return tr("You have no permission to read {path}.", path=path)
    return tr(
        "{path} cannot be read: {reason}.", path=path, reason=error.strerror or error
    )

"""What can be asked of the engine about promptable models: points and boxes in."""

from pathlib import Path

import msgspec

from segdesk.core.image_view import AS_STORED, ImageView
from segdesk.jobs.model_source import Device


class PromptFiles(msgspec.Struct, frozen=True):
    """A promptable model: an image encoder and a mask decoder.

    Parameters
    ----------
    encoder, decoder
        ONNX, or TorchScript.
    trusted
        The user consented to execute TorchScript.
    """

    encoder: Path
    decoder: Path
    trusted: bool = False


class PromptOpenSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Open a promptable model and see whether it is one."""

    files: PromptFiles
    device: Device = "auto"


class PromptEncodeSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Encode an image and keep that, so that prompts on it are answered at once.

    Parameters
    ----------
    view
        Which of its bands, and how wide numbers become 8 bits.
    """

    files: PromptFiles
    image: Path
    device: Device = "auto"
    view: ImageView = AS_STORED


class PromptMaskSpec(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Ask for the thing that points and a box mean; the image is encoded if need be.

    Parameters
    ----------
    scratch_dir
        Folder into which the mask is written. The reader deletes it.
    points
        (x, y, whether it is on the thing) of each point, in pixels of the image.
    box
        (left, top, right, bottom) round the thing.
    """

    files: PromptFiles
    image: Path
    scratch_dir: Path
    points: tuple[tuple[float, float, bool], ...] = ()
    box: tuple[float, float, float, float] | None = None
    device: Device = "auto"
    view: ImageView = AS_STORED

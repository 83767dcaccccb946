"""The errors that SegDesk raises on purpose.

Every one of them reads as a notice: what happened (`message`), why (`cause`),
what to do (`hint`), and, behind a button, the technical `detail`.
"""

from segdesk.core.language import joined


class SegDeskError(Exception):
    """An error whose text is meant for the user.

    Parameters
    ----------
    message
        What happened: "road.jpg was not opened."
    cause
        Why, with the values, and what is still safe.
    hint
        What to do now.
    detail
        Text of the underlying error, for a report.
    """

    def __init__(
        self, message: str, *, cause: str = "", hint: str = "", detail: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.cause = cause
        self.hint = hint
        self.detail = detail

    def __str__(self) -> str:
        """Return message, cause and hint as one paragraph."""
        return joined(
            " ", (part for part in (self.message, self.cause, self.hint) if part)
        )


class InputError(SegDeskError):
    """A file or a value from the user cannot be used."""


class ImageReadError(InputError):
    """An image file cannot be read."""


class VideoReadError(InputError):
    """A video cannot be opened, or a stream of one broke."""


class UnsafeFileError(InputError):
    """Reading the file would execute something that is in it."""


class CheckpointError(InputError):
    """A file is not a checkpoint that SegDesk can use."""


class ClassesUnknownError(InputError):
    """A model does not say which classes it predicts: the user must."""


class ConfigError(InputError):
    """A model or training configuration cannot be used."""


class ModelError(SegDeskError):
    """A model cannot be built or run."""


class MemoryShortError(ModelError):
    """The memory does not suffice; the same with less may work."""


class GpuLostError(ModelError):
    """The GPU stopped answering; another process, or the CPU, may do the same."""


class OpsMissingError(ModelError):
    """A model needs compiled mmcv operators that are not installed."""


class StorageError(SegDeskError):
    """A file was not written: full disk, no permission, vanished folder."""


class DownloadError(SegDeskError):
    """A download did not finish."""


class EngineDiedError(SegDeskError):
    """The engine process ended without a result."""


class JobCancelledError(Exception):
    """Raised inside a job when the user cancelled it. Not an error.

    Parameters
    ----------
    kept
        One sentence on what stays: "checkpoint at iteration 400".
    """

    def __init__(self, kept: str = "") -> None:
        super().__init__(kept or "cancelled")
        self.kept = kept

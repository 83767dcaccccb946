"""What goes wrong in a download, in words."""

import errno
import http.client
import re
import socket
import ssl

from segdesk.core.errors import JobCancelledError, StorageError
from segdesk.core.language import tr
from segdesk.library.model_card import size_words
from segdesk.library.partial import Part
from segdesk.library.transport import (
    MirrorFault,
)

_CHUNK = 1 << 16
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


class Dropped(Exception):  # noqa: N818 - the same mirror may still do
    """The connection ended early; asking again is of use."""


def check_rest(part: Part, response: http.client.HTTPResponse) -> None:
    """Let a rest pass only if it begins where the part ends, in the same file."""
    said = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    etag = response.headers.get("ETag", "")
    if (
        said is None
        or int(said[1]) != part.size
        or not part.belongs_to(int(said[2]), etag)
    ):
        part.discard()
        raise Dropped(tr("the file there has changed"))


def read_some(response: http.client.HTTPResponse) -> bytes:
    """Return the next bytes of an answer; empty at its end."""
    try:
        return response.read1(_CHUNK)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise Dropped(tr("the connection was lost: {error}", error=error)) from error


def network_fault(error: Exception) -> Exception:
    """Return what an error of the network means for the next try."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return MirrorFault(
            tr(
                "its certificate is not trusted: {reason}",
                reason=reason.verify_message,
            )
        )
    words = getattr(reason, "strerror", None) or str(reason) or type(error).__name__
    if isinstance(reason, socket.gaierror) and reason.errno == socket.EAI_NONAME:
        return MirrorFault(tr("its name is not known: {words}", words=words))
    return Dropped(tr("it does not answer: {words}", words=words))


def not_stored(part: Part, error: OSError) -> StorageError:
    """Return the error for bytes that the disk did not take."""
    full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
    why = tr("the disk is full") if full else (error.strerror or str(error))
    return StorageError(
        tr("{name} was not downloaded.", name=part.path.name),
        cause=tr(
            "{folder}: {why}.{kept}",
            folder=part.path.parent,
            why=why,
            kept=_kept_words(part.size),
        ),
        hint=tr("Free some space, then download it again."),
        detail=str(error),
    )


def cancelled(part: Part) -> JobCancelledError:
    """Return the end of a download that the user stopped."""
    if not part.size or part.total is None:
        return JobCancelledError()
    return JobCancelledError(
        tr(
            "{size} of {whole} stay for the next try",
            size=size_words(part.size),
            whole=size_words(part.total),
        )
    )


def _kept_words(size_bytes: int) -> str:
    if not size_bytes:
        return ""
    return tr(
        " {size} came and stay for the next try.",
        size=size_words(size_bytes),
    )

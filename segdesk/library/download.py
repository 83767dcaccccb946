"""Fetching big files: mirrors in order, resumed, cancellable, whole or not at all.

`urllib` of the standard library is all this needs: no dependency of SegDesk brings
another client, and it follows the system's proxies and certificates. What comes is
kept in a `.part` file; a later try asks only for the rest, and only if the server
proves by ETag or date that the file is still the same one.
"""

import hashlib
import http.client
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path, PurePath
from urllib.parse import urlsplit

import msgspec

from segdesk.core.errors import DownloadError, StorageError
from segdesk.core.language import joined, tr
from segdesk.jobs.control import StopFlag
from segdesk.jobs.events import Noted, Progress, Report
from segdesk.library.download_faults import (
    Dropped,
    _kept_words,
    cancelled,
    check_rest,
    network_fault,
    not_stored,
    read_some,
)
from segdesk.library.meter import Meter
from segdesk.library.model_card import size_words
from segdesk.library.partial import Part, only_one, remove_parts
from segdesk.library.transport import (
    Line,
    MirrorFault,
    check_address,
    cut_on_stop,
    make_opener,
)

_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})


class Wanted(msgspec.Struct, frozen=True):
    """A file to fetch.

    Parameters
    ----------
    file_name
        Its name on disk, without folder.
    urls
        Where it lies, best first; every one holds the same file.
    hash_prefix
        First hex digits of its sha256 as its publisher says; empty: unknown.
    """

    file_name: str
    urls: tuple[str, ...]
    hash_prefix: str = ""


class Downloaded(msgspec.Struct, frozen=True):
    """A file that came whole.

    Parameters
    ----------
    url
        The mirror that gave it; empty: it was there already.
    hash_matches
        None: the publisher names no hash.
    """

    path: Path
    sha256: str
    url: str
    hash_matches: bool | None


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How patient a download is.

    Parameters
    ----------
    timeout_s
        Seconds of silence after which a connection counts as lost.
    max_bytes
        A larger file is refused.
    tries
        Tries of one mirror in a row that bring nothing new.
    backoff_s
        Wait before the second try; it doubles with each further one.
    """

    timeout_s: float = 20.0
    max_bytes: int = 8_000_000_000
    tries: int = 3
    backoff_s: float = 1.0


class Downloader:
    """Fetches files into a folder, one at a time.

    Parameters
    ----------
    folder
        Where parts and finished files lie; made if missing.
    loopback_http
        Let plain http to this very machine pass. Everything else must be https.
    """

    def __init__(
        self,
        folder: Path,
        limits: Limits | None = None,
        *,
        loopback_http: bool = False,
    ) -> None:
        self._folder = folder
        self._limits = limits or Limits()
        self._loopback_http = loopback_http
        self._line = Line()
        self._opener = make_opener(self._line, loopback_http=loopback_http)

    def fetch(
        self, wanted: Wanted, report: Callable[[Report], None], stop: StopFlag
    ) -> Downloaded:
        """Fetch a file, going on where an earlier try ended.

        Parameters
        ----------
        report
            Takes `Progress` in bytes, at most five a second, and a warning if the hash
            differs from the published one.
        stop
            Ends it within moments; what came stays for the next try.

        Raises
        ------
        DownloadError
            When no mirror gives the file. What came stays.
        StorageError
            When the disk is full. What came stays.
        JobCancelledError
            When `stop` was set.
        """
        if PurePath(wanted.file_name).name != wanted.file_name:
            msg = f"{wanted.file_name!r} is not a plain file name"
            raise ValueError(msg)
        self._make_folder(wanted)
        with only_one(self._folder, wanted.file_name), cut_on_stop(self._line, stop):
            ready = self._already_here(wanted)
            if ready:
                return ready
            part = self._from_a_mirror(wanted, report, stop)
            return self._finish(wanted, part, report)

    def _make_folder(self, wanted: Wanted) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                tr("{file_name} was not downloaded.", file_name=wanted.file_name),
                cause=tr(
                    "{folder} cannot be made: {reason}.",
                    folder=self._folder,
                    reason=error.strerror or error,
                ),
                hint=tr("Set SEGDESK_HOME to a folder that you may write to."),
            ) from error

    def _already_here(self, wanted: Wanted) -> Downloaded | None:
        path = self._folder / wanted.file_name
        if not wanted.hash_prefix or not path.is_file():
            return None
        sha256 = _sha256(path)
        if not sha256.startswith(wanted.hash_prefix):
            return None
        return Downloaded(path, sha256, "", hash_matches=True)

    def _from_a_mirror(
        self, wanted: Wanted, report: Callable[[Report], None], stop: StopFlag
    ) -> Part:
        faults = []
        parts = [Part(self._folder, wanted.file_name, url) for url in wanted.urls]
        for part in sorted(parts, key=lambda part: -part.size):
            try:
                check_address(part.url, loopback_http=self._loopback_http)
                self._fill(part, wanted, report, stop)
            except MirrorFault as fault:
                faults.append(
                    tr(
                        "{host}: {fault}",
                        host=urlsplit(part.url).hostname or part.url,
                        fault=fault,
                    )
                )
            else:
                return part
        kept = max((part.size for part in parts), default=0)
        raise DownloadError(
            tr("{file_name} was not downloaded.", file_name=wanted.file_name),
            cause=joined("; ", faults) + "." + _kept_words(kept),
            hint=tr("Check the network, then download it again."),
            detail="\n".join(part.url for part in parts),
        )

    def _fill(
        self,
        part: Part,
        wanted: Wanted,
        report: Callable[[Report], None],
        stop: StopFlag,
    ) -> None:
        """Ask one mirror until the part is whole or it brings nothing new."""
        meter = Meter(report)
        failures = 0
        furthest = part.size
        while not part.is_whole:
            try:
                self._receive(part, meter, stop)
            except Dropped as drop:
                if stop.is_set():
                    raise cancelled(part) from drop
                failures = 0 if part.size > furthest else failures + 1
                furthest = max(furthest, part.size)
                if failures >= self._limits.tries:
                    raise MirrorFault(str(drop)) from drop
                if stop.wait(self._limits.backoff_s * (2**failures - 1)):
                    raise cancelled(part) from drop

    def _receive(self, part: Part, meter: Meter, stop: StopFlag) -> None:
        if stop.is_set():
            raise cancelled(part)
        with self._ask(part) as response:
            if response.status == http.client.PARTIAL_CONTENT:
                check_rest(part, response)
            else:
                self._begin(part, response)
            try:
                self._pour(part, response, meter, stop)
            except OSError as error:
                raise not_stored(part, error) from error

    def _ask(self, part: Part) -> http.client.HTTPResponse:
        request = urllib.request.Request(part.url)  # noqa: S310 - checked: https
        request.add_header("Accept-Encoding", "identity")
        if part.size and part.validator:
            request.add_header("Range", f"bytes={part.size}-")
            request.add_header("If-Range", part.validator)
        try:
            response: http.client.HTTPResponse = self._opener.open(
                request, timeout=self._limits.timeout_s
            )
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.discard()
                raise Dropped(tr("it no longer has the rest")) from error
            if error.code in _TRANSIENT:
                raise Dropped(
                    tr(
                        "it answers {code} {reason}",
                        code=error.code,
                        reason=error.reason,
                    )
                ) from error
            raise MirrorFault(
                tr("it answers {code} {reason}", code=error.code, reason=error.reason)
            ) from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise network_fault(error) from error
        return response

    def _begin(self, part: Part, response: http.client.HTTPResponse) -> None:
        """Start over with a whole file, if it is one that may be fetched."""
        headers = response.headers
        if headers.get_content_type() == "text/html":
            raise MirrorFault(tr("it sends a web page instead of the file"))
        if headers.get("Content-Encoding", "identity") != "identity":
            raise MirrorFault(tr("it sends the file in a form that was not asked for"))
        length = headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) == 0:
            raise MirrorFault(tr("it does not say how big the file is"))
        total = int(length)
        if total > self._limits.max_bytes:
            limit = size_words(self._limits.max_bytes)
            raise MirrorFault(
                tr(
                    "the file has {size}, at most {limit} are fetched",
                    size=size_words(total),
                    limit=limit,
                )
            )
        part.begin(total, headers.get("ETag", ""), headers.get("Last-Modified", ""))
        free = shutil.disk_usage(self._folder).free
        if free < total:
            raise StorageError(
                tr("{name} was not downloaded.", name=part.path.name),
                cause=tr(
                    "{folder} has {free} free, the file needs {needed}.",
                    folder=self._folder,
                    free=size_words(free),
                    needed=size_words(total),
                ),
                hint=tr("Free some space, then download it again."),
            )

    def _pour(
        self,
        part: Part,
        response: http.client.HTTPResponse,
        meter: Meter,
        stop: StopFlag,
    ) -> None:
        total = part.total or 0
        done = part.size
        meter.start(done)
        with part.path.open("ab") as file:
            while done < total:
                chunk = read_some(response)[: total - done]
                if stop.is_set():
                    break
                if not chunk:
                    raise Dropped(
                        tr(
                            "the connection ended at {size} of {whole}",
                            size=size_words(done),
                            whole=size_words(total),
                        )
                    )
                file.write(chunk)
                done += len(chunk)
                meter.tick(done, total)
        if stop.is_set() and done < total:
            raise cancelled(part)

    def _finish(
        self, wanted: Wanted, part: Part, report: Callable[[Report], None]
    ) -> Downloaded:
        size = part.size
        report(Progress(size, size, "bytes", "Checking"))
        sha256 = _sha256(part.path)
        target = self._folder / wanted.file_name
        try:
            with part.path.open("rb+") as file:
                os.fsync(file.fileno())
            part.path.replace(target)
        except OSError as error:
            raise not_stored(part, error) from error
        remove_parts(self._folder, wanted.file_name)
        matches = sha256.startswith(wanted.hash_prefix) if wanted.hash_prefix else None
        if matches is False:
            report(
                Noted(
                    "warning",
                    tr(
                        "{file_name} has another checksum than its name says.",
                        file_name=wanted.file_name,
                    ),
                    tr(
                        "The name says {wanted}, the file has {found}. Some "
                        "published weights carry a wrong one.",
                        wanted=wanted.hash_prefix,
                        found=sha256[:8],
                    ),
                    tr("It is kept. If it does not load, download it again."),
                )
            )
        return Downloaded(target, sha256, part.url, matches)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

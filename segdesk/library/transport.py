"""Opening an address: https only, redirects too, and a line that can be cut."""

import functools
import http.client
import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any
from urllib.parse import urlsplit

from segdesk import __version__
from segdesk.core.language import tr
from segdesk.jobs.control import StopFlag

_POLL_S = 0.1
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class MirrorFault(Exception):  # noqa: N818 - the next mirror may still do
    """A mirror cannot give the file; asking it again is of no use."""


class Line:
    """The connection that is open now; another thread can cut it."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None

    def hold(self, connected: socket.socket | None) -> None:
        """Remember the socket of a connection that was just made."""
        self._socket = connected

    def cut(self) -> None:
        """Wake whoever waits for the other side; harmless when nobody does."""
        held = self._socket
        if held is not None:
            with suppress(OSError):
                # Not SSLSocket's own shutdown: that drops the state the reader uses.
                socket.socket.shutdown(held, socket.SHUT_RDWR)


@contextmanager
def cut_on_stop(line: Line, stop: StopFlag) -> Iterator[None]:
    """Cut `line` as soon as `stop` is set, while the block runs."""
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            if stop.wait(_POLL_S):
                line.cut()
                over.wait(_POLL_S)

    watcher = threading.Thread(target=watch, name="download stop", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def check_address(url: str, *, loopback_http: bool = False) -> None:
    """Refuse every address but https.

    Parameters
    ----------
    loopback_http
        Let plain http to this very machine pass.

    Raises
    ------
    MirrorFault
        When the address may not be asked.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        msg = tr("{url!r} is not an address", url=url)
        raise MirrorFault(msg) from error
    if not host or parts.username is not None:
        msg = tr("{url!r} is not a plain address", url=url)
        raise MirrorFault(msg)
    if parts.scheme == "https":
        return
    if loopback_http and parts.scheme == "http" and host in _LOOPBACK:
        return
    msg = tr("{scheme}://{host} is not https", scheme=parts.scheme, host=host)
    raise MirrorFault(msg)


def make_opener(
    line: Line, *, loopback_http: bool = False
) -> urllib.request.OpenerDirector:
    """Return an opener for https alone, with the system's proxies.

    Parameters
    ----------
    line
        Gets every socket that is opened.
    loopback_http
        Also open plain http to this very machine, without a proxy.
    """
    opener = urllib.request.OpenerDirector()
    opener.addheaders = [("User-Agent", f"SegDesk/{__version__}")]
    handlers: list[urllib.request.BaseHandler] = [
        urllib.request.ProxyHandler({} if loopback_http else None),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _SafeRedirects(loopback_http=loopback_http),
        _HTTPS(line),
    ]
    if loopback_http:
        handlers.append(_HTTP(line))
    for handler in handlers:
        opener.add_handler(handler)
    return opener


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    max_redirections = 5

    def __init__(self, *, loopback_http: bool) -> None:
        self._loopback_http = loopback_http

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        try:
            check_address(newurl, loopback_http=self._loopback_http)
        except MirrorFault as fault:
            fp.close()
            what = tr(
                "it redirects to a place that may not be asked: {fault}", fault=fault
            )
            raise MirrorFault(what) from fault
        return super().redirect_request(
            req,
            fp,
            code,
            msg,
            headers,
            newurl,
        )


class _HTTPSLine(http.client.HTTPSConnection):
    def __init__(self, host: str, *, line: Line, **options: Any) -> None:  # noqa: ANN401 - http.client's own
        super().__init__(host, **options)
        self._line = line

    def connect(self) -> None:
        super().connect()
        self._line.hold(self.sock)


class _HTTPLine(http.client.HTTPConnection):
    def __init__(self, host: str, *, line: Line, **options: Any) -> None:  # noqa: ANN401 - http.client's own
        super().__init__(host, **options)
        self._line = line

    def connect(self) -> None:
        super().connect()
        self._line.hold(self.sock)


class _HTTPS(urllib.request.HTTPSHandler):
    def __init__(self, line: Line) -> None:
        super().__init__()
        self._connection = functools.partial(_HTTPSLine, line=line)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)


class _HTTP(urllib.request.HTTPHandler):
    def __init__(self, line: Line) -> None:
        super().__init__()
        self._connection = functools.partial(_HTTPLine, line=line)

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)

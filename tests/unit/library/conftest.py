"""A small web server on this machine that misbehaves as it is told."""

import contextlib
import email.utils
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Served:
    """One file as the server gives it.

    Parameters
    ----------
    drops
        For each request in turn, how many bytes of the body are sent before the line
        is cut; None and every further request: all.
    """

    data: bytes
    etag: str = '"one"'
    drops: list[int | None] = field(default_factory=list)
    honours_range: bool = True
    dated: bool = True
    checks_if_range: bool = True


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        server.requests.append((self.path, dict(self.headers)))
        answer = server.answers.get(self.path)
        if answer is None:
            self.send_error(404)
        elif callable(answer):
            answer(self)
        else:
            self._serve(answer)

    def _serve(self, served: Served) -> None:
        start = self._start(served)
        body = served.data[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", served.etag)
        if served.dated:
            self.send_header("Last-Modified", email.utils.formatdate(0, usegmt=True))
        if start:
            total = len(served.data)
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        self.end_headers()
        sent = served.drops.pop(0) if served.drops else None
        self.wfile.write(body[:sent])

    def _start(self, served: Served) -> int:
        asked = self.headers.get("Range")
        if not asked or not served.honours_range:
            return 0
        if served.checks_if_range and self.headers.get("If-Range") != served.etag:
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def log_message(self, *_: object) -> None:
        pass


class FileServer(ThreadingHTTPServer):
    """Answers by path; keeps the requests that it got.

    Parameters
    ----------
    release
        Set when the test is over: an answer that stalls waits for it.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Served | Answer] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.release = threading.Event()
        self.certificate: Path | None = None

    def put(self, path: str, data: bytes, **how: object) -> None:
        """Serve a file; `how` are the fields of `Served`."""
        self.answers[path] = Served(data, **how)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet: the other side hangs up on purpose."""

    def url(self, path: str) -> str:
        """Return the address of a path."""
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://127.0.0.1:{self.server_port}{path}"

    def ranges(self) -> list[str | None]:
        """Return the Range header of each request."""
        return [headers.get("Range") for _, headers in self.requests]


@contextlib.contextmanager
def serving(server: FileServer) -> Iterator[FileServer]:
    """Serve from a thread while the block runs."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def file_server() -> Iterator[FileServer]:
    with serving(FileServer()) as server:
        yield server


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[FileServer]:
    """Serve https with a certificate made for this run."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    how = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    who = "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(
        [openssl, *how.split(), *who.split(), "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = FileServer()
    server.certificate = certificate
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    with serving(server):
        yield server


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    return tmp_path / "downloads"

"""Senders of streams on this machine: TCP, HTTP, UDP and RTSP, as cameras do it."""

import contextlib
import io
import socket
import struct
import threading
import time

from clips import picture

from segdesk.core.video_source import load_av

_PACKETS = 7 * 188
_FPS = 25


class Sender:
    """Sends numbered pictures in real time, until it is closed.

    Parameters
    ----------
    kind
        "tcp", "http", "udp" or "rtsp".
    port
        0: any; a sender that comes back takes the one it had.

    Attributes
    ----------
    address
        Where it is read.
    """

    def __init__(self, kind="tcp", port=0, size=(64, 48), make=picture, fps=_FPS):
        self.kind = kind
        self._size, self._make, self._fps = size, make, fps
        self._closing = threading.Event()
        self._links = []
        if kind == "udp":
            self._server = None
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
                free.bind(("127.0.0.1", port))
                self.port = free.getsockname()[1]
        else:
            self._server = socket.create_server(("127.0.0.1", port))
            self._server.settimeout(0.05)
            self.port = self._server.getsockname()[1]
        self.address = f"{kind}://127.0.0.1:{self.port}"
        if kind in ("http", "rtsp"):
            self.address += "/door"
        self._threads = []
        self._start(self._serve if self._server else self._send_datagrams)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Hang up."""
        self._closing.set()
        for link in self._links:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for link in self._links:
            link.close()
        if self._server:
            self._server.close()

    def _start(self, work, *given):
        thread = threading.Thread(target=work, args=given, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self):
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                link, _ = self._server.accept()
                self._links.append(link)
                self._start(self._talk, link)

    def _talk(self, link):
        with contextlib.suppress(OSError):
            if self.kind == "http":
                link.recv(4096)
                link.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: video/mp2t\r\n\r\n")
            if self.kind == "rtsp":
                _agree(link)
                wrap = _rtp(link)
            else:
                wrap = link.sendall
            self._encode(wrap)

    def _send_datagrams(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
            place = ("127.0.0.1", self.port)

            def send(data):
                for begin in range(0, len(data), _PACKETS):
                    link.sendto(data[begin : begin + _PACKETS], place)

            self._encode(send)

    def _encode(self, send):
        av, out = load_av(), _Out(send)
        with av.open(out, "w", format="mpegts", options={"flush_packets": "1"}) as box:
            film = box.add_stream("libx264", rate=self._fps)
            film.width, film.height = self._size
            film.pix_fmt = "yuv420p"
            film.codec_context.gop_size = 5
            film.codec_context.options = {"tune": "zerolatency", "preset": "ultrafast"}
            number, began_s = 0, time.monotonic()
            while not (self._closing.is_set() or out.is_cut):
                pixels = self._make(number % 64, self._size)
                frame = av.VideoFrame.from_ndarray(pixels, "rgb24")
                frame.pts = number
                box.mux(film.encode(frame))
                number += 1
                due_s = began_s + number / self._fps
                self._closing.wait(max(0.0, due_s - time.monotonic()))
            box.mux(film.encode(None))


class _Out(io.RawIOBase):
    """Sends what is written; once the other side has hung up, throws it away.

    PyAV gives an error of a write back as its own or as one without a cause,
    whichever of its own calls meets it.
    """

    def __init__(self, send):
        self._send = send
        self.is_cut = False

    def writable(self):
        return True

    def write(self, data):
        if not self.is_cut:
            try:
                self._send(bytes(data))
            except OSError:
                self.is_cut = True
        return len(data)


def _agree(link):
    """Talk RTSP until the other side says PLAY."""
    sdp = (
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=door\r\nt=0 0\r\n"
        "m=video 0 RTP/AVP 33\r\na=rtpmap:33 MP2T/90000\r\na=control:track\r\n"
    )
    more = {
        "OPTIONS": "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n",
        "DESCRIBE": f"Content-Type: application/sdp\r\nContent-Length: {len(sdp)}\r\n",
        "SETUP": "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n",
        "PLAY": "Session: 1\r\n",
    }
    said = ""
    while said != "PLAY":
        asked = link.recv(4096).decode()
        if not asked:
            raise OSError
        said = asked.split(" ", 1)[0]
        count = asked.lower().split("cseq:")[1].split("\r\n")[0].strip()
        body = sdp if said == "DESCRIBE" else ""
        head = f"RTSP/1.0 200 OK\r\nCSeq: {count}\r\n{more.get(said, '')}\r\n"
        link.sendall((head + body).encode())


def _rtp(link):
    """Return what sends packets of a transport stream in RTP, within the link."""
    numbers = iter(range(1 << 30))

    def send(data):
        for begin in range(0, len(data), _PACKETS):
            part = data[begin : begin + _PACKETS]
            stamp = int(time.monotonic() * 90_000) & 0xFFFFFFFF
            head = struct.pack(">BBHII", 0x80, 33, next(numbers) & 0xFFFF, stamp, 7)
            whole = head + part
            link.sendall(b"$\x00" + struct.pack(">H", len(whole)) + whole)

    return send

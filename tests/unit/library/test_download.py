import errno
import hashlib
import pathlib
import random
import shutil
import threading
import time
from collections import namedtuple

import pytest

from segdesk.core.errors import DownloadError, JobCancelledError, StorageError
from segdesk.jobs.control import StopFlag
from segdesk.jobs.events import Noted, Progress
from segdesk.library.download import Downloader, Limits, Wanted
from segdesk.library.partial import bytes_kept, only_one

DATA = random.Random(7).randbytes(700_000)
OTHER = random.Random(8).randbytes(650_000)
QUICK = Limits(timeout_s=5, max_bytes=2_000_000, tries=3, backoff_s=0)


def wanted(*urls, data=DATA):
    return Wanted("weights.pth", urls, hashlib.sha256(data).hexdigest()[:8])


def fetch(folder, what, stop=None, report=None, limits=QUICK):
    downloader = Downloader(folder, limits, loopback_http=True)
    return downloader.fetch(what, report or (lambda _: None), stop or StopFlag())


def stop_after(bytes_done):
    """A report that asks to stop as soon as so much came."""
    stop = StopFlag()

    def report(event):
        if isinstance(event, Progress) and event.done >= bytes_done:
            stop.set()

    return stop, report


def test_download_gives_the_whole_file_and_says_how_far_it_is(file_server, downloads):
    file_server.put("/w.pth", DATA)
    said = []

    done = fetch(downloads, wanted(file_server.url("/w.pth")), report=said.append)

    assert done.path.read_bytes() == DATA
    assert done.hash_matches is True
    progress = [event for event in said if isinstance(event, Progress)]
    assert progress[-1].total == len(DATA)
    assert [p.done for p in progress] == sorted(p.done for p in progress)
    assert any(event.text.endswith("/s") for event in progress)
    assert [path.name for path in downloads.iterdir() if "part" in path.name] == []


def test_download_resumes_when_the_connection_drops_half_way(file_server, downloads):
    file_server.put("/w.pth", DATA, drops=[300_000, 100_000])

    done = fetch(downloads, wanted(file_server.url("/w.pth")))

    assert done.path.read_bytes() == DATA
    assert file_server.ranges() == [None, "bytes=300000-", "bytes=400000-"]
    assert file_server.requests[1][1]["If-Range"] == '"one"'


def test_download_starts_over_when_the_server_ignores_range(file_server, downloads):
    file_server.put("/w.pth", DATA, drops=[300_000], honours_range=False)

    assert fetch(downloads, wanted(file_server.url("/w.pth"))).hash_matches


@pytest.mark.parametrize("checks_if_range", [True, False])
def test_download_starts_over_when_the_file_changes_between_tries(
    file_server, downloads, checks_if_range
):
    file_server.put("/w.pth", DATA)
    what = wanted(file_server.url("/w.pth"), data=OTHER)
    stop, report = stop_after(1)
    with pytest.raises(JobCancelledError):
        fetch(downloads, what, stop, report)
    assert bytes_kept(downloads, "weights.pth") > 0
    file_server.put("/w.pth", OTHER, etag='"two"', checks_if_range=checks_if_range)

    done = fetch(downloads, what)

    assert done.path.read_bytes() == OTHER


def test_download_proves_by_date_when_the_etag_is_weak(file_server, downloads):
    file_server.put("/w.pth", DATA, etag='W/"weak"', drops=[300_000])

    fetch(downloads, wanted(file_server.url("/w.pth")))

    assert file_server.requests[1][1]["If-Range"] == "Thu, 01 Jan 1970 00:00:00 GMT"


def test_download_starts_over_when_the_server_proves_nothing(file_server, downloads):
    file_server.put("/w.pth", DATA, etag='W/"weak"', dated=False, drops=[300_000])

    assert fetch(downloads, wanted(file_server.url("/w.pth"))).hash_matches
    assert file_server.ranges() == [None, None]


def test_download_refuses_when_the_file_is_too_big(file_server, downloads):
    file_server.put("/w.pth", DATA)
    limits = Limits(max_bytes=1000, tries=1)

    with pytest.raises(DownloadError, match="700 kB, at most"):
        fetch(downloads, wanted(file_server.url("/w.pth")), limits=limits)


def test_download_refuses_when_the_server_sends_without_end(file_server, downloads):
    def endless(handler):
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while True:
            handler.wfile.write(b"8\r\nxxxxxxxx\r\n")

    file_server.answers["/w.pth"] = endless

    with pytest.raises(DownloadError, match="does not say how big"):
        fetch(downloads, wanted(file_server.url("/w.pth")))


def test_download_takes_no_more_than_announced(file_server, downloads):
    def generous(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(DATA)))
        handler.end_headers()
        handler.wfile.write(DATA + OTHER)

    file_server.answers["/w.pth"] = generous

    done = fetch(downloads, wanted(file_server.url("/w.pth")))

    assert done.path.read_bytes() == DATA


def test_download_refuses_a_web_page(file_server, downloads):
    def portal(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.send_header("Content-Length", "4")
        handler.end_headers()
        handler.wfile.write(b"<a/>")

    file_server.answers["/w.pth"] = portal

    with pytest.raises(DownloadError, match="a web page"):
        fetch(downloads, wanted(file_server.url("/w.pth")))


def test_download_warns_and_keeps_when_the_hash_differs(file_server, downloads):
    file_server.put("/w.pth", DATA)
    said = []
    what = Wanted("weights.pth", (file_server.url("/w.pth"),), "deadbeef")

    done = fetch(downloads, what, report=said.append)

    assert done.hash_matches is False
    assert done.path.read_bytes() == DATA
    warnings = [event for event in said if isinstance(event, Noted)]
    assert "deadbeef" in warnings[0].cause


def test_download_asks_the_next_mirror_when_the_first_has_nothing(
    file_server, downloads
):
    file_server.put("/b/w.pth", DATA)
    urls = [file_server.url("/a/w.pth"), file_server.url("/b/w.pth")]

    done = fetch(downloads, wanted(*urls))

    assert done.url == urls[1]
    assert [path for path, _ in file_server.requests] == ["/a/w.pth", "/b/w.pth"]


def test_download_never_glues_the_parts_of_two_mirrors(file_server, downloads):
    file_server.put("/a/w.pth", OTHER, drops=[100_000, 0, 0, 0, 0])
    file_server.put("/b/w.pth", DATA)
    urls = [file_server.url("/a/w.pth"), file_server.url("/b/w.pth")]

    assert fetch(downloads, wanted(*urls)).path.read_bytes() == DATA


def test_download_keeps_what_came_when_every_mirror_fails(file_server, downloads):
    file_server.put("/w.pth", DATA, drops=[100_000, 0, 0, 0])
    what = wanted(file_server.url("/w.pth"), file_server.url("/gone.pth"))

    with pytest.raises(DownloadError) as caught:
        fetch(downloads, what)

    assert "404" in caught.value.cause
    assert "100 kB came and stay" in caught.value.cause
    assert fetch(downloads, what).path.read_bytes() == DATA
    assert file_server.ranges()[-1] == "bytes=100000-"


def test_download_tries_again_when_the_server_is_busy(file_server, downloads):
    def busy(handler):
        file_server.put("/w.pth", DATA)
        handler.send_error(503)

    file_server.answers["/w.pth"] = busy

    assert fetch(downloads, wanted(file_server.url("/w.pth"))).hash_matches


def test_download_leaves_a_resumable_part_when_cancelled(file_server, downloads):
    file_server.put("/w.pth", DATA)
    what = wanted(file_server.url("/w.pth"))
    stop, report = stop_after(1)

    with pytest.raises(JobCancelledError) as caught:
        fetch(downloads, what, stop, report)

    kept = bytes_kept(downloads, "weights.pth")
    assert 0 < kept < len(DATA)
    assert "of 700 kB stay" in caught.value.kept
    assert fetch(downloads, what).path.read_bytes() == DATA
    assert file_server.ranges()[-1] == f"bytes={kept}-"


def stalled(server, reached):
    """Send a little, then nothing more until the test is over."""

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(DATA)))
        handler.end_headers()
        handler.wfile.write(DATA[:1000])
        handler.wfile.flush()
        reached.set()
        server.release.wait(30)

    return answer


def cancel_while_stalled(server, folder):
    reached = threading.Event()
    server.answers["/w.pth"] = stalled(server, reached)
    stop = StopFlag()
    waker = threading.Thread(target=lambda: (reached.wait(10), stop.set()))
    waker.start()
    start = time.monotonic()
    with pytest.raises(JobCancelledError):
        fetch(
            folder,
            wanted(server.url("/w.pth")),
            stop,
            limits=Limits(timeout_s=25, backoff_s=0),
        )
    waker.join()
    return time.monotonic() - start


def test_download_stops_at_once_when_cancelled_on_a_dead_line(file_server, downloads):
    assert cancel_while_stalled(file_server, downloads) < 5


def test_download_refuses_http(downloads):
    downloader = Downloader(downloads, QUICK)
    what = wanted("http://127.0.0.1:9/w.pth", "ftp://example.org/w", "file:///etc/x")

    with pytest.raises(DownloadError, match="is not https"):
        downloader.fetch(what, lambda _: None, StopFlag())


def test_download_refuses_a_redirect_away_from_https(file_server, downloads):
    def redirect(handler):
        handler.send_response(302)
        handler.send_header("Location", "http://example.org/w.pth")
        handler.end_headers()

    file_server.answers["/w.pth"] = redirect

    with pytest.raises(DownloadError, match="redirects to a place"):
        fetch(downloads, wanted(file_server.url("/w.pth")))


def test_download_follows_a_redirect_to_an_allowed_place(file_server, downloads):
    def redirect(handler):
        handler.send_response(302)
        handler.send_header("Location", "/real.pth")
        handler.end_headers()

    file_server.answers["/w.pth"] = redirect
    file_server.put("/real.pth", DATA)

    assert fetch(downloads, wanted(file_server.url("/w.pth"))).hash_matches


def test_download_says_how_much_is_free_when_the_disk_is_too_small(
    file_server, downloads, monkeypatch
):
    file_server.put("/w.pth", DATA)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 0, 10))

    with pytest.raises(StorageError, match="10 bytes free, the file needs 700 kB"):
        fetch(downloads, wanted(file_server.url("/w.pth")))


def test_download_keeps_what_came_when_the_disk_fills_up(
    file_server, downloads, monkeypatch
):
    file_server.put("/w.pth", DATA, drops=[300_000])
    what = wanted(file_server.url("/w.pth"))
    real_open = pathlib.Path.open

    def full_after_first(path, mode="r", *args, **kwargs):
        if mode == "ab" and path.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        return real_open(path, mode, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(pathlib.Path, "open", full_after_first)
        with pytest.raises(StorageError) as caught:
            fetch(downloads, what)

    assert "the disk is full. 300 kB came and stay" in caught.value.cause
    assert fetch(downloads, what).path.read_bytes() == DATA


def test_download_refuses_when_another_one_is_at_it(file_server, downloads):
    downloads.mkdir()
    with (
        only_one(downloads, "weights.pth"),
        pytest.raises(DownloadError, match="Anoth"),
    ):
        fetch(downloads, wanted(file_server.url("/w.pth")))


def test_download_takes_the_file_that_is_there_already(file_server, downloads):
    file_server.put("/w.pth", DATA)
    what = wanted(file_server.url("/w.pth"))
    fetch(downloads, what)

    assert fetch(downloads, what).url == ""
    assert len(file_server.requests) == 1


def test_download_resumes_over_https(tls_server, downloads, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tls_server.certificate))
    tls_server.put("/w.pth", DATA, drops=[300_000])
    downloader = Downloader(downloads, QUICK)

    done = downloader.fetch(
        wanted(tls_server.url("/w.pth")), lambda _: None, StopFlag()
    )

    assert done.hash_matches
    assert tls_server.ranges() == [None, "bytes=300000-"]


def test_download_stops_at_once_when_an_https_line_is_dead(
    tls_server, downloads, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(tls_server.certificate))

    assert cancel_while_stalled(tls_server, downloads) < 5


def test_download_refuses_a_certificate_that_nobody_vouches_for(tls_server, downloads):
    tls_server.put("/w.pth", DATA)

    with pytest.raises(DownloadError, match="certificate is not trusted"):
        fetch(downloads, wanted(tls_server.url("/w.pth")))

    assert tls_server.requests == []

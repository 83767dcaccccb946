"""Files appear whole or not at all."""

import errno
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from segdesk.core.errors import StorageError
from segdesk.formats.atomic import atomic_writer, write_atomic

ON_TINY_DISK = """
import os, pathlib, sys
from segdesk.core.errors import StorageError
from segdesk.formats.atomic import write_atomic
folder = pathlib.Path(sys.argv[1])
write_atomic(folder / "old.png", b"old")
try:
    write_atomic(folder / "old.png", b"x" * 2_000_000)
except StorageError as error:
    print(error.cause)
assert (folder / "old.png").read_bytes() == b"old"
assert os.listdir(folder) == ["old.png"]
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def small_files():
    """Let this process write no file past 64 kB: the kernel itself refuses."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def locked_folder():
    """Give a folder that this user may not write to, also when the user is root."""
    folder = Path(tempfile.mkdtemp(prefix="segdesk-test-"))
    folder.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield folder
    os.seteuid(user)
    shutil.rmtree(folder)


def test_write_atomic_makes_folders_and_replaces_when_file_exists(tmp_path):
    path = tmp_path / "new folder" / "maß 図.bin"
    write_atomic(path, b"old")
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new"
    assert names(path.parent) == [path.name]


def test_write_atomic_leaves_old_file_when_kernel_stops_growth(tmp_path, small_files):
    path = tmp_path / "mask.png"
    write_atomic(path, b"old")
    with pytest.raises(StorageError) as caught:
        write_atomic(path, b"x" * 200_000)
    assert caught.value.message == "mask.png was not written."
    assert "may not grow" in caught.value.cause
    assert "unchanged" in caught.value.cause
    assert caught.value.hint
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["mask.png"]


def test_write_atomic_says_disk_full_when_flush_reports_it(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError) as caught:
        write_atomic(tmp_path / "mask.png", b"x" * 2_000_000)
    assert "The disk is full: 2.0 MB of it fitted" in caught.value.cause
    assert "Free some space" in caught.value.hint
    assert names(tmp_path) == []


def test_write_atomic_keeps_old_file_when_disk_is_full(tmp_path):
    """A real full disk: 1 MB of memory mounted where only the child sees it."""
    mount = f"mount -t tmpfs -o size=1m tmpfs '{tmp_path}'"
    inside = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if not shutil.which("unshare") or subprocess.call(
        [*inside, mount], stderr=subprocess.DEVNULL
    ):
        pytest.skip("this system lets no user mount a small disk")
    run = f"""{mount} && exec "$0" -c "$1" '{tmp_path}'"""
    said = subprocess.run(
        [*inside, run, sys.executable, ON_TINY_DISK],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "The disk is full: 1.0 MB of it fitted, 0." in said
    assert "The earlier file is unchanged." in said


@pytest.mark.skipif(os.name != "posix", reason="folder rights are POSIX ones")
def test_write_atomic_names_folder_when_not_permitted(locked_folder):
    with pytest.raises(StorageError) as caught:
        write_atomic(locked_folder / "mask.png", b"x")
    assert str(locked_folder) in caught.value.cause
    assert "may not write" in caught.value.cause


@pytest.mark.parametrize(
    ("parts", "cause"),
    [
        (("a file", "mask.png"), "is a file, not a folder"),
        (("x" * 300,), "letters"),
        (("a folder",), "is a folder"),
    ],
)
def test_write_atomic_says_why_when_path_is_impossible(tmp_path, parts, cause):
    (tmp_path / "a file").write_bytes(b"")
    (tmp_path / "a folder" / "with things").mkdir(parents=True)
    with pytest.raises(StorageError) as caught:
        write_atomic(tmp_path.joinpath(*parts), b"x")
    assert cause in caught.value.cause
    assert names(tmp_path) == ["a file", "a folder"]


def test_atomic_writer_keeps_old_file_when_block_raises(tmp_path):
    path = tmp_path / "summary.csv"
    path.write_bytes(b"old")

    def write_half():
        with atomic_writer(path) as file:
            file.write(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        write_half()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["summary.csv"]


def test_write_atomic_follows_link_and_keeps_mode_when_file_exists(tmp_path):
    path, link = tmp_path / "real.json", tmp_path / "link.json"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_atomic(link, b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640

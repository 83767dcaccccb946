import errno
import os
from pathlib import Path

import pytest

from segdesk.core.errors import StorageError
from segdesk.formats import bringing_back
from segdesk.formats.atomic import write_atomic


@pytest.fixture
def files(tmp_path) -> tuple[Path, Path]:
    kept, target = tmp_path / "kept", tmp_path / "target"
    kept.write_bytes(b"old")
    target.write_bytes(b"new")
    return kept, target


@pytest.fixture
def full_disk(monkeypatch):
    def write(path: Path, data: bytes) -> None:
        if path.exists():
            why = OSError(errno.ENOSPC, "No space left")
            error = StorageError("not written", cause="full", hint="")
            raise error from why
        write_atomic(path, data)

    monkeypatch.setattr(bringing_back, "write_atomic", write)


def test_copy_takes_the_place_when_the_disk_has_no_room_for_both(files, full_disk):
    kept, target = files
    told = []
    bringing_back.bring_back(kept, target, lambda: told.append("removed"))
    assert (target.read_bytes(), kept.read_bytes(), told) == (b"old", b"old", [])
    assert not list(target.parent.glob(".segdesk-*"))


def test_file_goes_first_when_the_copy_lies_on_another_disk(
    files, full_disk, monkeypatch
):
    def link(_one: Path, _other: Path) -> None:
        raise OSError(errno.EXDEV, "Another disk")

    monkeypatch.setattr(os, "link", link)
    kept, target = files
    told = []
    bringing_back.bring_back(kept, target, lambda: told.append(target.exists()))
    assert (target.read_bytes(), told) == (b"old", [True])


def test_file_stays_when_that_cannot_be_noted(files, full_disk, monkeypatch):
    def refuse(*_args: object) -> None:
        raise StorageError("not noted", cause="full", hint="")

    monkeypatch.setattr(bringing_back, "_linked", lambda *_: False)
    kept, target = files
    with pytest.raises(StorageError):
        bringing_back.bring_back(kept, target, refuse)
    assert target.read_bytes() == b"new"

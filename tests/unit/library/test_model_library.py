import errno
import hashlib
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import msgspec
import pytest

from segdesk.core.classes import ClassList
from segdesk.core.errors import (
    CheckpointError,
    ClassesUnknownError,
    InputError,
    JobCancelledError,
    ModelError,
    StorageError,
)
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import ModelFacts, Progress
from segdesk.jobs.runner import InProcessRunner
from segdesk.library.model_card import ModelState, read_card, write_card
from segdesk.library.model_library import AddRequest, ModelLibrary

CLASSES = ClassList.from_names(("background", "nucleus"))


def facts_of(checkpoint, **more):
    data = checkpoint.read_bytes()
    facts = ModelFacts(
        architecture="UNet",
        classes=CLASSES,
        num_classes=2,
        config_text="model = dict(type='EncoderDecoder')\n",
        sha256=hashlib.sha256(data).hexdigest(),
        checkpoint_bytes=len(data),
        metrics={"mIoU": 71.5},
        parameters=1234,
    )
    return msgspec.structs.replace(facts, **more)


def inspecting(**more):
    """A runner that says of every file what an engine might."""
    return InProcessRunner(lambda spec, _: facts_of(spec.model.checkpoint, **more))


@pytest.fixture
def library(tmp_path):
    return ModelLibrary(tmp_path / "models", tmp_path / "shipped")


@pytest.fixture
def context():
    return JobContext(lambda _: None, StopFlag())


@pytest.fixture
def checkpoint(tmp_path):
    path = tmp_path / "nuclei v2.pth"
    path.write_bytes(os.urandom(100_000))
    return path


def add(library, path, context, runner=None, **more):
    return library.add(AddRequest(path=path, **more), runner or inspecting(), context)


def test_add_makes_a_model_that_can_be_loaded(library, checkpoint, context):
    added = add(library, checkpoint, context, licence="CC0-1.0")

    (entry,) = library.list()
    assert entry == added.entry
    assert not added.existed
    assert (entry.id, entry.name) == ("nuclei-v2", "nuclei v2")
    assert entry.state is ModelState.READY
    assert entry.card.metrics == {"mIoU": 71.5}
    assert entry.card.licence == "CC0-1.0"
    source = library.get("nuclei-v2")
    assert source.checkpoint.read_bytes() == checkpoint.read_bytes()
    assert source.config.read_text() == "model = dict(type='EncoderDecoder')\n"
    assert source.classes == CLASSES


def test_add_reports_bytes_while_it_copies(library, checkpoint):
    said = []

    add(library, checkpoint, JobContext(said.append, StopFlag()))

    assert isinstance(said[-1], Progress)
    assert (said[-1].done, said[-1].total, said[-1].unit) == (100_000, 100_000, "bytes")


def test_add_gives_distinct_ids_when_names_are_equal(library, tmp_path, context):
    for number in range(3):
        path = tmp_path / f"{number}.pth"
        path.write_bytes(b"%d" % number)
        add(library, path, context, name="Über: 细胞 / A_B")

    assert sorted(entry.id for entry in library.list()) == [
        "über-细胞-a-b",
        "über-细胞-a-b-2",
        "über-细胞-a-b-3",
    ]


@pytest.mark.parametrize("name", ["CON", "../..", "a" * 300, "..."])
def test_add_makes_an_id_that_every_disk_takes(library, checkpoint, context, name):
    added = add(library, checkpoint, context, name=name)

    assert added.entry.folder.parent == library.root
    assert added.entry.id not in ("con", "..", "")
    assert len(added.entry.id) <= 66
    assert added.entry.card.name == name


def test_add_returns_the_existing_when_the_weights_are_the_same(
    library, checkpoint, context
):
    first = add(library, checkpoint, context)
    again = add(library, checkpoint, context, name="Other name")

    assert again.existed
    assert again.entry == first.entry
    assert len(library.list()) == 1


def test_add_asks_for_classes_when_nobody_names_them(library, checkpoint, context):
    unnamed = inspecting(classes=None, num_classes=3)

    with pytest.raises(ClassesUnknownError) as caught:
        add(library, checkpoint, context, unnamed)

    assert "3 classes" in caught.value.cause
    assert "--classes FILE" in caught.value.hint
    assert library.list() == ()


def test_add_takes_the_classes_that_the_user_names(library, checkpoint, context):
    mine = ClassList.from_names(("a", "b"))

    added = add(library, checkpoint, context, inspecting(classes=None), classes=mine)

    assert added.entry.card.classes == mine


def test_add_refuses_another_number_of_classes(library, checkpoint, context):
    mine = ClassList.from_names(("a", "b", "c"))

    with pytest.raises(InputError, match="3 classes are named, the model predicts 2"):
        add(library, checkpoint, context, classes=mine)


def test_add_keeps_an_unnamed_model_until_it_is_named(library, checkpoint, context):
    unnamed = inspecting(classes=None)
    entry = add(library, checkpoint, context, unnamed, keep_unnamed=True).entry
    assert entry.state is ModelState.BROKEN
    assert entry.unnamed_classes
    with pytest.raises(ClassesUnknownError):
        library.get(entry.id)
    with pytest.raises(InputError, match="3 classes are named"):
        library.name_classes(entry.id, ClassList.from_names(("a", "b", "c")))

    again = add(library, checkpoint, context, unnamed, classes=CLASSES)

    assert again.existed
    assert again.entry.state is ModelState.READY
    assert library.get(entry.id).classes == CLASSES


def test_add_raises_what_the_engine_says(library, checkpoint, context):
    def handler(spec, _):
        raise CheckpointError("It was not opened.", cause="Why.", hint="Do.")

    with pytest.raises(CheckpointError, match=r"It was not opened\. Why\. Do\."):
        add(library, checkpoint, context, InProcessRunner(handler))
    assert library.list() == ()


def test_add_raises_a_model_error_when_the_engine_breaks(library, checkpoint, context):
    def handler(spec, _):
        raise RuntimeError("out of the blue")

    with pytest.raises(ModelError, match="out of the blue"):
        add(library, checkpoint, context, InProcessRunner(handler))


def test_add_leaves_nothing_when_stopped(library, checkpoint):
    stop = StopFlag()

    def handler(spec, _):
        stop.set()
        return facts_of(spec.model.checkpoint)

    with pytest.raises(JobCancelledError):
        add(
            library,
            checkpoint,
            JobContext(lambda _: None, stop),
            InProcessRunner(handler),
        )

    assert list(library.root.iterdir()) == []


def test_add_refuses_a_checkpoint_that_changes_meanwhile(library, checkpoint, context):
    def handler(spec, _):
        facts = facts_of(spec.model.checkpoint)
        checkpoint.write_bytes(b"y" * 100_000)
        return facts

    with pytest.raises(InputError, match="changed while it was being copied"):
        add(library, checkpoint, context, InProcessRunner(handler))
    assert list(library.root.iterdir()) == []


def test_add_says_how_much_is_free_when_the_disk_is_too_small(
    library, checkpoint, context, monkeypatch
):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 0, 10))

    with pytest.raises(
        StorageError, match="10 bytes free, the checkpoint needs 100 kB"
    ):
        add(library, checkpoint, context)
    assert list(library.root.iterdir()) == []


def test_add_gives_a_moved_checkpoint_back_when_it_fails(
    library, checkpoint, context, monkeypatch
):
    def refuse(self, target):
        raise OSError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        with pytest.raises(StorageError):
            add(library, checkpoint, context, take_over=True)
    assert checkpoint.stat().st_size == 100_000

    add(library, checkpoint, context, take_over=True)

    assert not checkpoint.exists()
    assert library.list()[0].state is ModelState.READY


def test_library_hides_what_a_killed_program_left(library, checkpoint, context):
    half = library.root / f".incoming-{'0' * 32}"
    half.mkdir(parents=True)
    (half / "model.pth").write_bytes(b"half")
    assert library.list() == ()
    for path in (half / "model.pth", half):
        os.utime(path, (1, 1))

    add(library, checkpoint, context)

    assert not half.exists()


_KILLED = """
import os, sys
from pathlib import Path
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import ModelFacts
from segdesk.library.model_library import AddRequest, ModelLibrary

checkpoint = Path(sys.argv[1])
facts = ModelFacts(architecture="UNet", classes=None, num_classes=2, config_text="",
                   sha256="", checkpoint_bytes=checkpoint.stat().st_size)
request = AddRequest(path=checkpoint, keep_unnamed=True)
context = JobContext(lambda _: os._exit(9), StopFlag())
ModelLibrary(Path(sys.argv[2]), Path("none")).register(request, facts, context)
"""


def test_library_is_whole_when_a_program_is_killed_while_it_copies(
    library, checkpoint, context
):
    checkpoint.write_bytes(bytes(9_000_000))

    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, checkpoint, library.root], check=False
    )

    assert killed.returncode == 9
    assert len(list(library.root.iterdir())) == 1
    assert library.list() == ()
    assert add(library, checkpoint, context).entry.state is ModelState.READY


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda folder: (folder / "card.json").write_bytes(b"{"), "damaged"),
        (lambda folder: (folder / "card.json").unlink(), "cannot be opened"),
        (lambda folder: (folder / "model.pth").unlink(), "model.pth is missing"),
        (lambda folder: (folder / "model.pth").write_bytes(b"x"), "has 1 bytes"),
        (lambda folder: (folder / "config.py").unlink(), "config.py is missing"),
    ],
)
def test_library_shows_a_damaged_model_as_broken(
    library, checkpoint, context, damage, why
):
    folder = add(library, checkpoint, context).entry.folder
    damage(folder)

    (entry,) = library.list()

    assert entry.state is ModelState.BROKEN
    assert why in entry.why
    assert entry.hint
    with pytest.raises(ModelError, match="was not loaded"):
        library.get(entry.id)
    library.remove(entry.id)
    assert library.list() == ()


def test_library_marks_what_needs_ops_and_what_was_not_built(
    library, checkpoint, tmp_path, context
):
    other = tmp_path / "other.pth"
    other.write_bytes(b"other")
    needing = inspecting(missing_ops=("PSAMask",), problem="It needs ops.")
    ops = add(library, checkpoint, context, needing).entry
    bad = add(library, other, context, inspecting(problem="No such head.")).entry

    assert (ops.state, bad.state) == (ModelState.NEEDS_OPS, ModelState.BROKEN)
    assert "PSAMask" in ops.why
    assert bad.why == "No such head."
    assert library.get(ops.id).id == ops.id


def test_library_lists_shipped_models_last_and_keeps_them(
    library, checkpoint, tmp_path, context
):
    shipped = add(ModelLibrary(library.shipped), checkpoint, context, name="A").entry
    other = tmp_path / "z.pth"
    other.write_bytes(b"z")
    add(library, other, context)

    assert [(entry.id, entry.shipped) for entry in library.list()] == [
        ("z", False),
        ("a", True),
    ]
    for change in (
        lambda: library.remove(shipped.id),
        lambda: library.name_classes(shipped.id, CLASSES),
    ):
        with pytest.raises(InputError, match="came with SegDesk"):
            change()
    assert add(library, checkpoint, context).existed


def test_get_takes_a_path_or_an_id(library, checkpoint, tmp_path, monkeypatch, context):
    monkeypatch.chdir(tmp_path)
    add(library, checkpoint, context, name="thing")
    (tmp_path / "thing").mkdir()
    work_dir = tmp_path / "run"
    work_dir.mkdir()
    shutil.copy(checkpoint, work_dir / "iter_5.pth")

    assert library.get("thing").id == "thing"
    assert library.get(str(checkpoint)).checkpoint == checkpoint
    assert library.get("nuclei v2.pth").checkpoint == checkpoint
    assert library.get("run").checkpoint == work_dir / "iter_5.pth"
    with pytest.raises(InputError, match="There is no model 'nothing'"):
        library.get("nothing")
    with pytest.raises(InputError, match="does not exist"):
        library.get("gone.pth")


def test_rename_by_hand_keeps_the_model_usable(library, checkpoint, context):
    folder = add(library, checkpoint, context).entry.folder
    folder.rename(folder.with_name("moved"))

    assert library.get("moved").id == "moved"
    write_card(read_card(library.root / "moved"), library.root / "moved")
    assert library.list()[0].state is ModelState.READY

import pytest

from segdesk.app.classes import remapping as class_remapping
from segdesk.app.classes.history import ClassHistory
from segdesk.app.classes.remapping import ClassRemapping
from segdesk.core.classes import ClassList
from segdesk.core.errors import StorageError
from segdesk.core.project import PROJECT_FILE
from segdesk.formats import class_remap_files


def full(*_args: object) -> None:
    raise StorageError("It was not written.", cause="The disk is full.", hint="Free.")


@pytest.fixture
def remapping(room, desk, engine):
    for name, value in (("a.jpg", 1), ("b.jpg", 2)):
        room.show(name)
        room.stroke(4, 4, value)
    room.show("c.jpg")
    room.quiet()
    history = ClassHistory(room.shelf)
    return ClassRemapping(
        desk, engine, room.annotations, room.autosave, room.shelf, history
    )


@pytest.fixture
def finish(room, engine):
    def finish() -> None:
        room.executor.run_all()
        while engine.works:
            engine.run_work()
            room.executor.run_all()

    return finish


def test_project_is_only_read_until_put_back_when_a_failed_change_cannot_be(
    room, remapping, finish, monkeypatch
):
    file, history = room.root / PROJECT_FILE, room.desk.notices.history
    before = file.read_bytes()
    with monkeypatch.context() as disk:
        disk.setattr(class_remap_files, "bring_back", full)
        disk.setattr(class_remapping, "_remapped", full)  # when all files are written
        remapping.merge(2, 1)
        finish()

        assert history[-1].message == "Nothing is written into project for now."
        assert not room.annotations.may_write()
        assert room.annotations.current is not None  # to be looked at
        room.shelf.set_classes(ClassList.from_names(("sea",)), frozenset())
        finish()
        history[-1].verbs[0].run()  # the disk is full still
        finish()
        assert not room.annotations.may_write()
        assert file.read_bytes() == before

    history[-1].verbs[0].run()
    finish()

    assert room.annotations.may_write()
    assert file.read_bytes() == before
    assert [room.saved(name)[4, 4] for name in ("a.jpg", "b.jpg")] == [1, 2]
    assert room.shelf.project.classes.names == ("background", "road", "tree")
    assert not remapping.is_busy

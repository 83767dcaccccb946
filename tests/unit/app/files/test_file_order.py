"""The order of the open files: chosen once, kept, and followed by what is shown."""

import os

from segdesk.app.files.opening import Opening
from segdesk.app.files.order import FileOrder, FileOrdering, sorted_paths
from segdesk.app.files.recent import RecentPlaces
from segdesk.app.files.thumbnails import Thumbnails
from segdesk.app.session import FileList
from segdesk.core.item_status import ItemFacts, ItemStatus


def test_sorted_paths_stay_in_their_folders_when_they_are_sorted(tmp_path):
    paths = []
    for age, name in enumerate(("a/1", "a/2", "b/1", "b/2")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x" * (10 + age))
        os.utime(path, (1000 - age, 1000 - age))
        paths.append(path)
    one, two, three, four = paths
    by = {order: sorted_paths(paths, order, [1, 0, 1, 0]) for order in FileOrder}
    assert by[FileOrder.NAME] == (one, two, three, four)
    assert by[FileOrder.SIZE] == (two, one, four, three)
    assert by[FileOrder.DATE] == (one, two, three, four)
    assert by[FileOrder.STATUS] == (two, one, four, three)
    two.unlink()
    assert sorted_paths(paths, FileOrder.SIZE, ())[:2] == (one, two)


def test_files_follow_the_order_when_it_is_chosen_and_the_image_stays(room):
    paths = tuple(sorted(room.root.glob("*.jpg")))
    executor = room.executor
    opening = Opening(
        room.desk,
        executor,
        Thumbnails(executor),
        RecentPlaces(room.root / "recent.json"),
    )
    ordering = FileOrdering(room.desk, executor, opening, room.shelf)
    assert ordering is not None
    session = room.desk.session
    session.set_files(FileList(room.root, paths, 0))
    room.shelf.open(room.root)
    executor.run_all()
    opening._wanted = 0
    room.shelf.set_facts(paths[0].name, ItemFacts(ItemStatus.DONE))
    room.desk.settings.update(files_order="status")
    executor.run_all()
    assert session.files.paths[-1] == paths[0]
    assert session.files.current_path == paths[0]
    assert opening.wanted == len(paths) - 1
    room.desk.settings.update(files_order="name")
    executor.run_all()
    assert session.files.paths == paths

"""Cameras as the kernel tells them, in folders that a test makes."""

from segdesk.core.cameras import Camera, camera_problem, find_cameras


def make_node(root, number, name, place=0, *, has_device=True):
    node = root / "sys/class/video4linux" / f"video{number}"
    node.mkdir(parents=True)
    (node / "name").write_text(f"{name}\n")
    (node / "index").write_text(f"{place}\n")
    (root / "dev").mkdir(exist_ok=True)
    if has_device:
        (root / "dev" / f"video{number}").touch()


def test_cameras_are_named_by_the_kernel_when_the_system_is_linux(tmp_path):
    make_node(tmp_path, 10, "USB camera")
    make_node(tmp_path, 2, "Built-in")
    make_node(tmp_path, 3, "Built-in", 1)  # its metadata, no pictures
    make_node(tmp_path, 4, "Gone", has_device=False)

    assert find_cameras(tmp_path, "linux") == (
        Camera("camera:2", "Built-in"),
        Camera("camera:4", "Gone", "There is no video4 on this machine."),
        Camera("camera:10", "USB camera"),
    )
    assert camera_problem(7, tmp_path) == "There is no video7 on this machine."


def test_no_camera_is_found_when_there_is_none(tmp_path):
    assert find_cameras(tmp_path, "linux") == ()


def test_numbers_are_tried_when_the_system_names_no_cameras():
    found = find_cameras(system="win32", opens=lambda number: number in (0, 2))
    assert [one.source for one in found] == ["camera:0", "camera:2"]

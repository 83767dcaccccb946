"""The sample belongs to the user who tries it."""

from segdesk.app.files.sample import sample_images
from segdesk.core.paths import resource_path


def test_sample_images_are_the_user_s_own_and_stay_as_they_were_left(segdesk_home):
    folder = sample_images()
    shipped = resource_path("sample", "images")
    assert folder.is_relative_to(segdesk_home)
    names = {path.name for path in shipped.iterdir()}
    assert {path.name for path in folder.iterdir()} == names
    changed = folder / min(names)
    changed.write_bytes(b"mine")
    assert sample_images() == folder
    assert changed.read_bytes() == b"mine"


def test_sample_images_are_those_shipped_when_nothing_can_be_copied(
    segdesk_home, monkeypatch
):
    blocked = segdesk_home / "blocked"
    blocked.write_bytes(b"")
    monkeypatch.setattr("segdesk.app.files.sample.user_data_dir", lambda: blocked)
    assert sample_images() == resource_path("sample", "images")

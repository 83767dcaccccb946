"""Short names of images."""

from pathlib import Path

from segdesk.app.files.image_names import names_apart


def test_names_apart_names_the_folder_when_two_images_share_a_name():
    one, two, other = Path("/d/Tile 1/a.jpg"), Path("/d/Tile 2/a.jpg"), Path("/d/b.jpg")
    names = names_apart((one, two, other, one))
    assert list(names.values()) == ["Tile 1 / a", "Tile 2 / a", "b"]

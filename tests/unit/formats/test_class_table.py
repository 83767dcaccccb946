"""Tables of classes, in the shapes that data sets bring them."""

import pytest

from segdesk.core.errors import InputError
from segdesk.formats.class_table import read_class_table


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("classes.json", '{"classes":[{"name":"a","color":"#010203"},{"title":"b"}]}'),
        (
            "dataset_meta.json",
            '{"label_map":{"0":"a","1":"b"},"segmentation_colors":[[1,2,3],[4,5,6]]}',
        ),
        ("config_v1.2.json", '{"labels":[{"name":"a","color":[1,2,3]},{"name":"b"}]}'),
        ("mask_color_map.json", '{"type":"rgb","colors":{"a":[1,2,3],"b":[4,5,6]}}'),
        ("labelmap.txt", "# label:color\na:1,2,3::\nb:4,5,6::\nignored:9,9,9::\n"),
        ("label_colors.txt", "1 2 3 a\n4 5 6 b\n"),
        ("class_dict.csv", "name,r,g,b\na,1,2,3\nb,4,5,6\n"),
        ("colours.csv", "name,color\na,#010203\nb,#040506\n"),
    ],
)
def test_read_class_table_finds_names_and_colours_when_kinds_differ(
    tmp_path, name, text
):
    path = tmp_path / name
    path.write_text(text)
    table = read_class_table(path)
    assert table.names == ("a", "b")
    assert table.classes[0].rgb == (1, 2, 3)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("labels.txt", "__ignore__\na\nb c\n"),
        ("data.yaml", "names:\n  1: b c\n  0: a\n"),
        ("data.yaml", "names: [a, b c]\n"),
        ("names.json", '["a", "b c"]'),
    ],
)
def test_read_class_table_takes_names_alone_when_there_are_no_colours(
    tmp_path, name, text
):
    path = tmp_path / name
    path.write_text(text)
    assert read_class_table(path).names == ("a", "b c")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("classes.json", '{"classes": [{"name": '),
        ("classes.json", '{"classes": [{"color": "#010203"}]}'),
        ("classes.json", '{"classes": [{"name": "a", "color": "red"}]}'),
        ("labelmap.txt", "a:1,2,300::"),
        ("labels.txt", "\n"),
        ("data.yaml", "names: : ["),
        ("data.yaml", "train: x"),
    ],
)
def test_read_class_table_refuses_when_file_is_none(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputError):
        read_class_table(path)

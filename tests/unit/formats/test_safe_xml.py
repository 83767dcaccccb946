"""XML of strangers."""

import pytest

from segdesk.core.errors import InputError, UnsafeFileError
from segdesk.formats.safe_xml import read_xml

BOMB = """<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>"""
THIEF = """<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>"""


@pytest.mark.parametrize("text", [BOMB, THIEF])
def test_read_xml_refuses_when_file_declares_entities(tmp_path, text):
    path = tmp_path / "a.xml"
    path.write_text(text)
    with pytest.raises(UnsafeFileError, match="document type"):
        read_xml(path)


def test_read_xml_refuses_when_file_is_cut_off(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text("<annotations><image name=")
    with pytest.raises(InputError, match="not a complete XML"):
        read_xml(path)


def test_read_xml_keeps_tags_and_texts_when_file_is_good(tmp_path):
    path = tmp_path / "a.xml"
    path.write_text('<a k="1"><b>x &amp; y</b></a>')
    root = read_xml(path)
    assert (root.get("k"), root.findtext("b")) == ("1", "x & y")

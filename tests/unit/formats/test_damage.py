"""Files of strangers: whatever is wrong in them ends in a reason, never in a crash."""

import json
import random
import shutil

import numpy as np
import pytest

from segdesk.core.classes import ClassList
from segdesk.core.errors import SegDeskError
from segdesk.formats.import_preview import preview
from segdesk.formats.labelled import WriteOptions
from segdesk.formats.registry import FORMATS, format_by_id, read

CLASSES = ClassList(("background", "road", "sky"), ("#8A8F98", "#EE6A05", "#3D6DFA"))
LABELS = np.array([[1, 1, 0, 2], [1, 0, 255, 2], [1, 1, 1, 2]], np.uint8)
ODD = [None, "x", "../../x", -1, 10**30, 0.5, [], {}, [None], {"a": 1}, True]
ROUNDS = 6


def places(content, path=()):
    """Return the paths of all values in a JSON document."""
    yield path
    keys = content.keys() if isinstance(content, dict) else range(len(content))
    for key in keys:
        if isinstance(content[key], dict | list):
            yield from places(content[key], (*path, key))
        else:
            yield (*path, key)


def damaged_json(data, rng):
    content = json.loads(data)
    path = rng.choice(list(places(content)))
    if not path:
        return json.dumps(rng.choice(ODD))
    inside = content
    for key in path[:-1]:
        inside = inside[key]
    if rng.random() < 0.3:
        del inside[path[-1]]
    else:
        inside[path[-1]] = rng.choice(ODD)
    return json.dumps(content)


def damaged_text(data, rng):
    start = rng.randrange(len(data))
    stop = min(len(data), start + rng.randrange(1, 12))
    odd = rng.choice(["", "-9", "x", "\u20ac", "1e400", "<", '"', "999999999999"])
    return data[:start] + odd + data[stop:]


@pytest.mark.parametrize("format_id", [one.id for one in FORMATS if one.write])
def test_read_ends_in_a_set_or_a_reason_when_a_file_is_damaged(
    tmp_path, make_set, format_id
):
    labelled = make_set(tmp_path / "images", {"a": LABELS, "b": LABELS}, CLASSES)
    whole = tmp_path / "whole"
    list(format_by_id(format_id).write(labelled, whole, WriteOptions()))
    kinds = (".json", ".xml", ".txt", ".yaml")
    files = sorted(one for one in whole.rglob("*") if one.suffix in kinds)
    assert files
    rng = random.Random(format_id)
    for number in range(ROUNDS):
        target = tmp_path / str(number)
        shutil.copytree(whole, target)
        victim = target / rng.choice(files).relative_to(whole)
        data = victim.read_text(encoding="utf-8")
        damage = damaged_json if victim.suffix == ".json" else damaged_text
        if rng.random() < 0.2:
            victim.write_text(data[: len(data) // 2], encoding="utf-8")
        else:
            victim.write_text(damage(data, rng), encoding="utf-8")
        for name in (format_id, "auto"):
            try:
                back = read(target, name)[1]
                preview(back)
                list(format_by_id("mmseg").write(back, target / "o", WriteOptions()))
            except SegDeskError as error:
                reason = error.cause and error.hint
            else:
                reason = "it was read"
            assert reason
        shutil.rmtree(target)
    assert {one.name for one in tmp_path.iterdir()} == {"images", "whole"}

"""What measuring a model gave is kept for this model, this device, these versions."""

from hashlib import sha256
from pathlib import Path

import msgspec
from fake_tuning import make_tuned

from segdesk.core.classes import ClassList
from segdesk.jobs.model_source import ModelSource
from segdesk.jobs.tune_events import Tuned
from segdesk.jobs.tune_specs import RunMode
from segdesk.library.model_card import ModelCard, ModelEntry, ModelState
from segdesk.library.tuned_modes import (
    TunedModes,
    digest_of_entry,
    digest_of_source,
)


def tuned(model: str = "m", device: str = "A GPU", versions: str = "1") -> Tuned:
    return make_tuned(model=model, device_name=device, versions=versions)


def test_modes_are_found_when_model_device_and_versions_are_the_same(tmp_path):
    modes = TunedModes(tmp_path)
    assert modes.all() == ()
    modes.remember(tuned())
    modes.remember(tuned(device="Another"))
    modes.remember(tuned(model="n"))
    assert modes.find("m", "A GPU", "1") == tuned()
    assert modes.find("m", "A GPU", "2") is None
    assert modes.find("m", "A third", "1") is None
    modes.remember(tuned(versions="2"))
    assert modes.find("m", "A GPU", "1") is None
    assert {one.device_name for one in modes.of_model("m")} == {"A GPU", "Another"}
    assert modes.forget("m")
    assert not modes.forget("m")
    assert [one.model for one in modes.all()] == ["n"]


def test_damaged_file_counts_as_empty_and_is_replaced(tmp_path):
    path = tmp_path / "tuned.json"
    modes = TunedModes(tmp_path)
    for text in (b"{", b"\xff", b'{"schema": 9}', b'{"records": [{}]}'):
        path.write_bytes(text)
        assert modes.all() == ()
    modes.remember(tuned())
    assert modes.all() == (tuned(),)
    lost = msgspec.structs.replace(tuned(), chosen=RunMode(way="graph"))
    modes.remember(lost)
    assert modes.all() == ()  # a choice that nobody measured


def test_digest_is_the_same_for_a_file_and_its_card(tmp_path: Path):
    (tmp_path / "model.pth").write_bytes(b"weights")
    (tmp_path / "config.py").write_text("model = dict()")
    source = ModelSource(
        id="m", checkpoint=tmp_path / "model.pth", config=tmp_path / "config.py"
    )
    card = ModelCard(
        id="m",
        name="M",
        architecture="U-Net",
        classes=ClassList.from_names(("a", "b")),
        checkpoint="model.pth",
        config="config.py",
        sha256=sha256(b"weights").hexdigest(),
        size_bytes=7,
    )
    entry = ModelEntry(id="m", folder=tmp_path, card=card, state=ModelState.READY)
    digest = digest_of_source(source)
    assert digest_of_entry(entry) == digest
    (tmp_path / "config.py").write_text("model = dict(a=1)")
    assert digest_of_source(source) != digest


def test_words_say_what_was_gained_and_never_round_up():
    assert tuned().words == "bf16 + channels_last, 1.6×, 99.97 % equal"
    same = msgspec.structs.replace(tuned(), chosen=RunMode())
    assert same.words == "fp32, the fastest already"

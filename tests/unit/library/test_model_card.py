import msgspec
import pytest

from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.library.model_card import (
    HeldOut,
    ModelCard,
    ModelEntry,
    ModelState,
    decode_card,
    encode_card,
    size_words,
    subtitle,
)

CARD = ModelCard(
    id="nuclei-unet",
    name="Nuclei U-Net",
    architecture="UNet",
    classes=ClassList.from_names(("background", "nucleus")),
    checkpoint="model.pth",
    config="config.py",
    sha256="0" * 64,
    size_bytes=7_400_000,
    input_size=(512, 256),
    metrics={"aAcc": 96.0, "mIoU": 90.2, "IoU": 84.61},
    recipe={"iterations": 4000, "optimiser": "AdamW", "amp": False},
    held_out=HeldOut(images=30, metrics={"IoU": 84.61}),
)


def entry(tmp_path, state=ModelState.READY, card=CARD, **more):
    return ModelEntry(id="nuclei-unet", folder=tmp_path, card=card, state=state, **more)


def test_card_reads_back_what_was_written():
    assert decode_card(encode_card(CARD)) == CARD


def test_card_is_plain_json_with_names_that_stay():
    data = msgspec.json.decode(encode_card(CARD))

    assert data["classes"] == {
        "names": ["background", "nucleus"],
        "palette": ["#8A8F98", "#3D6DFA"],
    }
    assert data["held_out"]["images"] == 30


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        encode_card(CARD).replace(b"#3D6DFA", b"blue"),
        encode_card(CARD).replace(b'"model.pth"', b'"../../secret.pth"'),
        encode_card(CARD).replace(b'"model.pth"', b'"/etc/passwd"'),
        encode_card(CARD).replace(b'"model.pth"', b'"C:\\\\secret.pth"'),
        encode_card(CARD).replace(b'"schema": 1', b'"schema": 99'),
    ],
)
def test_card_is_refused_when_damaged(damage):
    with pytest.raises(InputError, match="model card was not read"):
        decode_card(damage)


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [
        (5, "5 bytes"),
        (7_400_000, "7.4 MB"),
        (187_400_000, "187 MB"),
        (999_600_000, "1.0 GB"),
    ],
)
def test_size_words_reads_well(size_bytes, words):
    assert size_words(size_bytes) == words


def test_subtitle_says_what_counts_in_each_state(tmp_path):
    unnamed = msgspec.structs.replace(CARD, classes=None)

    assert subtitle(entry(tmp_path)) == "Ready · 2 classes · IoU 84.6"
    assert subtitle(entry(tmp_path), loaded=True).startswith("Loaded · 2 classes")
    assert (
        subtitle(entry(tmp_path, ModelState.NOT_DOWNLOADED))
        == "Not downloaded · 7.4 MB"
    )
    assert subtitle(entry(tmp_path, ModelState.NEEDS_OPS)) == "Needs compiled mmcv ops"
    assert (
        subtitle(entry(tmp_path, ModelState.BROKEN, unnamed, unnamed_classes=True))
        == "Classes unknown: name them first"
    )
    assert (
        subtitle(entry(tmp_path, ModelState.BROKEN, None, why="It is damaged."))
        == "It is damaged."
    )

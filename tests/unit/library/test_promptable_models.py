"""Promptable models on the user's disk."""

from pathlib import Path

import pytest

from segdesk.core.errors import InputError
from segdesk.library.promptable_models import PromptableModels, promptable_dir


@pytest.fixture
def shelf(tmp_path):
    return PromptableModels(tmp_path / "promptable")


def put(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"x")


def test_promptable_models_are_found_when_their_names_say_encoder_and_decoder(shelf):
    assert shelf.all() == ()
    assert shelf.chosen() is None
    put(shelf.folder, "mobile_sam_encoder.onnx", "mobile_sam_decoder.onnx", "a.txt")
    put(shelf.folder / "SAM 2 tiny", "encoder.onnx", "decoder.onnx")
    put(shelf.folder / "b", "vit_b.image_encoder.pt", "vit_b.decoder.pt")
    put(shelf.folder / "c", "lonely_encoder.onnx", "other_decoder.onnx")
    found = {model.name: model.files for model in shelf.all()}
    assert list(found) == ["mobile_sam", "SAM 2 tiny", "vit_b"]
    assert found["SAM 2 tiny"].decoder == shelf.folder / "SAM 2 tiny" / "decoder.onnx"
    assert found["vit_b"].encoder.name == "vit_b.image_encoder.pt"
    assert not any(files.trusted for files in found.values())


def test_promptable_models_remember_when_one_was_chosen_or_added(shelf, tmp_path):
    put(shelf.folder, "a_encoder.onnx", "a_decoder.onnx", "b_encoder.onnx")
    put(shelf.folder, "b_decoder.onnx")
    assert shelf.chosen().name == "a"
    shelf.choose("b")
    assert PromptableModels(shelf.folder).chosen().name == "b"
    put(tmp_path / "far", "x-Decoder.onnx", "x-Encoder.onnx")
    far = tmp_path / "far"
    added = shelf.add(far / "x-Decoder.onnx", far / "x-Encoder.onnx")
    assert added.files.encoder.name == "x-Encoder.onnx"
    assert shelf.chosen() == added
    trusted = shelf.add(added.files.encoder, added.files.decoder, trusted=True)
    assert shelf.chosen().files.trusted
    assert [model.name for model in shelf.all()] == ["a", "b", trusted.name]
    (far / "x-Encoder.onnx").unlink()
    assert shelf.chosen().name == "a"
    with pytest.raises(InputError, match="same file"):
        shelf.add(far, far)


def test_promptable_models_begin_anew_when_what_was_remembered_is_damaged(shelf):
    put(shelf.folder, "models.json", "a_encoder.onnx", "a_decoder.onnx")
    assert shelf.chosen().name == "a"
    assert promptable_dir().name == "promptable"

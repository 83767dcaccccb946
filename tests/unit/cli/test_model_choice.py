"""Which model is taken when none, one or several are there."""

import shutil

import pytest

from segdesk.cli.model_choice import chosen_model
from segdesk.core.errors import InputError
from segdesk.library.model_library import ModelLibrary

SAMPLE = "nuclei-unet"


@pytest.fixture
def second():
    """Put a copy of the sample model into the user's library; return its id."""
    library = ModelLibrary()
    library.root.mkdir(parents=True)
    shutil.copytree(library.shipped / SAMPLE, library.root / "my-copy")
    return "my-copy"


def test_chosen_model_says_so_when_it_takes_the_only_one(capsys):
    assert chosen_model(None, None, None, trusted=False).id == SAMPLE
    said = capsys.readouterr()
    assert f"predicting with {SAMPLE}, the only one" in said.err
    assert "background, nucleus" in said.err
    assert said.out == ""


def test_chosen_model_lists_the_ids_when_there_are_several(second):
    with pytest.raises(InputError) as refused:
        chosen_model(None, None, None, trusted=False)
    assert SAMPLE in refused.value.cause
    assert second in refused.value.cause
    assert "--model ID" in refused.value.hint


def test_chosen_model_takes_the_only_one_when_the_others_are_broken(second):
    (ModelLibrary().root / second / "card.json").write_text("{")
    assert chosen_model(None, None, None, trusted=False).id == SAMPLE


def test_chosen_model_says_what_to_do_when_none_is_there(monkeypatch, tmp_path):
    monkeypatch.setattr(
        "segdesk.library.model_library.resource_path", lambda *parts: tmp_path
    )
    with pytest.raises(InputError) as refused:
        chosen_model(None, None, None, trusted=False)
    assert "segdesk models add" in refused.value.hint

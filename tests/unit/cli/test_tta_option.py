"""What `--tta` takes."""

import pytest

from segdesk.cli.tta_option import tta_of
from segdesk.core.errors import InputError
from segdesk.jobs.specs import Tta


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (None, None),
        ("flip", Tta(flip=True)),
        ("flip, 0.75,1", Tta(flip=True, scales=(0.75, 1.0))),
        ("0.5,1", Tta(flip=False, scales=(0.5, 1.0))),
    ],
)
def test_tta_of_reads_flip_and_sizes_when_given(text, wanted):
    assert tta_of(text) == wanted


@pytest.mark.parametrize("text", ["", "flop", "flip,big"])
def test_tta_of_names_what_it_takes_when_a_word_is_unknown(text):
    with pytest.raises(InputError, match="--tta is"):
        tta_of(text)

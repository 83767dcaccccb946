"""Numbers as they are typed."""

import pytest

from segdesk.app.arithmetic import value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42", 42.0),
        ("640/2", 320.0),
        ("1,024", 1024.0),
        (" (3+1) × 8 ", 32.0),
        ("–3", -3.0),
        ("2*-4", -8.0),
    ],
)
def test_value_of_takes_what_people_type(text, value):
    assert value_of(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "px", "1/0", "2**99", "__import__('os')", "1 if 1 else 2", "9" * 80, "1e400"],
)
def test_value_of_refuses_what_is_no_sum(text):
    assert value_of(text) is None

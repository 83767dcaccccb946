"""Colours of new classes."""

from segdesk.core.class_colours import colour_for
from segdesk.core.classes import BACKGROUND_GREY, SAFE_COLOURS


def test_colour_for_follows_custom_when_the_name_is_known():
    assert colour_for("Water", ()) == "#3D6DFA"
    assert colour_for(" road", ()) == "#A06192"
    assert colour_for("background", ()) == BACKGROUND_GREY


def test_colour_for_takes_a_free_one_near_custom_when_it_is_used():
    colour = colour_for("water", ["#3d6dfa"])
    assert colour != "#3D6DFA"
    red, blue = int(colour[1:3], 16), int(colour[5:7], 16)
    assert blue > red


def test_colour_for_never_repeats_while_colours_are_free():
    used = []
    for number in range(len(SAFE_COLOURS)):
        used.append(colour_for(f"thing {number}", used))
    assert len(set(used)) == len(SAFE_COLOURS)
    assert colour_for("one more", used) in SAFE_COLOURS

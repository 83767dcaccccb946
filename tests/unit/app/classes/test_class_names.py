"""Lists of class names as people paste them."""

import pytest

from segdesk.app.classes.names import parse_names, problem_with_names

ROAD_AND_SKY = ("road", "traffic light", "sky")


@pytest.mark.parametrize(
    "text",
    [
        "road\ntraffic light\nsky",
        "  road \r\n\r\n traffic light\r\nsky\n",
        "road, traffic light, sky",
        "road;traffic light;sky",
        "road\ttraffic light\tsky",
        "0: road\n1: traffic light\n2: sky",
        "1. road\n2. traffic light\n3. sky",
        "('road', 'traffic light', 'sky')",
        '["road",\n "traffic light",\n "sky",\n]',
        "'road',\n'traffic light',\n'sky',",
    ],
)
def test_parse_names_reads_a_list_however_it_is_written(text):
    assert parse_names(text) == ROAD_AND_SKY


def test_parse_names_keeps_commas_when_names_stand_on_lines():
    assert parse_names("tree, dead\ntree, alive") == ("tree, dead", "tree, alive")


def test_parse_names_keeps_numbers_that_belong_to_a_name():
    assert parse_names("4 wheeler\n2nd crop") == ("4 wheeler", "2nd crop")
    assert parse_names("") == ()


def test_problem_with_names_says_what_is_wrong():
    assert problem_with_names(ROAD_AND_SKY, 3) == ""
    assert problem_with_names(ROAD_AND_SKY, 1) == (
        "The list names 3 classes; the model predicts 1 class."
    )
    assert problem_with_names(("a", "", ""), 3) == "1 of 3 named."
    assert problem_with_names(("a", "b", "a"), 3) == (
        "Classes 0 and 2 are both called “a”."
    )
    assert "longer than 200" in problem_with_names(("x" * 201,), 1)

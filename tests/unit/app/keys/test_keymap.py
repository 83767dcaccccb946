"""Where keys work: everywhere, or only where nothing is typed."""

import pytest

from segdesk.app.catalog import all_commands
from segdesk.app.commands import Command, Where
from segdesk.app.keys.keymap import Keymap, types_text


def command(*keys: str, where: Where = Where.EVERYWHERE) -> Command:
    return Command("x.y", "X", "x", "X", lambda _context: None, keys, where=where)


def test_keymap_keeps_signs_on_the_canvas_when_other_keys_work_everywhere():
    keymap = Keymap([command("Ctrl+F", "/", "F3", "Shift+N")])
    assert keymap.everywhere("x.y") == ("Ctrl+F", "F3")
    assert keymap.on_canvas("x.y") == ("/", "Shift+N")


def test_keymap_keeps_all_keys_on_the_canvas_when_the_command_belongs_there():
    keymap = Keymap([command("D", "PgDown", where=Where.CANVAS)])
    assert keymap.everywhere("x.y") == ()
    assert keymap.on_canvas("x.y") == ("D", "PgDown")


@pytest.mark.parametrize(
    ("key", "types"),
    [("/", True), ("Shift+W", True), ("Space", True), ("Ctrl++", False), ("F9", False)],
)
def test_types_text_knows_what_a_field_would_take(key, types):
    assert types_text(key) is types


def test_no_letter_works_everywhere_when_the_program_starts():
    commands = all_commands()
    keymap = Keymap(commands)
    everywhere = [key for each in commands for key in keymap.everywhere(each.id)]
    assert not [key for key in everywhere if types_text(key)]
    assert keymap.everywhere("file.filter") == ("Ctrl+F",)
    assert keymap.on_canvas("file.filter") == ("/",)

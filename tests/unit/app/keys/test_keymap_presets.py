"""Keys of other programs, changed keys, and files of keys."""

import pytest

from segdesk.app.catalog import all_commands
from segdesk.app.keys.editing import KeymapEditing
from segdesk.app.keys.file import read_keymap, write_keymap
from segdesk.app.keys.keymap import Keymap
from segdesk.app.keys.names import normal
from segdesk.app.keys.presets import PRESETS
from segdesk.app.settings.settings import Settings
from segdesk.core.errors import InputError


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "settings.toml")


@pytest.fixture
def keymap(settings):
    keymap = Keymap(all_commands())
    settings.changed.connect(lambda now: keymap.use(now.keymap, now.keys))
    return keymap


@pytest.mark.parametrize("preset", PRESETS)
def test_no_preset_has_a_conflict_or_a_key_that_is_none(preset):
    keymap = Keymap(all_commands(), preset=preset)
    assert keymap.conflicts() == ()
    assert set(PRESETS[preset].keys) <= set(keymap.ids)
    for command_id in keymap.ids:
        for key in keymap.keys(command_id):
            assert normal(key), (command_id, key)
            assert not keymap.why_not(command_id, key)
        both = set(keymap.everywhere(command_id)) | set(keymap.on_canvas(command_id))
        assert both == set(keymap.keys(command_id))


def test_preset_of_cvat_turns_the_keys_of_the_images():
    keymap = Keymap(all_commands(), preset="cvat")
    assert keymap.shown("file.next") == "F"
    assert keymap.shown("file.previous") == "D"
    assert keymap.owner("Ctrl+1") == "tool.class_1"


def test_a_key_goes_from_one_command_to_another_when_it_is_given_away(keymap, settings):
    editing = KeymapEditing(keymap, settings)
    assert keymap.owner("d") == "file.next"
    editing.add("view.fit", "D")
    assert keymap.keys("view.fit") == ("F", "D")
    assert keymap.keys("file.next") == ("PgDown",)
    assert keymap.conflicts() == ()
    assert editing.takes_from("file.next") == ("view.fit",)
    editing.reset("file.next")
    assert keymap.keys("file.next") == ("D", "PgDown")
    assert keymap.keys("view.fit") == ("F",)
    assert settings.is_default("keys")  # both are as they came: nothing is kept


def test_enter_is_given_and_taken_with_its_twin(keymap, settings):
    editing = KeymapEditing(keymap, settings)
    editing.add("view.fit", "Alt+Return")
    assert keymap.keys("view.fit") == ("F", "Alt+Return", "Alt+Enter")
    assert keymap.shown_all("view.fit") == ("F", "Alt+Enter")
    editing.remove("view.fit", "Alt+Enter")
    assert keymap.keys("view.fit") == ("F",)


def test_a_held_key_and_a_fixed_one_are_refused(keymap, settings):
    editing = KeymapEditing(keymap, settings)
    with pytest.raises(InputError, match="was not set"):
        editing.add("view.pan_held", "Ctrl+P")
    with pytest.raises(InputError):
        editing.add("view.fit", "Esc")


def test_a_preset_brings_its_wheel_and_drops_own_keys(keymap, settings):
    editing = KeymapEditing(keymap, settings)
    editing.add("view.fit", "F3")
    editing.choose("labelme")
    assert keymap.keys("view.fit") == ("Ctrl+F", "F")
    assert settings.preferences.wheel == "scroll"
    editing.choose("segdesk")
    assert settings.preferences.wheel == "zoom"


def test_keys_come_back_from_a_file_when_some_of_it_is_not_known(tmp_path, keymap):
    path = write_keymap(tmp_path / "k.toml", "cvat", {"view.fit": ("Ctrl+9", "F8")})
    path.write_text(path.read_text() + '"no.such" = ["F1"]\n"view.grid" = 3\n')
    found = read_keymap(path, keymap.ids)
    assert (found.preset, dict(found.keys)) == ("cvat", {"view.fit": ("Ctrl+9", "F8")})
    assert len(found.left) == 2
    path.write_text('keymap = "emacs"')
    with pytest.raises(InputError, match="was not read"):
        read_keymap(path, keymap.ids)


@pytest.mark.parametrize(
    ("written", "spelt"),
    [
        ("shift+control+e", "Ctrl+Shift+E"),
        ("Ctrl++", "Ctrl++"),
        ("+", "+"),
        ("Shift+!", "Shift+1"),
        ("PageDown", "PgDown"),
        ("ctrl+f12", "Ctrl+F12"),
        ("Ctrl+Nonsense", None),
        ("Hyper+X", None),
        ("", None),
    ],
)
def test_normal_gives_each_key_one_spelling(written, spelt):
    assert normal(written) == spelt

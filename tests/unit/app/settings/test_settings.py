import pytest

from segdesk.app.settings.preferences import SCHEMA, Preferences
from segdesk.app.settings.schema import allowed, problem_of
from segdesk.app.settings.settings import Settings
from segdesk.core.errors import InputError


def test_settings_keep_comments_and_hold_only_differences_when_written(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('# mine\ntheme = "light"\n')
    settings = Settings(path)
    settings.load()
    settings.update(opacity=0.7)
    settings.update(theme="dark")
    settings.writer()()
    text = path.read_text()
    assert "# mine" in text
    assert "theme" not in text
    again = Settings(path)
    again.load()
    assert again.preferences == Preferences(opacity=0.7)


def test_settings_use_the_good_values_and_say_the_bad_ones_when_edited_by_hand(
    tmp_path,
):
    path = tmp_path / "settings.toml"
    path.write_text(
        'theme = "light"\nopacity = 7\ncolour = 1\n[keys]\n"view.fit"=["F3"]'
    )
    settings = Settings(path)
    with pytest.raises(InputError) as caught:
        settings.load()
    assert "opacity" in caught.value.cause
    assert "colour" in caught.value.cause
    assert settings.preferences.theme == "light"
    assert settings.preferences.opacity == Preferences().opacity
    assert settings.preferences.keys == {"view.fit": ("F3",)}


def test_settings_leave_the_file_alone_when_it_is_not_toml(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("theme = = dark")
    settings = Settings(path)
    with pytest.raises(InputError, match="not read"):
        settings.load()
    assert path.read_text() == "theme = = dark"


def test_settings_keep_what_another_program_wrote_meanwhile(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('theme = "light"\n\n[keys]\n"view.fit" = ["F3"]  # mine\n')
    settings = Settings(path)
    settings.load()
    settings.update(opacity=0.7)
    path.write_text(path.read_text().replace("light", "system") + "# and this\n")
    settings.on_written(settings.writer()())
    settings.update(keys={"view.fit": ("F3",), "view.docks": ("F4", "F5")})
    settings.on_written(settings.writer()())
    text = path.read_text()
    assert "# mine" in text
    assert "# and this" in text
    again = Settings(path)
    again.load()
    assert again.preferences == Preferences(
        theme="system",
        opacity=0.7,
        keys={"view.fit": ("F3",), "view.docks": ("F4", "F5")},
    )


def test_settings_tell_what_changed_when_the_file_was_edited_outside(tmp_path):
    path = tmp_path / "settings.toml"
    settings = Settings(path)
    settings.load()
    assert settings.reload() == ()
    path.write_text('theme = "light"\nautosave_s = 5\n')
    heard = []
    settings.changed.connect(heard.append)
    assert settings.reload() == ("theme", "autosave_s")
    assert heard == [Preferences(theme="light", autosave_s=5)]
    assert settings.reload() == ()


def test_settings_keep_a_broken_file_aside_when_a_setting_is_changed(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("undo_mb = 128")
    settings = Settings(path)
    settings.load()
    path.write_text("theme = = dark")
    with pytest.raises(InputError):
        settings.reload()
    settings.update(theme="light")
    written = settings.writer()()
    assert written.aside.read_text() == "theme = = dark"
    assert path.read_text() == 'theme = "light"\nundo_mb = 128\n'


def test_settings_of_a_passing_sitting_leave_the_file_alone(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("theme = = dark")
    settings = Settings(path, is_passing=True)
    settings.load()
    settings.update(theme="light")
    assert settings.writer()() is None
    assert path.read_text() == "theme = = dark"


def test_settings_reset_leaves_only_what_still_differs(tmp_path):
    path = tmp_path / "settings.toml"
    settings = Settings(path)
    settings.update(theme="light", opacity=0.7)
    settings.reset("theme")
    assert settings.is_default("theme")
    settings.on_written(settings.writer()())
    assert path.read_text() == "opacity = 0.7\n"
    settings.reset()
    settings.on_written(settings.writer()())
    assert path.read_text() == ""


def test_every_setting_takes_its_own_default_and_says_what_else():
    for one in SCHEMA:
        assert problem_of(one, one.default) is None
        assert problem_of(one, object()) is not None
        assert allowed(one)
        assert one.title
        assert one.help.endswith(".")

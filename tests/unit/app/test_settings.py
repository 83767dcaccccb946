import pytest

from segdesk.app.settings import Preferences, Settings
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

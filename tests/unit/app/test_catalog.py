from segdesk.app.catalog import all_commands
from segdesk.app.commands import Command
from segdesk.app.keys.keymap import Keymap


def test_every_command_has_title_icon_and_a_short_tip():
    for command in all_commands():
        assert command.title, command.id
        assert command.icon, command.id
        assert command.tip.endswith("."), command.id
        assert len(command.tip) <= 90, command.id
        assert "." in command.id


def test_no_key_runs_two_commands():
    assert Keymap(all_commands()).conflicts() == ()


def test_keymap_tells_the_conflict_when_a_setting_takes_a_used_key():
    commands = all_commands()
    keymap = Keymap(commands, {"view.fit": ("T",)})
    assert keymap.keys("view.fit") == ("T",)
    assert ("T", "view.fit", "view.overlay") in keymap.conflicts()


def test_registry_turns_an_error_into_a_notice_when_a_command_fails():
    from types import SimpleNamespace

    from segdesk.app.notices import Notices

    def fail(_context) -> None:
        raise ZeroDivisionError("by zero")

    registry = all_commands()
    registry.add(Command("test.fail", "Fail", "x", "Test", fail))
    notices = Notices()
    registry.bind(SimpleNamespace(notices=notices))
    registry.run("test.fail")
    assert "ZeroDivisionError" in notices.history[-1].cause
    assert "test_catalog" in notices.history[-1].detail

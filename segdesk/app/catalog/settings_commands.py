"""What the user prefers, and the keys."""

from segdesk.app.commands import Command
from segdesk.app.context import AppContext
from segdesk.app.keys.editing import KeymapEditing
from segdesk.app.keys.file import SUFFIX, read_keymap
from segdesk.app.settings.changing import SettingsChanging
from segdesk.core.language import joined, tr

_KINDS = tr("Keys (*.toml)")


def _export(context: AppContext) -> None:
    name = f"{context.settings.preferences.keymap}{SUFFIX}"
    path = context.dialogs.choose_file_to_write(name, _KINDS)
    if path is not None:
        KeymapEditing(context.keymap, context.settings).write(path)
        context.notices.toast(tr("Wrote {name}", name=path.name))


def _import(context: AppContext) -> None:
    path = context.dialogs.choose_file(tr("Import keys"), _KINDS)
    if path is None:
        return
    found = read_keymap(path, context.keymap.ids)
    before = context.settings.preferences
    editing = KeymapEditing(context.keymap, context.settings)
    editing.take(found.preset, found.keys)
    context.notices.toast(
        joined(" ", (tr("Took the keys of {name}.", name=path.name), *found.left[:2])),
        lambda: editing.take(before.keymap, before.keys),
    )


def _reset(context: AppContext) -> None:
    before = context.settings.preferences
    changing = SettingsChanging(context.settings, context.predicting)
    changing.reset()
    text = tr("All settings are as SegDesk came")
    context.notices.toast(text, lambda: changing.restore(before))


COMMANDS = (
    Command(
        "app.settings",
        tr("Settings"),
        "gear-six",
        tr("Help"),
        lambda context: context.window.show_settings(),
        ("Ctrl+,",),
        tr("Change how SegDesk looks and works."),
    ),
    Command(
        "app.reset_settings",
        tr("Reset all settings"),
        "arrow-counter-clockwise",
        tr("Help"),
        _reset,
        (),
        tr("Go back to the settings and keys that SegDesk came with."),
    ),
    Command(
        "app.import_keys",
        tr("Import keys"),
        "download-simple",
        tr("Help"),
        _import,
        (),
        tr("Take the keys of a file that was exported before."),
    ),
    Command(
        "app.export_keys",
        tr("Export keys"),
        "export",
        tr("Help"),
        _export,
        (),
        tr("Write preset and own keys into a file to hand on."),
    ),
)

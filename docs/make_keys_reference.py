"""Writes docs/reference/keys.md from commands and presets: `make docs`."""

import sys
from collections.abc import Mapping
from pathlib import Path

from segdesk.app.catalog import all_commands
from segdesk.app.keys.keymap import FIXED, HELD, Keymap
from segdesk.app.keys.names import shown_all
from segdesk.app.keys.presets import PRESETS

PAGE = Path(__file__).parent / "reference" / "keys.md"
_HEAD = """# Keys

Made by `make docs` from the commands themselves. `Ctrl+/` shows them in the window,
where each can be changed; `Alt+Enter` on a command of the palette leads there.

- A command may have several keys. A key has one command: whose it is is said before it
  is taken.
- Keys that type a letter or a sign work on the picture and in lists, not in fields.
- *Keys as in* takes over the keys of labelme, X-AnyLabeling or CVAT; own keys are laid
  over them, and kept in `settings.toml` as far as they differ.
- *Export keys* writes preset and own keys into a file, *Import keys* takes one.

Commands without a key are in the menus and in the palette (`Ctrl+K`).
"""
_HELD = {"view.pan_held": "Pan, while it is down", "view.hide_held": "Hide the overlay"}


def page() -> str:
    """Return the page as it should be."""
    commands = all_commands()
    keymaps = {name: Keymap(commands, preset=name) for name in PRESETS}
    titles = [preset.title for preset in PRESETS.values()]
    head = f"| command | {' | '.join(titles)} |\n|---|{'---|' * len(titles)}\n"
    parts = [_HEAD]
    categories = dict.fromkeys(command.category for command in commands)
    for category in categories:
        rows = [
            _row(command.title, command.id, keymaps)
            for command in commands
            if command.category == category
        ]
        if any(rows):
            parts.append(f"## {category}\n\n{head}{''.join(rows)}")
    held = "".join(_row(_HELD[name], name, keymaps) for name in HELD)
    parts.append(f"## Held\n\n{head}{held}")
    fixed = "".join(f"| {key} | {words} |\n" for key, words in FIXED.items())
    parts.append(f"## Not to be changed\n\n| key | what it does |\n|---|---|\n{fixed}")
    parts.extend(_missing())
    return "\n".join(parts)


def _row(title: str, command_id: str, keymaps: Mapping[str, Keymap]) -> str:
    cells = [
        ", ".join(f"`{key}`" for key in shown_all(keymap.keys(command_id)))
        for keymap in keymaps.values()
    ]
    cells = [cell.replace("```", "`` ` ``") for cell in cells]
    return f"| {title} | {' | '.join(cells)} |\n" if any(cells) else ""


def _missing() -> list[str]:
    """Return a part for each preset: keys of that program without a counterpart."""
    parts = []
    for preset in PRESETS.values():
        if preset.missing:
            rows = "".join(f"| {key} | {words} |\n" for key, words in preset.missing)
            wheel = "zooms, as here" if preset.wheel == "zoom" else "scrolls"
            parts.append(
                f"## {preset.title}: what has no counterpart\n\n"
                f"The wheel {wheel}; the preset sets it so.\n\n"
                f"| key there | what it does there, or what does it here |\n|---|---|\n"
                f"{rows}"
            )
    return parts


if __name__ == "__main__":
    sys.stdout.write(f"{PAGE}\n")
    PAGE.write_text(page(), encoding="utf-8")

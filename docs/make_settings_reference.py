"""Writes docs/reference/settings.md from the settings themselves: `make docs`."""

import sys
from pathlib import Path

from segdesk.app.settings.preferences import SCHEMA
from segdesk.app.settings.schema import Applies, Group, Kind, Setting, allowed

PAGE = Path(__file__).parent / "reference" / "settings.md"
_HEAD = """# Settings

Made by `make docs` from the settings themselves. `Ctrl+,` shows them in the window;
every change is in force at once, unless the table says otherwise.

## The file

`settings.toml` lies in [the folder of settings](files.md). It holds only what differs
from the defaults, and can be edited by hand:

```toml
theme = "light"
autosave_s = 5      # seconds
undo_mb = 256

[keys]
"view.fit" = ["F", "F3"]
"class.lock" = []   # no key
```

- A running window takes up what you write, and says so.
- Your comments stay, and so do names that SegDesk does not know.
- A value that cannot be used is told; the others are in force.
- A file that is no TOML is told and left as it is. Only when you change a setting in
  the window is it written anew; the one before is kept as `settings.toml.damaged-…`.
- *Reset all settings* in the palette goes back to the defaults, with Undo.

## Safe mode

`segdesk --safe` starts with the defaults, without the layout, the model and the engine
of the last sitting, and writes nothing of its settings. After two starts that did not
come to a window SegDesk offers it by itself.
"""
_APPLIES = {Applies.ENGINE: " (next engine)", Applies.START: " (next start)"}


def page() -> str:
    """Return the page as it should be."""
    parts = [_HEAD]
    for group in Group:
        rows = [_row(one) for one in SCHEMA if one.group is group]
        head = "| name | values | default | meaning |\n|---|---|---|---|\n"
        parts.append(f"## {group.words}\n\n{head}{''.join(rows)}")
    return "\n".join(parts)


def _row(one: Setting) -> str:
    meaning = f"**{one.title}.** {one.help}{_APPLIES.get(one.applies, '')}"
    cells = (f"`{one.name}`", _values(one), _default(one), meaning)
    return f"| {' | '.join(cells)} |\n"


def _values(one: Setting) -> str:
    unit = f" {one.unit}" if one.unit else ""
    return f"{allowed(one)}{unit}".replace("|", "\\|")


def _default(one: Setting) -> str:
    if one.kind is Kind.KEYS:
        return ""
    if isinstance(one.default, bool):
        return f"`{str(one.default).lower()}`"
    if isinstance(one.default, str):
        return f'`"{one.default}"`'
    return f"`{one.default}`"


if __name__ == "__main__":
    sys.stdout.write(f"{PAGE}\n")
    PAGE.write_text(page(), encoding="utf-8")

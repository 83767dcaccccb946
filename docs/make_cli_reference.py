"""Writes docs/reference/cli.md from the commands themselves: `make docs`."""

import sys
from pathlib import Path
from typing import Any

import typer

from segdesk.cli import build_app

PAGE = Path(__file__).parent / "reference" / "cli.md"
_HEAD = """# Command line

Made by `make docs` from the commands themselves.

`segdesk [PATH...]` without a command opens the window with images or folders. `--json`
prints one JSON document on stdout; everything else goes to stderr.

| exit code | meaning |
|---|---|
| 0 | all right |
| 1 | some items failed |
| 2 | wrong call or model |
| 130 | stopped with Ctrl+C; what was done is kept |
"""


def _parameters(command: Any) -> list[str]:
    rows = []
    for parameter in command.params:
        if parameter.param_type_name == "option":
            name = ", ".join(f"`{option}`" for option in parameter.opts)
            if "--help" in parameter.opts:
                continue
            default = parameter.default
            text = (parameter.help or "").replace("|", "\\|")
        else:
            name = f"`{parameter.name.upper()}`"
            default = None
            text = (getattr(parameter, "help", "") or "").replace("|", "\\|")
        has_none = default is None or default is False or default == ()
        shown = "" if has_none or callable(default) else str(default)
        rows.append(f"| {name} | {text} | {shown} |")
    return rows


def _section(path: str, command: Any) -> list[str]:
    children = getattr(command, "commands", None)
    if children:
        lines = []
        for name, child in children.items():
            lines += _section(f"{path} {name}", child)
        return lines
    words = (command.help or "").split("\n\n")[0].replace("\n", " ").strip()
    lines = ["", f"## `{path}`", "", words]
    rows = _parameters(command)
    if rows:
        lines += ["", "| | | default |", "|---|---|---|", *rows]
    return lines


def page() -> str:
    """Return the page as it should be."""
    root = typer.main.get_command(build_app())
    return _HEAD + "\n".join(_section("segdesk", root)) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")

"""The one style sheet of the application, made from a template and the tokens."""

from collections.abc import Mapping
from functools import cache
from string import Template

from segdesk.core.paths import resource_path


def style_sheet(tokens: Mapping[str, str]) -> str:
    """Return the style sheet in the colours of a theme.

    Parameters
    ----------
    tokens
        Colours by role, "#RRGGBB".
    """
    labels = "\n".join(
        f'QLabel[role="{role}"] {{ color: {code}; }}' for role, code in tokens.items()
    )
    return f"{_template().substitute(tokens)}\n{labels}\n"


@cache
def _template() -> Template:
    return Template(resource_path("style.qss").read_text(encoding="utf-8"))

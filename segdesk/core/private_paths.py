"""Reports that may be shown to others: without the folders of the person."""

import re

_KEPT = ("segdesk", "site-packages")  # parts after which a path says nothing private
_QUOTED = re.compile(r"""(["'])((?:[A-Za-z]:[\\/]|/)[^"'\n]+)\1""")
_BARE = re.compile(r"(?<![\w.:/\\<…])(?:[A-Za-z]:[\\/]|/)(?:[^\s\\/:\"',;()]+[\\/])+")


def without_folders(text: str) -> str:
    """Return a text whose absolute paths have lost the folders that lead to them.

    A file keeps its name, and a file of SegDesk or of a package its place in there:
    that is what a report is read for.

    Parameters
    ----------
    text
        A traceback, a log, a message.
    """
    quoted = _QUOTED.sub(lambda m: f"{m[1]}{_shortened(m[2])}{m[1]}", text)
    return _BARE.sub(lambda m: _shortened(m[0]), quoted)


def _shortened(path: str) -> str:
    parts = re.split(r"[\\/]", path)
    for kept in _KEPT:
        if kept in parts[:-1]:
            at = len(parts) - 1 - parts[::-1].index(kept)
            first = at if kept == "segdesk" else at + 1
            return "/".join(("…", *parts[first:]))
    return f"…/{parts[-1]}"

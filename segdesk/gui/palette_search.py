"""What the command palette finds: rows that fit what was typed, the best first."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segdesk.app.settings.preferences import SHOWN
from segdesk.core.language import tr

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_BEST_AT_MOST = 5
_FOUND_AT_MOST = 100
_RECENT_AT_MOST = 5
_SLICE_S = 0.004
_AT_START, _AT_WORD, _INSIDE, _SCATTERED = 0, 1, 2, 3
SETTING = "setting:"  # before the name of a setting, as the id of its row
_PREFIXES = {">": "commands", "@": "files", "#": "classes"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the palette.

    Parameters
    ----------
    id
        Command id, index of a file or class, or the name of a setting after `SETTING`.
    note
        In quiet letters behind the title: where it belongs, or why it is off.
    marks
        Indices of the letters that were typed.
    colour
        "#RRGGBB" of a class, shown in place of an icon.
    """

    id: str
    title: str
    note: str = ""
    icon: str = ""
    key: str = ""
    is_off: bool = False
    marks: tuple[int, ...] = ()
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Parameters
    ----------
    groups
        Headings with their rows; no empty group.
    summary
        How many of how many: "14 of 212 commands".
    """

    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    summary: str


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a text fits: a smaller rank is better."""

    rank: tuple[int, int, int]
    marks: tuple[int, ...]


def fit(query: str, text: str) -> Fit | None:
    """Return how well a text fits what was typed, or None if it does not.

    Every word of the query must occur: best at the start of the text, then at the
    start of a word, then inside one, at last scattered in order. Case is ignored.
    """
    folded = text.casefold()
    marks: set[int] = set()
    worst, total = _AT_START, 0
    for word in query.casefold().split():
        place = _place(word, folded)
        if place is None:
            return None
        kind, where = place
        worst = max(worst, kind)
        total += where[-1] - where[0]
        marks.update(where)
    if worst is _AT_WORD and marks and min(marks) == 0:
        worst = _AT_START
    return Fit((worst, total, len(text)), tuple(sorted(marks)))


def _place(word: str, folded: str) -> tuple[int, tuple[int, ...]] | None:
    at = folded.find(word)
    if at == 0:
        return _AT_START, tuple(range(len(word)))
    start = at
    while start > 0:
        if not folded[start - 1].isalnum():
            return _AT_WORD, tuple(range(start, start + len(word)))
        start = folded.find(word, start + 1)
    if at > 0:
        return _INSIDE, tuple(range(at, at + len(word)))
    where: list[int] = []
    for letter in word:
        at = folded.find(letter, where[-1] + 1 if where else 0)
        if at < 0:
            return None
        where.append(at)
    return _SCATTERED, tuple(where)


def split_prefix(typed: str) -> tuple[str, str]:
    """Return what is searched ("commands", "files", "classes") and for which text."""
    kind = _PREFIXES.get(typed[:1])
    return (kind, typed[1:].strip()) if kind else ("commands", typed.strip())


def find_commands(
    context: "AppContext", query: str, recent: Sequence[str] = ()
) -> Found:
    """Return the commands that fit; those that cannot run now say why.

    Parameters
    ----------
    recent
        Ids of commands that ran lately, newest first; they lead while nothing is
        typed.
    """
    rows = {
        command.id: _command_row(context, command.id) for command in (context.commands)
    }
    if not query:
        lately = [rows[key] for key in recent if key in rows][:_RECENT_AT_MOST]
        others = [row for row in rows.values() if row not in lately]
        return _found(
            (tr("Recent"), lately),
            (tr("All commands"), others),
            _of(rows, tr("command"), tr("commands")),
        )
    fitting = []
    for row in rows.values():
        how = fit(query, row.title)
        if how is not None:
            fitting.append((how.rank, replace(row, marks=how.marks)))
    summary = tr(
        "{fitting:,} of {of}",
        fitting=len(fitting),
        of=_commands(rows),
    )
    fitting += _settings(query)
    fitting.sort(key=lambda pair: pair[0])
    best = [row for rank, row in fitting if rank[0] == _AT_START and not row.is_off][
        :_BEST_AT_MOST
    ]
    also = [row for _, row in fitting if row not in best]
    return _found((tr("Best matches"), best), (tr("Also"), also), summary)


def _settings(query: str) -> "list[tuple[tuple[int, int, int], Row]]":
    """Return the settings whose titles hold what was typed as whole parts."""
    found = []
    for one in SHOWN:
        how = fit(query, one.title)
        if how is not None and how.rank[0] < _SCATTERED:
            row = Row(
                f"{SETTING}{one.name}", one.title, tr("Settings"), "sliders-horizontal"
            )
            found.append((how.rank, replace(row, marks=how.marks)))
    return found


def find_classes(context: "AppContext", query: str) -> Found:
    """Return the classes whose names fit."""
    classes = context.session.classes
    names = classes.names if classes else ()
    rows = []
    for index, name in enumerate(names):
        how = fit(query, name) if query else Fit((0, 0, 0), ())
        if how is not None and classes is not None:
            colour = classes.palette[index]
            row = Row(
                str(index),
                name,
                tr("class {index}", index=index),
                marks=how.marks,
                colour=colour,
            )
            rows.append((how.rank, row))
    rows.sort(key=lambda pair: pair[0])
    found = [row for _, row in rows][:_FOUND_AT_MOST]
    total = _of(names, tr("class"), tr("classes"))
    summary = tr("{rows:,} of {total}", rows=len(rows), total=total) if query else total
    return _found((tr("Classes"), found), ("", []), summary)


def find_files(context: "AppContext", query: str) -> Iterator[Found | None]:
    """Look through the open files a few milliseconds at a time.

    Yields
    ------
    Found or None
        None after every slice without an end; at last what was found. The search ends
        early once it has a hundred names that begin as typed.
    """
    paths = context.session.files.paths
    total = _of(paths, tr("file"), tr("files"))
    fitting: list[tuple[tuple[int, int, int], Row]] = []
    enough = 0
    until = time.perf_counter() + _SLICE_S
    for index, path in enumerate(paths):
        if time.perf_counter() > until:
            yield None
            until = time.perf_counter() + _SLICE_S
        name = path.name
        how = fit(query, name) if query else Fit((0, 0, 0), ())
        if how is not None:
            note = path.parent.name
            row = Row(str(index), name, note, "image", marks=how.marks)
            fitting.append((how.rank, row))
            enough += how.rank[0] == _AT_START
        if enough >= _FOUND_AT_MOST:
            break
    fitting.sort(key=lambda pair: pair[0])
    rows = [row for _, row in fitting[:_FOUND_AT_MOST]]
    shown = (
        tr("first {rows}", rows=len(rows))
        if len(fitting) > len(rows)
        else f"{len(rows)}"
    )
    summary = (
        tr("{shown} of {total}", shown=shown, total=total)
        if query or len(rows) < len(paths)
        else total
    )
    yield _found((tr("Files"), rows), ("", []), summary)


def _command_row(context: "AppContext", command_id: str) -> Row:
    command = context.commands[command_id]
    why = context.commands.disabled_why(command_id)
    key = context.keymap.shown(command_id)
    note = why or command.category
    return Row(command_id, command.title, note, command.icon, key, why is not None)


def _found(
    first: tuple[str, list[Row]], second: tuple[str, list[Row]], summary: str
) -> Found:
    groups = tuple((title, tuple(rows)) for title, rows in (first, second) if rows)
    return Found(groups, summary)


def _commands(rows: dict[str, Row]) -> str:
    return _of(rows, tr("command"), tr("commands"))


def _of(things: Sequence[object] | dict[str, Row], one: str, many: str) -> str:
    count = len(things)
    return tr("{count:,} {noun}", count=count, noun=one if count == 1 else many)

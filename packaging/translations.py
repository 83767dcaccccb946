"""Bring the files of Qt Linguist up to date with the sentences of the program.

    python packaging/translations.py           write them
    python packaging/translations.py --check   end with 1 where one is out of date

A sentence is the literal that `tr` or `plural` is called with. What is translated
stays; a sentence that is new is marked as unfinished, one that is gone leaves.
"""

import argparse
import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
_ABOUT = "\x04"


@dataclass
class Sentence:
    """One sentence of the program.

    Parameters
    ----------
    many
        It has forms by number; the source is that of many, `one` that of one.
    places
        Files that say it.
    """

    source: str
    about: str = ""
    one: str = ""
    many: bool = False
    places: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """As `segdesk.core.language` looks it up."""
        return self.source + _ABOUT + self.about if self.about else self.source


def sentences(package: Path = ROOT / "segdesk") -> dict[str, Sentence]:
    """Return every sentence by its key, in the order of the files.

    Raises
    ------
    ValueError
        A call is not made with literals, so that nobody could translate it.
    """
    found: dict[str, Sentence] = {}
    for path in sorted(package.rglob("*.py")):
        place = path.relative_to(package.parent).as_posix()
        for sentence in _sentences_of(path, place):
            known = found.setdefault(sentence.key, sentence)
            if place not in known.places:
                known.places.append(place)
    return found


def _sentences_of(path: Path, place: str) -> Iterator[Sentence]:
    if path.name == "language.py":
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id == "tr":
            about = next((k.value for k in node.keywords if k.arg == "about"), None)
            about = node.args[1] if len(node.args) > 1 else about
            source = _literal(node.args[0], node, place)
            yield Sentence(source, _literal(about, node, place) if about else "")
        elif node.func.id == "plural":
            one, many = (_literal(part, node, place) for part in node.args[1:3])
            yield Sentence(many, one=one, many=True)


def _literal(node: ast.expr, call: ast.Call, place: str) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    msg = f"{place}:{call.lineno}: {ast.unparse(call)} does not have a literal sentence"
    raise ValueError(msg)


def read_forms(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the translations of a file by key; unfinished ones are not among them."""
    if not path.exists():
        return {}
    found = {}
    for message in ET.parse(path).iter("message"):  # noqa: S314 - our own file
        translation = message.find("translation")
        if translation is None or translation.get("type"):
            continue
        about = message.findtext("comment", "")
        forms = [form.text or "" for form in translation.iter("numerusform")]
        key = message.findtext("source", "") + (_ABOUT + about if about else "")
        found[key] = tuple(forms or [translation.text or ""])
    return found


def as_ts(
    code: str, wanted: dict[str, Sentence], forms: dict[str, tuple[str, ...]]
) -> str:
    """Return the text of a file; a context is a folder of the program."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<!DOCTYPE TS>"]
    lines.append(f'<TS version="2.1" language="{code}" sourcelanguage="en">')
    folder = ""
    for sentence in sorted(wanted.values(), key=lambda one: one.places[0]):
        of = str(Path(sentence.places[0]).parent.as_posix())
        if of != folder:
            lines += ["</context>"] if folder else []
            lines += ["<context>", f"    <name>{of}</name>"]
            folder = of
        lines += _message(sentence, forms.get(sentence.key, ()))
    lines += ["</context>"] if folder else []
    return "\n".join([*lines, "</TS>", ""])


def _message(sentence: Sentence, forms: tuple[str, ...]) -> Iterator[str]:
    yield '    <message numerus="yes">' if sentence.many else "    <message>"
    yield f"        <source>{_xml(sentence.source)}</source>"
    if sentence.about:
        yield f"        <comment>{_xml(sentence.about)}</comment>"
    if sentence.many:
        yield f"        <extracomment>One: {_xml(sentence.one)}</extracomment>"
    state = "" if forms else ' type="unfinished"'
    if sentence.many:
        each = (f"<numerusform>{_xml(form)}</numerusform>" for form in forms or ("",))
        text = "".join(each)
    else:
        text = _xml(forms[0]) if forms else ""
    yield f"        <translation{state}>{text}</translation>"
    yield "    </message>"


def _xml(text: str) -> str:
    return escape(text).replace("\n", "&#10;")


def main() -> int:
    """Write or check every file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    wanted, stale = sentences(), 0
    for path in sorted(FOLDER.glob("segdesk_*.ts")):
        forms = read_forms(path)
        code = path.stem.removeprefix("segdesk_")
        text = as_ts(code, wanted, forms)
        missing = sum(key not in forms for key in wanted)
        print(f"{path.name}: {len(wanted):,} sentences, {missing:,} not translated")
        if text != path.read_text("utf-8"):
            stale += 1
            if not check:
                path.write_text(text, "utf-8")
        stale += missing if check else 0
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())

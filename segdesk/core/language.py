"""The languages of the window: English inside, translated where it is shown.

`tr` returns English text that remembers how it was made, a `Phrase`. Every room takes
it for the string that it is: it is compared, logged, pickled and printed as English.
Where text is put on the screen, `shown` turns it into the language in use. So nothing
has to be made anew when the language changes, and what the engine's process says is
translated like everything else.

A translation is a file of Qt Linguist, `resources/translations/segdesk_<code>.ts`.
"""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from segdesk.core.paths import resource_path

ENGLISH: Final = "en"
LANGUAGES: Final[Mapping[str, str]] = {ENGLISH: "English", "zh_CN": "简体中文"}
"""Code and own name of each language."""

_ABOUT = "\x04"
_PACKED = "\x02"


class Phrase(str):
    """English text that knows its sentence and what was put into it.

    Only `tr`, `plural` and `joined` make one.
    """

    __slots__ = ("key", "values")

    key: str
    values: "Mapping[str, object]"

    def __new__(
        cls, english: str, key: str, values: "Mapping[str, object]"
    ) -> "Phrase":
        """Keep the sentence beside its English text."""
        self = super().__new__(cls, english)
        self.key = key
        self.values = values
        return self

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to another process whole."""
        return type(self), (str(self), self.key, dict(self.values))

    def __add__(self, other: str) -> str:
        """Stay translatable when text is put after it."""
        return joined("", (self, other))

    def __radd__(self, other: str) -> str:
        """Stay translatable when text is put before it."""
        return joined("", (other, self))

    def translated(self, sentences: "Mapping[str, tuple[str, ...]]") -> str:
        """Return the text in another language, English where that has none."""
        forms = sentences.get(self.key)
        if not forms:
            return self._filled(_sentence(self.key), sentences) if self.values else self
        return self._filled(forms[0], sentences)

    def _filled(self, form: str, sentences: "Mapping[str, tuple[str, ...]]") -> str:
        if not self.values:
            return form
        return form.format(
            **{
                name: value.translated(sentences)
                if isinstance(value, Phrase)
                else value
                for name, value in self.values.items()
            }
        )


class _Counted(Phrase):
    """A phrase with a number that decides its form."""

    __slots__ = ()

    def translated(self, sentences: "Mapping[str, tuple[str, ...]]") -> str:
        """Return the text in another language, English where that has none."""
        forms = sentences.get(self.key)
        if not forms:
            return str(self)
        # A language of one form has no choice; others tell singular and plural.
        one = self.values["n"] == 1 or len(forms) == 1
        return self._filled(forms[0 if one else -1], sentences)


class _Joined(Phrase):
    """Phrases in a row; each is translated by itself."""

    __slots__ = ()

    def translated(self, sentences: "Mapping[str, tuple[str, ...]]") -> str:
        """Return the text in another language, English where that has none."""
        return "".join(
            part.translated(sentences) if isinstance(part, Phrase) else str(part)
            for part in self.values.values()
        )


_KINDS: Final[tuple[type[Phrase], ...]] = (Phrase, _Counted, _Joined)


def tr(sentence: str, /, about: str = "", **values: object) -> str:
    """Return a sentence for the user, with values in its places.

    Parameters
    ----------
    sentence
        English, a literal: "{name} was not opened." Whole sentences only: another
        language puts the words in another order.
    about
        Tells two uses of one English word apart, for the translator.
    values
        What stands in the places; phrases among them are translated too.

    Returns
    -------
    The English text, a `Phrase`.
    """
    english = sentence.format(**values) if values else sentence
    return Phrase(english, sentence + _ABOUT + about if about else sentence, values)


def plural(n: int, one: str, many: str, /, **values: object) -> str:
    """Return a sentence in the form that a number asks for.

    Parameters
    ----------
    n
        The number; `{n}` in the sentence.
    one, many
        English, literals: "{n} image", "{n:,} images".
    """
    english = (one if n == 1 else many).format(n=n, **values)
    return _Counted(english, many, {"n": n, **values})


def joined(separator: str, parts: "Iterable[str]") -> str:
    """Return texts in a row, with a text between them, as `str.join` does."""
    row: list[str] = []
    for part in parts:
        if row and separator:
            row.append(separator)
        row.append(part)
    return _Joined(
        "".join(row), "", {str(place): part for place, part in enumerate(row)}
    )


def spaced(*parts: str) -> str:
    """Return texts in a row with a space between them; empty ones are left out."""
    return joined(" ", filter(None, parts))


def lowered(text: str) -> str:
    """Return a text for the middle of an English sentence: its first letter small."""
    return _Joined(text[:1].lower() + text[1:], "", {"0": text})


def capitalised(text: str) -> str:
    """Return a text for the start of an English sentence: its first letter large."""
    return _Joined(text[:1].upper() + text[1:], "", {"0": text})


def shown(text: str) -> str:
    """Return what the user reads: a phrase in the language in use, else the text."""
    if _in_use.sentences and isinstance(text, Phrase):
        return text.translated(_in_use.sentences)
    return text


def use(code: str) -> None:
    """Show phrases in another language from now on; an unknown one is English."""
    code = code if code in LANGUAGES else ENGLISH
    _in_use.sentences = {} if code == ENGLISH else sentences_of(code)
    _in_use.code = code


def in_use() -> str:
    """Return the code of the language in use."""
    return _in_use.code


@lru_cache(maxsize=2)
def sentences_of(code: str) -> dict[str, tuple[str, ...]]:
    """Return a language's forms for each English sentence.

    Source: the TS format of Qt Linguist.
    """
    from xml.etree import ElementTree as ET  # not needed in English

    tree = ET.parse(resource_path("translations", f"segdesk_{code}.ts"))  # noqa: S314
    found: dict[str, tuple[str, ...]] = {}
    for message in tree.iter("message"):
        source = message.findtext("source", "")
        about = message.findtext("comment", "")
        translation = message.find("translation")
        if translation is None or translation.get("type") in ("unfinished", "vanished"):
            continue
        forms = [form.text or "" for form in translation.iter("numerusform")]
        found[source + _ABOUT + about if about else source] = tuple(
            forms or [translation.text or ""]
        )
    return found


if TYPE_CHECKING:
    Words = str
else:
    Words = Phrase
"""The type of a field of a job's report that the user reads: its phrase arrives."""


def packed(phrase: Phrase) -> str:
    """Return a phrase as one text, for the way between processes."""
    values = {name: _plain(value) for name, value in phrase.values.items()}
    facts = (_KINDS.index(type(phrase)), phrase.key, values)
    return f"{phrase}{_PACKED}{json.dumps(facts)}"


def unpacked(text: str) -> Phrase:
    """Return the phrase of a text that `packed` made, or any other text as one."""
    english, mark, facts = text.rpartition(_PACKED)
    try:
        kind, key, values = json.loads(facts if mark else "[]")
    except ValueError:
        return Phrase(text, "", {})
    made: type[Phrase] = _KINDS[kind]
    return made(english, key, {name: _value(it) for name, it in values.items()})


def _plain(value: object) -> object:
    if isinstance(value, Phrase):
        return [packed(value)]
    item = getattr(value, "item", None)  # a number of numpy
    value = item() if callable(item) else value
    return value if isinstance(value, int | float) else str(value)


def _value(it: Any) -> object:  # noqa: ANN401 - JSON is untyped
    return unpacked(it[0]) if isinstance(it, list) else it


class _InUse:
    """The language in use, one for the process."""

    def __init__(self) -> None:
        self.code: str = ENGLISH
        self.sentences: Mapping[str, tuple[str, ...]] = {}


_in_use = _InUse()


def _sentence(key: str) -> str:
    return key.partition(_ABOUT)[0]

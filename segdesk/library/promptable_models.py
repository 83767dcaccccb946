"""Promptable models on the user's disk: pairs of an encoder and a decoder.

Whatever lies in the folder is found by its name; files elsewhere are remembered.
Nothing is opened here.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.core.paths import user_data_dir
from segdesk.formats.atomic import write_atomic
from segdesk.jobs.codec import decode_record, encode
from segdesk.jobs.prompt_specs import PromptFiles

_SUFFIXES = (".onnx", ".pt", ".torchscript", ".ts")
_WORD = re.compile(r"[-_. ]*(image[-_. ]*)?(encoder|decoder)[-_. ]*", re.IGNORECASE)
_FILE = "models.json"


class PromptableModel(msgspec.Struct, frozen=True):
    """A pair.

    Parameters
    ----------
    name
        For people, told from the files.
    """

    name: str
    files: PromptFiles


class _Remembered(msgspec.Struct, frozen=True):
    """What is kept between sittings: pairs elsewhere, and the one in use."""

    elsewhere: tuple[PromptableModel, ...] = ()
    chosen: str = ""


def promptable_dir() -> Path:
    """Return the folder in which promptable models are looked for."""
    return user_data_dir() / "promptable"


class PromptableModels:
    """Finds and remembers promptable models.

    Parameters
    ----------
    folder
        Where they are looked for, with the folders in it.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or promptable_dir()

    def all(self) -> tuple[PromptableModel, ...]:
        """Return those that are there, by name."""
        found = {
            model.name: model
            for model in self._remembered().elsewhere
            if model.files.encoder.is_file() and model.files.decoder.is_file()
        }
        for model in self._inside():
            found.setdefault(model.name, model)
        return tuple(found[name] for name in sorted(found, key=str.casefold))

    def chosen(self) -> PromptableModel | None:
        """Return the one in use: the one that was chosen, else the first."""
        found = self.all()
        wanted = self._remembered().chosen
        return next(
            (one for one in found if one.name == wanted), next(iter(found), None)
        )

    def choose(self, name: str) -> None:
        """Use another one from now on.

        Raises
        ------
        StorageError
            It could not be remembered.
        """
        self._write(msgspec.structs.replace(self._remembered(), chosen=name))

    def add(
        self, first: Path, second: Path, *, trusted: bool = False
    ) -> PromptableModel:
        """Remember a pair that lies elsewhere, and use it.

        Parameters
        ----------
        first, second
            Encoder and decoder, in any order where their names tell it.

        Raises
        ------
        InputError
            The same file was named twice.
        StorageError
            It could not be remembered.
        """
        if first == second:
            raise InputError(
                tr("The model was not added."),
                cause=tr("Encoder and decoder are the same file."),
                hint=tr("A promptable model has two files."),
            )
        is_turned = _half(first) == "decoder" or _half(second) == "encoder"
        encoder, decoder = (second, first) if is_turned else (first, second)
        model = PromptableModel(
            _stem(encoder) or encoder.parent.name,
            PromptFiles(encoder, decoder, trusted),
        )
        known = self._remembered()
        others = tuple(one for one in known.elsewhere if one.name != model.name)
        self._write(_Remembered((*others, model), model.name))
        return model

    def _inside(self) -> Iterator[PromptableModel]:
        if not self.folder.is_dir():
            return
        folders = [self.folder, *(one for one in self.folder.iterdir() if one.is_dir())]
        for folder in folders:
            files = sorted(
                path
                for path in folder.iterdir()
                if path.suffix.casefold() in _SUFFIXES and path.is_file()
            )
            yield from _pairs(files)

    def _remembered(self) -> _Remembered:
        try:
            return decode_record((self.folder / _FILE).read_bytes(), _Remembered)
        except (OSError, msgspec.MsgspecError):
            return _Remembered()

    def _write(self, known: _Remembered) -> None:
        write_atomic(self.folder / _FILE, encode(known))


def _pairs(files: list[Path]) -> Iterator[PromptableModel]:
    decoders = {_stem(path): path for path in files if _half(path) == "decoder"}
    for path in files:
        stem = _stem(path)
        if _half(path) == "encoder" and stem in decoders:
            name = stem or path.parent.name
            yield PromptableModel(name, PromptFiles(path, decoders[stem]))


def _half(path: Path) -> str:
    found = _WORD.search(path.stem)
    return found[2].casefold() if found else ""


def _stem(path: Path) -> str:
    """Return what the names of both halves share."""
    return _WORD.sub(" ", path.stem).strip().replace("  ", " ")

"""Specs and events as one line of JSON each."""

import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from segdesk.core.language import Phrase, packed, unpacked
from segdesk.jobs.events import Event
from segdesk.jobs.specs import JobSpec
from segdesk.jobs.training_events import EvaluationDone

Record = TypeVar("Record", bound=msgspec.Struct)

# Exit code of an engine that finished its job and cannot run another one.
EXIT_SPENT = 75

# Starts the text of a path whose bytes are not UTF-8; no path holds this character.
_RAW = "\0"


class Start(msgspec.Struct, frozen=True, tag=True):
    """To the engine: run this job."""

    job: int
    spec: JobSpec


class Stop(msgspec.Struct, frozen=True, tag=True):
    """To the engine: stop this job."""

    job: int


class Pause(msgspec.Struct, frozen=True, tag=True):
    """To the engine: let this job wait, or go on."""

    job: int
    paused: bool


class Said(msgspec.Struct, frozen=True, tag=True):
    """From the engine: an event of a job."""

    job: int
    event: Event


Request = Start | Stop | Pause


def _encode_hook(value: object) -> object:
    return packed(value) if isinstance(value, Phrase) else _plain_hook(value)


def _plain_hook(value: object) -> object:
    if isinstance(value, Path):
        return _path_text(value)
    if isinstance(value, Phrase):
        return str(value)
    msg = f"cannot encode {type(value)}"
    raise NotImplementedError(msg)


def _decode_hook(kind: type, value: object) -> Any:  # noqa: ANN401 - msgspec's door
    if issubclass(kind, Path):
        return _path_of(str(value))
    if issubclass(kind, Phrase):
        return unpacked(str(value))
    msg = f"cannot decode {kind}"
    raise NotImplementedError(msg)


def _path_text(path: Path) -> str:
    text = str(path)
    if text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text):
        return text
    return _RAW + b64encode(os.fsencode(text)).decode()


def _path_of(text: str) -> Path:
    if text.startswith(_RAW):
        return Path(os.fsdecode(b64decode(text.removeprefix(_RAW))))
    return Path(text)


# Reports keep their phrases, so that the window can translate them.
_encoder = msgspec.json.Encoder(enc_hook=_encode_hook)
_plain_encoder = msgspec.json.Encoder(enc_hook=_plain_hook)
_requests: msgspec.json.Decoder[Request] = msgspec.json.Decoder(
    Request, dec_hook=_decode_hook
)
_said: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said, dec_hook=_decode_hook)
_specs: msgspec.json.Decoder[JobSpec] = msgspec.json.Decoder(
    JobSpec, dec_hook=_decode_hook
)

_events: msgspec.json.Decoder[Event] = msgspec.json.Decoder(
    Event, dec_hook=_decode_hook
)

_evaluations: msgspec.json.Decoder[EvaluationDone] = msgspec.json.Decoder(
    EvaluationDone, dec_hook=_decode_hook
)


def encode(value: msgspec.Struct) -> bytes:
    """Return a spec, request or event as one line of JSON, without line end.

    A file's name that is not UTF-8 is kept in a path and made readable in a sentence.
    """
    is_report = isinstance(value, Said | Event)
    encoder = _encoder if is_report else _plain_encoder
    try:
        return encoder.encode(value)
    except UnicodeEncodeError:
        hook = _encode_hook if is_report else _plain_hook
        plain = msgspec.to_builtins(value, enc_hook=hook)
        return encoder.encode(_readable(plain))


def decode_request(line: bytes) -> Request:
    """Read a line that the parent wrote."""
    return _requests.decode(line)


def decode_said(line: bytes) -> Said:
    """Read a line that the engine wrote."""
    return _said.decode(line)


def decode_spec(text: bytes) -> JobSpec:
    """Read a spec from a file such as a run's `spec.json`."""
    return _specs.decode(text)


def decode_event(line: bytes) -> Event:
    """Read a line of a run's `events.jsonl`."""
    return _events.decode(line)


def decode_evaluation(text: bytes) -> EvaluationDone:
    """Read an evaluation's `evaluation.json`."""
    return _evaluations.decode(text)


def decode_record(text: bytes, kind: type[Record]) -> Record:
    """Read a struct of another kind that `encode` wrote."""
    return msgspec.json.decode(text, type=kind, dec_hook=_decode_hook)


def to_builtins(value: object) -> Any:  # noqa: ANN401 - JSON is untyped
    """Return a struct as plain dicts, lists and strings, for printing.

    Bytes of a file's name that are not UTF-8 are written as a backslash and a number.
    """
    return _readable(msgspec.to_builtins(value, enc_hook=_printed_hook))


def _printed_hook(value: object) -> object:
    return str(value) if isinstance(value, Path | Phrase) else _encode_hook(value)


def _readable(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_readable(key): _readable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(item) for item in value]
    return value

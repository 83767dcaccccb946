"""Specs and events as one line of JSON each."""

from pathlib import Path
from typing import Any

import msgspec

from segdesk.jobs.events import Event
from segdesk.jobs.specs import JobSpec


class Start(msgspec.Struct, frozen=True, tag=True):
    """To the engine: run this job."""

    job: int
    spec: JobSpec


class Stop(msgspec.Struct, frozen=True, tag=True):
    """To the engine: stop this job."""

    job: int


class Said(msgspec.Struct, frozen=True, tag=True):
    """From the engine: an event of a job."""

    job: int
    event: Event


Request = Start | Stop


def _encode_hook(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    msg = f"cannot encode {type(value)}"
    raise NotImplementedError(msg)


def _decode_hook(kind: type, value: object) -> Any:  # noqa: ANN401 - msgspec's door
    if issubclass(kind, Path):
        return Path(str(value))
    msg = f"cannot decode {kind}"
    raise NotImplementedError(msg)


_encoder = msgspec.json.Encoder(enc_hook=_encode_hook)
_requests: msgspec.json.Decoder[Request] = msgspec.json.Decoder(
    Request, dec_hook=_decode_hook
)
_said: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said, dec_hook=_decode_hook)
_specs: msgspec.json.Decoder[JobSpec] = msgspec.json.Decoder(
    JobSpec, dec_hook=_decode_hook
)


def encode(value: msgspec.Struct) -> bytes:
    """Return a spec, request or event as one line of JSON, without line end."""
    return _encoder.encode(value)


def decode_request(line: bytes) -> Request:
    """Read a line that the parent wrote."""
    return _requests.decode(line)


def decode_said(line: bytes) -> Said:
    """Read a line that the engine wrote."""
    return _said.decode(line)


def decode_spec(text: bytes) -> JobSpec:
    """Read a spec from a file such as a run's `spec.json`."""
    return _specs.decode(text)


def to_builtins(value: object) -> Any:  # noqa: ANN401 - JSON is untyped
    """Return a struct as plain dicts, lists and strings, for printing."""
    return msgspec.to_builtins(value, enc_hook=_encode_hook)

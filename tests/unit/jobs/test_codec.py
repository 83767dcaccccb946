"""Every spec and every event survives its way between the processes."""

import dataclasses
import os
import types
import typing
from pathlib import Path
from typing import Literal, Union

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segdesk.core.classes import ClassList
from segdesk.core.language import Phrase, plural, tr
from segdesk.jobs.codec import (
    Said,
    Start,
    Stop,
    decode_request,
    decode_said,
    decode_spec,
    encode,
    to_builtins,
)
from segdesk.jobs.events import Event, ItemFailed, JobResult, Noted, Succeeded
from segdesk.jobs.specs import JobSpec

_TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
_NAMES = st.text("aä中.- ", min_size=1, max_size=6)


def _paths() -> st.SearchStrategy[Path]:
    return st.builds(lambda name: Path("/") / name, _NAMES)


def _class_lists() -> st.SearchStrategy[ClassList]:
    return st.lists(_NAMES, min_size=1, max_size=4).map(
        lambda names: ClassList.from_names(tuple(names))
    )


_PLAIN = {
    str: _TEXT,
    int: st.integers(-(2**53), 2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    type(None): st.none(),
    Path: _paths(),
    ClassList: _class_lists(),
    Phrase: _TEXT | _TEXT.map(lambda text: tr("{name} was not read.", name=text)),
}


def values(kind) -> st.SearchStrategy:
    """Return values of a field's type, whatever it is made of."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if origin in (Union, types.UnionType):
        return st.one_of(*(values(arg) for arg in args))
    if origin is Literal:
        return st.sampled_from(args)
    if origin is tuple and args[-1] is Ellipsis:
        return st.lists(values(args[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*(values(arg) for arg in args))
    if origin is dict:
        return st.dictionaries(values(args[0]), values(args[1]), max_size=3)
    if dataclasses.is_dataclass(kind) or issubclass(kind, msgspec.Struct):
        hints = typing.get_type_hints(kind)
        return st.builds(kind, **{name: values(hints[name]) for name in hints})
    raise AssertionError(kind)


def members(union) -> list[type]:
    return list(typing.get_args(union))


@pytest.mark.parametrize("kind", members(Event), ids=lambda kind: kind.__name__)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_event_survives_when_sent_to_the_parent(kind, data):
    event = data.draw(values(kind))
    line = encode(Said(3, event))
    assert b"\n" not in line
    assert decode_said(line) == Said(3, event)


@pytest.mark.parametrize("kind", members(JobResult), ids=lambda kind: kind.__name__)
@settings(max_examples=10)
@given(data=st.data())
def test_result_survives_when_sent_to_the_parent(kind, data):
    event = Succeeded(data.draw(values(kind)))
    assert decode_said(encode(Said(1, event))).event == event


@pytest.mark.parametrize("kind", members(JobSpec), ids=lambda kind: kind.__name__)
@settings(max_examples=15)
@given(data=st.data())
def test_spec_survives_when_sent_and_when_written(kind, data):
    spec = data.draw(values(kind))
    assert decode_request(encode(Start(1, spec))) == Start(1, spec)
    assert decode_spec(encode(spec)) == spec
    to_builtins(spec)


def test_words_are_translatable_when_they_come_from_the_engine():
    """What the engine says is English there and another language in the window."""
    inner = plural(2, "{n} image", "{n} images")
    said = Noted("info", tr("{images} of {name}", images=inner, name="a.png"))
    arrived = decode_said(encode(Said(1, said))).event.message

    assert arrived == "2 images of a.png"
    sentences = {"{images} of {name}": ("{name}: {images}",), "{n} images": ("{n} 张",)}
    assert arrived.translated(sentences) == "a.png: 2 张"


def test_stop_survives_when_sent():
    assert decode_request(encode(Stop(5))) == Stop(5)


@pytest.mark.skipif(os.name != "posix", reason="paths are bytes on POSIX only")
def test_path_survives_when_its_bytes_are_not_utf8():
    from segdesk.jobs.specs import InspectSpec, ModelSource

    path = Path(os.fsdecode(b"/data/caf\xe9.pth"))
    spec = InspectSpec(model=ModelSource(id="m", checkpoint=path))
    assert decode_request(encode(Start(1, spec))) == Start(1, spec)


@pytest.mark.skipif(os.name != "posix", reason="file names are bytes on POSIX only")
def test_codec_keeps_a_path_and_a_sentence_readable_when_a_name_is_not_utf_8():
    path = Path(os.fsdecode(b"/data/x\xff.png"))
    event = ItemFailed(index=0, source=path, message=f"{path.name} was not opened.")
    said = decode_said(encode(Said(1, event))).event
    assert said.source == path
    assert said.message == r"x\udcff.png was not opened."
    assert to_builtins({"path": path, "item": event})["path"] == r"/data/x\udcff.png"

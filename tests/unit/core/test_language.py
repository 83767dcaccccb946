"""Tests of text that is English inside and translated where it is shown."""

import pickle

import pytest

from segdesk.core import language
from segdesk.core.language import joined, plural, shown, tr


@pytest.fixture
def chinese(monkeypatch):
    """A small language in use."""
    sentences = {
        "{count} in {place}": ("{place}里有{count}",),
        "{n:,} images": ("{n:,} 张图像",),
        ", ": ("、",),
        "Open\x04a state": ("已打开",),
        "Open": ("打开",),
    }
    monkeypatch.setattr(language, "sentences_of", lambda _code: sentences)
    language.use("zh_CN")
    yield
    language.use(language.ENGLISH)


def counted(n):
    return plural(n, "{n} image", "{n:,} images")


def test_tr_is_the_english_text_when_used_as_text():
    phrase = tr("{count} in {place}", count=counted(1), place="scans")
    assert phrase == "1 image in scans"
    assert {phrase: 1}["1 image in scans"] == 1
    assert shown(phrase) == phrase


@pytest.mark.usefixtures("chinese")
def test_shown_translates_what_is_inside_a_phrase_too():
    phrase = tr("{count} in {place}", count=counted(2000), place="Open")
    assert shown(phrase) == "Open里有2,000 张图像"
    assert shown(pickle.loads(pickle.dumps(phrase))) == shown(phrase)


@pytest.mark.usefixtures("chinese")
def test_shown_leaves_plain_text_alone_when_it_looks_like_a_sentence():
    assert shown("Open") == "Open"
    assert shown(tr("Open")) == "打开"
    assert shown(tr("Open", "a state")) == "已打开"


@pytest.mark.usefixtures("chinese")
def test_joined_and_added_phrases_are_translated_part_by_part():
    assert shown(joined(tr(", "), [tr("Open"), "a.png"])) == "打开、a.png"
    assert shown("[" + tr("Open") + "]") == "[打开]"


@pytest.mark.usefixtures("chinese")
def test_shown_is_english_when_a_sentence_has_no_translation():
    assert shown(tr("{count} were lost.", count=counted(3))) == "3 张图像 were lost."


def test_use_is_english_when_a_language_is_unknown():
    language.use("xx")
    assert language.in_use() == language.ENGLISH

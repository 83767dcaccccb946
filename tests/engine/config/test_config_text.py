"""Configs are read and written as literals; nothing in them is executed."""

import gc
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segdesk.core.errors import ConfigError, UnsafeFileError
from segdesk.engine.config.text import plain, read_config, read_trusted, write_config

pytestmark = pytest.mark.engine

_WORDS = st.text(st.characters(codec="utf-8"), max_size=6)
_ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    _WORDS,
    st.just("long " * 30),
)
_KEYS = st.one_of(st.sampled_from(["type", "class", "a_b", "x"]), _WORDS, st.integers())
_VALUES = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(_KEYS, inner, max_size=4),
    ),
    max_leaves=12,
)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(["a", "crop_size", "z9"]), _VALUES))
def test_write_is_the_inverse_of_read_and_stable(config):
    text = write_config(config)
    assert read_config(text) == config
    assert write_config(read_config(text)) == text


def test_read_takes_what_dumped_configs_are_made_of():
    text = '''"""A docstring."""
a = -1
b = dict(x=(1, 2.5), y=[None, True], **{})
c = dict({'1x': "s", 'if': {3, 4}}, k=+2)
d = {'n': float('inf'), 'e': 1e-05}
e = ('one '
     'text')
f = dict(b)
g = [b, b]
'''
    text = text.replace(", **{}", "")
    found = read_config(text)
    assert found["a"] == -1
    assert found["b"] == {"x": (1, 2.5), "y": [None, True]}
    assert found["c"] == {"1x": "s", "if": {3, 4}, "k": 2}
    assert found["d"] == {"n": float("inf"), "e": 1e-05}
    assert found["e"] == "one text"
    assert found["f"] == found["b"]
    assert found["g"][0] is not found["g"][1]


@pytest.mark.parametrize(
    "code",
    [
        "import os",
        "x = __import__('os').system('true')",
        "x = [open('{trap}', 'w')]",
        "open('{trap}', 'w')",
        "x = dict(open('{trap}', 'w'))",
        "x = dict(**open('{trap}', 'w').__dict__)",
        "x = (lambda: 1)()",
        "x = [i for i in (1, 2)]",
        "x = f'{{1}}'",
        "x = y",
        "x = ...",
        "x.y = 1",
        "x = y = 1",
        "if True:\n    x = 1",
        "with open('{trap}', 'w'): pass",
        "_base_ = ['./other.py']",
    ],
)
def test_read_refuses_and_executes_nothing_when_a_line_is_code(code, tmp_path, trap):
    path = tmp_path / "model.py"
    path.write_text("a = 1\n" + code.format(trap=tmp_path / "pwned"))
    with pytest.raises(UnsafeFileError, match=r"model\.py was not read") as refused:
        read_config(path)
    assert "Line 2" in refused.value.cause or "_base_" in refused.value.cause
    assert "trust" in refused.value.hint
    assert not trap()


@pytest.mark.parametrize(
    "text",
    [
        "model = dict(type='os.system', command='true')",
        "model = dict(type='A', head=[dict(type='subprocess.Popen', args=['true'])])",
        "model = dict(type='mmseg.apis.MMSegInferencer', model='x.py')",
        "model = dict(type='torch.hub.load', repo_or_dir='x')",
        "model = dict(type='mmseg.models.x', _scope_='evil')",
        "model = dict(type='VPD')",
        "model = dict(type=5)",
        "default_scope = 'evil'",
        "custom_imports = dict(imports=['mmseg.x', 'antigravity'])",
        "custom_imports = dict(imports='mmsegment')",
    ],
)
def test_read_refuses_types_and_imports_from_outside_the_stack(text):
    with pytest.raises(UnsafeFileError, match="not used"):
        read_config(text)


@pytest.mark.parametrize(
    "text",
    [
        "model = dict(type='mmpretrain.ConvNeXt')",
        "model = dict(type='mmseg.models.backbones.unet.UNet')",
        "custom_imports = dict(imports=['mmpretrain.models'])",
        "train_dataloader = dict(dataset=dict(type='my.Dataset'))",
    ],
)
def test_read_takes_types_of_the_stack_and_what_is_never_built(text):
    assert read_config(text)


def test_read_names_the_line_when_it_is_not_python(tmp_path):
    path = tmp_path / "notes.py"
    path.write_text("a = 1\nthis is no python\n")
    with pytest.raises(ConfigError, match=r"notes\.py was not read") as refused:
        read_config(path)
    assert "line 2" in refused.value.cause


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"a = 1\n" * 999_999, None])
def test_read_says_why_when_the_file_cannot_be_a_config(data, tmp_path):
    path = tmp_path / "model.py"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ConfigError, match=r"model\.py was not read"):
        read_config(path)


@pytest.mark.parametrize("text", ["a = " + "(" * 3000, "a = '\0'", "a = {[]: 1}"])
def test_read_survives_text_that_breaks_the_parser(text):
    with pytest.raises((ConfigError, UnsafeFileError)):
        read_config(text)


@pytest.mark.parametrize("value", [int, object(), {"type": print}])
def test_write_refuses_what_has_no_literal_form(value):
    with pytest.raises(ConfigError, match="not written"):
        write_config({"a": value})


def test_trusted_config_is_executed_with_what_it_builds_on(tmp_path):
    (tmp_path / "base.py").write_text("a = dict(x=1, y=2)\n")
    path = tmp_path / "model.py"
    path.write_text("_base_ = './base.py'\nn = 2 * 3\na = dict(x=n)\n")
    assert read_trusted(path) == {"a": {"x": 6, "y": 2}, "n": 6}


def test_trusted_config_ends_in_words_when_it_fails(tmp_path):
    path = tmp_path / "model.py"
    path.write_text("a = 1 / 0\n")
    with pytest.raises(ConfigError, match=r"model\.py was not read") as refused:
        read_trusted(path)
    assert "ZeroDivisionError" in refused.value.cause
    del refused
    with warnings.catch_warnings():
        # mmengine leaves its copy of a failed config open.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def test_dumped_configs_of_the_zoo_are_read_as_mmengine_reads_them(tmp_path):
    import mmseg
    from mmengine import Config

    zoo = Path(mmseg.__file__).parent / ".mim" / "configs"
    families = sorted(path for path in zoo.iterdir() if path.name != "_base_")
    assert len(families) > 40
    for family in families[::8]:
        path = min(family.glob("*.py"))
        config = Config.fromfile(path, import_custom_modules=False)
        want = plain(config.to_dict())
        assert read_config(config.dump()) == want, path.name
        written = tmp_path / "written.py"
        written.write_text(write_config(want))
        again = Config.fromfile(written, import_custom_modules=False)
        assert plain(again.to_dict()) == want, path.name

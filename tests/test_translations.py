"""Every sentence of the window is translated, none is left over, none goes past it."""

import ast
import importlib.util
import re
import string
from pathlib import Path

import pytest

from segdesk.core.language import ENGLISH, LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / "packaging" / "translations.py"
OTHERS = [code for code in LANGUAGES if code != ENGLISH]
# Rooms whose words are read in the window alone.
WINDOW = ("app", "gui")
# Two words or more: "Save again". One word may be a key or a name.
SENTENCE = re.compile(r"[A-Za-z][a-z]+ (?:[a-z]+ )*[a-z]{2,}")
# Nobody reads these in the window.
PLAIN = {
    "SegDesk was closed by its user after this error:",
    "batch pictures",
    "review pictures",
    "run pictures",
    "video thumbnails",
    "journal writer",
    "hand over",
    "needs review",
    "not locked",
    "of two",
    "the selected class",
    "not saved",
    "not saved yet",
    "point add",
    "point remove",
}
UNREAD_CALLS = {"compile", "fullmatch", "cast", "Thread", "Executor"}
LOGS = {"log", "logging", "logger"}


@pytest.fixture(scope="module")
def tool():
    if not TOOL.exists():
        pytest.skip("the package is installed without its packaging folder")
    spec = importlib.util.spec_from_file_location("translations", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def wanted(tool):
    return tool.sentences()


@pytest.mark.parametrize("code", OTHERS)
def test_sentences_are_all_translated_and_none_is_unused(tool, wanted, code):
    forms = tool.read_forms(tool.FOLDER / f"segdesk_{code}.ts")
    assert sorted(wanted.keys() - forms.keys()) == []
    assert sorted(forms.keys() - wanted.keys()) == []


@pytest.mark.parametrize("code", OTHERS)
def test_translations_have_the_places_of_their_sentences(tool, wanted, code):
    forms = tool.read_forms(tool.FOLDER / f"segdesk_{code}.ts")
    wrong = {
        key: form
        for key, each in forms.items()
        for form in each
        if not form.strip() or _places(form) != _places(wanted[key].source)
    }
    assert wrong == {}


@pytest.mark.parametrize("room", WINDOW)
def test_no_sentence_of_the_window_goes_past_the_translation(room):
    found = [
        f"{path.relative_to(ROOT)}:{line} {text!r}"
        for path in sorted((ROOT / "segdesk" / room).rglob("*.py"))
        for line, text in _past(ast.parse(path.read_text("utf-8")))
        if text not in PLAIN
    ]
    assert found == []


def _places(sentence):
    """Return the places of a sentence, each once: "{n:,}" counts like "{n}"."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def _past(tree):
    """Yield line and text of literals that read like sentences outside of `tr`."""
    parents = {
        child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and SENTENCE.search(node.value)
            and not _is_unread(node, parents)
        ):
            yield node.lineno, node.value


def _is_unread(node, parents):
    """Tell whether a literal is translated already, or for nobody's eyes."""
    while (parent := parents.get(node)) is not None:
        match parent:
            case ast.Call(func=ast.Name(id=name)) if name in {
                "tr",
                "plural",
            } | UNREAD_CALLS or name.endswith("Error"):
                return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if name in LOGS:
                return True
            case ast.Call(func=ast.Attribute(attr=name)) if name in UNREAD_CALLS:
                return True
            case (
                ast.Assign(targets=[ast.Name(id="msg")]) | ast.Expr() | ast.Subscript()
            ):
                return True
            case ast.keyword(arg="words") if isinstance(node, ast.Constant):
                return True  # further words that a search finds a setting by
            case ast.FunctionDef(returns=returned) if returned is node:
                return True
            case ast.arg() | ast.AnnAssign(annotation=ast.Constant()):
                return isinstance(parent, ast.arg) or parent.annotation is node
            case ast.stmt():
                return False
        node = parent
    return False

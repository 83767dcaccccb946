"""What must stay true of the house as a whole."""

import ast
import importlib.metadata
import importlib.util
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import segdesk
from segdesk.__main__ import COMMANDS
from segdesk.core.paths import config_path, resource_path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path(segdesk.__file__).parent
# In a wheel the configs lie inside the package: data, not modules.
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "configs" not in path.parts)
MOST_LINES = 400
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
# The three doors through which any error may come: see the architecture.
BROAD_EXCEPT = {"app/commands.py", "jobs/runner.py", "gui/crash.py"}

REFUSE = """
import importlib, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "torch", "mmengine", "mmcv", "mmseg"}:
            raise AssertionError(f"{name} was imported below the window")

sys.meta_path.insert(0, Refuse())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def modules_of(*rooms):
    return [
        found.name
        for room in rooms
        for found in pkgutil.walk_packages(
            [str(PACKAGE / room)], prefix=f"segdesk.{room}."
        )
    ]


def relative(path):
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.skipif(
    not (ROOT / "pyproject.toml").is_file(), reason="the contracts are in the checkout"
)
def test_contracts_are_kept_when_linted():
    pytest.importorskip("importlinter")
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_rooms_below_gui_import_when_qt_and_torch_are_refused():
    names = modules_of("core", "formats", "jobs", "library", "app", "cli")
    assert len(names) > 40
    subprocess.run([sys.executable, "-c", REFUSE, *names], check=True)


def test_files_are_short_when_counted():
    tests = sorted((ROOT / "tests").rglob("*.py"))
    lengths = {
        str(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in (*SOURCES, *tests)
    }
    too_long = {path: count for path, count in lengths.items() if count > MOST_LINES}
    assert not too_long


def test_modules_have_telling_names_when_listed():
    names = {part for path in SOURCES for part in path.with_suffix("").parts}
    assert not names & FORBIDDEN_NAMES


def test_files_begin_with_docstring_when_parsed():
    bare = [
        relative(path)
        for path in SOURCES
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert bare == []


def test_broad_except_stands_only_at_the_doors_when_searched():
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler) and _swallows_all(node):
                found.add(relative(path))
    assert found <= BROAD_EXCEPT


def _swallows_all(handler):
    broad = handler.type is None or (
        isinstance(handler.type, ast.Name)
        and handler.type.id in {"Exception", "BaseException"}
    )
    last = handler.body[-1]
    return broad and not (isinstance(last, ast.Raise) and last.exc is None)


def test_version_is_one_when_installed():
    assert importlib.metadata.version("segdesk") == segdesk.__version__


def test_shipped_files_are_found_when_asked_for():
    assert resource_path("logo.svg").is_file()
    assert any(resource_path("models").glob("*/card.json"))
    assert any(config_path().glob("*.py"))


def test_commands_have_modules_when_listed():
    modules = {name.rpartition(".")[2] for name in modules_of("cli")}
    assert set(COMMANDS) <= modules


@pytest.mark.parametrize(
    "name",
    [
        "make_cli_reference",
        "make_keys_reference",
        "make_settings_reference",
        "make_spec_reference",
    ],
)
def test_pages_made_from_code_are_as_the_code_is_when_read(name):
    script = ROOT / "docs" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text(encoding="utf-8") == module.page(), "run `make docs`"

"""What a bundle does otherwise than a Python environment."""

import sys

import pytest

from segdesk.core.frozen import (
    give_back_environment,
    install_hint,
    is_frozen,
    own_program,
)
from segdesk.jobs.process import engine_command


@pytest.fixture
def bundle(monkeypatch, tmp_path):
    program = tmp_path / "segdesk"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    return program


def test_give_back_environment_restores_when_starter_replaced_library_path():
    environment = {
        "LD_LIBRARY_PATH": "/opt/segdesk/_internal",
        "LD_LIBRARY_PATH_ORIG": "/opt/cuda/lib64",
        "_PYI_ARCHIVE_FILE": "/opt/segdesk/segdesk",
        "_PYI_PARENT_PROCESS_LEVEL": "0",
        "HOME": "/home/mei",
    }
    give_back_environment(environment)
    assert environment == {"LD_LIBRARY_PATH": "/opt/cuda/lib64", "HOME": "/home/mei"}


def test_give_back_environment_removes_when_user_had_no_library_path():
    environment = {"LD_LIBRARY_PATH": "/opt/segdesk/_internal", "LANG": "C"}
    give_back_environment(environment)
    assert environment == {"LANG": "C"}


def test_engine_command_takes_flag_when_frozen(bundle):
    assert is_frozen()
    assert engine_command() == [str(bundle), "--engine"]


def test_own_program_has_console_when_on_windows(bundle, monkeypatch):
    console = bundle.with_name("segdesk-cli.exe")
    console.touch()
    assert own_program() == str(bundle)
    monkeypatch.setattr(sys, "platform", "win32")
    assert own_program() == str(console)


def test_install_hint_does_not_offer_pip_when_frozen(bundle):
    words = "Install it: pip install onedl-mmpretrain"
    assert "takes no further packages" in install_hint(words)


def test_install_hint_is_unchanged_when_in_an_environment():
    assert install_hint("Run pip.") == "Run pip."

"""What is told of a file without torch."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from segdesk.core.errors import CheckpointError
from segdesk.engine.file_kind import check_kind


@pytest.mark.skipif(os.name != "posix", reason="file rights are POSIX ones")
def test_check_kind_says_that_the_permission_is_missing_when_a_file_is_locked():
    folder = Path(tempfile.mkdtemp(prefix="segdesk-test-"))
    folder.chmod(0o755)
    path = folder / "model.pth"
    path.write_bytes(b"PK\x03\x04")
    path.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        with pytest.raises(CheckpointError, match="not opened") as refused:
            check_kind(path)
        assert "no permission" in refused.value.cause
    finally:
        os.seteuid(user)
        shutil.rmtree(folder)

"""The display goes away under the window: what was painted comes back."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

_FAKE_ENGINE = Path(__file__).parents[1] / "fake_engine.py"
_DRIVER = """
import hashlib, json, sys, time
from pathlib import Path
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtTest import QTest
from segdesk.core.classes import ClassList
from segdesk.gui import crash
from segdesk.gui.application import Desktop, make_application, start_log
from segdesk.gui.faults import FaultWatch

deed, engine, folder = sys.argv[1:]
app = make_application()
faults = FaultWatch(start_log().parent)
desktop = Desktop([sys.executable, "-P", engine])
context = desktop.context
crash.install(context, faults)
desktop.window.resize(1200, 800)
desktop.window.show()
desktop.start((Path(folder),))

def until(done):
    end = time.monotonic() + 60
    while not done():
        app.processEvents()
        time.sleep(0.002)
        assert time.monotonic() < end

def tell():
    labels = context.annotating.document.labels
    digest = hashlib.sha256(labels).hexdigest()
    told = {"labels": digest, "painted": int((labels == 1).sum())}
    told["said"] = [one.message for one in context.notices.history]
    sys.stdout.write(json.dumps(told) + chr(10))
    sys.stdout.flush()

until(lambda: context.annotations.current is not None)
if deed == "paint":
    context.projects.set_classes(ClassList.from_names(("ground", "roof")), frozenset())
    context.annotating.choose(tool="brush", class_index=1)
    canvas = context.viewer.canvas
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().center())
    until(lambda: context.annotating.document.history.position == 1)
    tell()
    app.exec()
else:
    until(lambda: any("recovered" in one.message for one in context.notices.history))
    until(lambda: context.annotations.current is not None)
    tell()
    desktop.close()
    faults.close()
"""


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb")
def test_stroke_comes_back_when_the_display_was_lost_before_it_was_saved(
    tmp_path, segdesk_home
):
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.fromarray(np.full((60, 80, 3), 90, np.uint8)).save(folder / "a.png")
    command = [sys.executable, "-c", _DRIVER]
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        display = f":{told.readline().strip()}"
    environment = dict(os.environ, QT_QPA_PLATFORM="xcb", DISPLAY=display)
    try:
        with subprocess.Popen(
            [*command, "paint", str(_FAKE_ENGINE), str(folder)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as painting:
            line = painting.stdout.readline()
            if not line:
                pytest.fail(painting.stderr.read())
            server.kill()
            assert painting.wait(30) != 0
    finally:
        server.kill()
        server.wait()
    before = json.loads(line)
    assert before["painted"]
    assert not list(folder.rglob("annotations/*.png"))  # not saved by then

    done = subprocess.run(
        [*command, "resume", str(_FAKE_ENGINE), str(folder)],
        env=dict(os.environ, QT_QPA_PLATFORM="offscreen"),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    after = json.loads(done.stdout)
    assert after["labels"] == before["labels"]

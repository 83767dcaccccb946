"""What a training made, on its way into the library of models."""

from pathlib import Path
from types import SimpleNamespace

from segdesk.app.models.trained_models import TrainedModels
from segdesk.app.notices import Notices
from segdesk.core.classes import ClassList
from segdesk.jobs.events import TrainDone
from segdesk.jobs.specs import TrainSpec

CLASSES = ClassList.from_names(("background", "cell"))


class FakeLibrary:
    """Takes every model in under the name that is asked for."""

    def __init__(self):
        self.entries = []

    def refresh(self):
        pass

    def add(self, request, _runner, _context):
        entry = SimpleNamespace(id=f"model-{len(self.entries)}", name=request.name)
        self.entries.append(entry)
        return SimpleNamespace(entry=entry)


class FakeEngine:
    """Does work at once."""

    runner = None

    def start_work(self, work, _reported, done, _failed):
        done(work(None))


def test_model_is_told_by_what_it_is_kept_by_when_its_run_went_on(tmp_path):
    notices, told = Notices(), []
    notices.posted.connect(told.append)
    library = FakeLibrary()
    desk = SimpleNamespace(notices=notices)
    models = TrainedModels(desk, library, FakeEngine(), library)
    spec = TrainSpec(
        data_dir=Path("/nowhere"),
        architecture="unet-small",
        work_dir=tmp_path,
        name="Cells",
        keep_best="fgIoU",
    )
    done = TrainDone(
        work_dir=tmp_path,
        checkpoint=tmp_path / "model.pth",
        config=tmp_path / "config.py",
        iterations=20,
        metrics={"mIoU": 24.3, "fgIoU": 13.0},
        per_class={},
        classes=CLASSES,
        seconds=1.0,
    )
    ids = []
    models.take(spec, done, ids.append)
    models.take(spec, done, ids.append)
    assert ids == ["model-0", "model-1"]
    assert [entry.name for entry in library.entries] == ["Cells", "Cells 2"]
    assert told[-1].message == "Cells 2 is trained."
    assert told[-1].cause.startswith("Foreground IoU 13.0 %, mIoU 24.3 % on val")

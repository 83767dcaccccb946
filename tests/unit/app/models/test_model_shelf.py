import pytest

from segdesk.app.models.shelf import ModelShelf
from segdesk.app.models.shelf_entry import ShelfState
from segdesk.app.proposals.predicting import Predicting
from segdesk.core.classes import ClassList
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import Cancelled, Failed, ModelFacts, Succeeded
from segdesk.jobs.runner import attempt
from segdesk.library.model_library import ModelLibrary

CLASSES = ClassList.from_names(("road", "crack"))


class Dialogs:
    """Answers as the test says and keeps what was asked."""

    def __init__(self) -> None:
        self.classes: ClassList | None = None
        self.config = None
        self.trusts = False
        self.confirms = True
        self.asked: list[str] = []

    def ask_classes(self, model_name, num_classes):
        self.asked.append(f"classes of {model_name}: {num_classes}")
        return self.classes

    def choose_config(self, checkpoint):
        self.asked.append(f"config of {checkpoint.name}")
        return self.config

    def ask_trust(self, config, why):
        self.asked.append(f"trust {config.name}: {why}")
        return self.trusts

    def confirm(self, question, detail, verb):
        self.asked.append(question)
        return self.confirms


class Runner:
    """Answers inspections from a list."""

    def __init__(self) -> None:
        self.answers = []
        self.specs = []

    def run(self, spec, report, stop):
        self.specs.append(spec)
        return self.answers.pop(0)


@pytest.fixture
def dialogs() -> Dialogs:
    return Dialogs()


@pytest.fixture
def runner(engine) -> Runner:
    made = Runner()

    def start_work(work, report, done, ended):
        outcome = attempt(lambda: work(JobContext(report, StopFlag())))
        if isinstance(outcome, Failed | Cancelled):
            ended(outcome)
        else:
            done(outcome)
        return lambda: None

    engine.runner = made
    engine.start_work = start_work
    return made


@pytest.fixture
def shelf(desk, engine, executor, runner, dialogs, tmp_path) -> ModelShelf:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    predicting = Predicting(desk, engine, executor, scratch)
    library = ModelLibrary(tmp_path / "library", tmp_path / "shipped")
    return ModelShelf(desk, library, engine, executor, predicting, dialogs)


@pytest.fixture
def checkpoint(tmp_path):
    path = tmp_path / "best model.pth"
    path.write_bytes(b"weights of a network")
    return path


def facts(checkpoint, classes) -> Succeeded:
    import hashlib

    data = checkpoint.read_bytes()
    return Succeeded(
        ModelFacts(
            architecture="U-Net",
            classes=classes,
            num_classes=2,
            config_text="model = dict(type='EncoderDecoder')\n",
            sha256=hashlib.sha256(data).hexdigest(),
            checkpoint_bytes=len(data),
        )
    )


def test_shelf_adds_and_loads_a_model_when_its_checkpoint_says_all(
    shelf, engine, executor, runner, checkpoint
):
    runner.answers = [facts(checkpoint, CLASSES)]
    shelf.add(checkpoint)
    executor.run_all()
    assert [entry.state for entry in shelf.entries] == [ShelfState.LOADING]
    assert engine.jobs[-1].spec.model.classes in (None, CLASSES)


def test_shelf_asks_for_classes_when_the_checkpoint_does_not_name_them(
    shelf, executor, runner, dialogs, checkpoint
):
    runner.answers = [facts(checkpoint, None)]
    dialogs.classes = CLASSES
    shelf.add(checkpoint)
    executor.run_all()
    assert dialogs.asked == ["classes of best model.pth: 2"]
    assert shelf.entries[0].card.classes == CLASSES


def test_shelf_keeps_the_model_unnamed_when_nobody_names_its_classes(
    shelf, executor, runner, dialogs, checkpoint
):
    runner.answers = [facts(checkpoint, None)]
    shelf.add(checkpoint)
    executor.run_all()
    entry = shelf.entries[0]
    assert entry.state is ShelfState.BROKEN
    assert "Classes unknown" in entry.subtitle
    dialogs.classes = CLASSES
    shelf.explain(entry.id)
    executor.run_all()
    assert shelf.entries[0].state is ShelfState.READY


@pytest.mark.parametrize("trusts", [True, False])
def test_shelf_asks_before_a_config_is_executed(
    shelf, desk, executor, runner, dialogs, checkpoint, trusts
):
    folder = checkpoint.parent / "work_dir"
    folder.mkdir()
    checkpoint.rename(folder / "best_mIoU_iter_10.pth")
    (folder / "config.py").write_text("import os\n")
    runner.answers = [
        Failed(kind="UnsafeFileError", message="no", cause="line 1: import os"),
        facts(folder / "best_mIoU_iter_10.pth", CLASSES),
    ]
    dialogs.trusts = trusts
    shelf.add(folder)
    executor.run_all()
    assert dialogs.asked == ["trust config.py: line 1: import os"]
    assert [spec.model.trusted for spec in runner.specs] == [False, True][: 1 + trusts]
    assert len(shelf.entries) == trusts
    assert bool(desk.notices.history) is not trusts


def test_shelf_removes_a_model_only_when_the_user_confirms(
    shelf, executor, runner, dialogs, checkpoint
):
    runner.answers = [facts(checkpoint, CLASSES)]
    shelf.add(checkpoint)
    executor.run_all()
    model_id = shelf.entries[0].id
    dialogs.confirms = False
    shelf.remove(model_id)
    executor.run_all()
    assert len(shelf.entries) == 1
    dialogs.confirms = True
    shelf.remove(model_id)
    executor.run_all()
    assert shelf.entries == ()
    assert checkpoint.exists()


def test_shelf_asks_for_the_config_when_the_checkpoint_carries_none(
    shelf, desk, executor, runner, dialogs, checkpoint
):
    dialogs.config = checkpoint.with_name("flat.py")
    dialogs.config.write_text("model = dict(type='EncoderDecoder')")
    runner.answers = [
        Failed(kind="ConfigError", message="best model.pth was not loaded."),
        facts(checkpoint, CLASSES),
    ]
    shelf.add(checkpoint)
    desk.notices.history[-1].verbs[0].run()
    executor.run_all()
    assert runner.specs[-1].model.config == dialogs.config
    assert shelf.entries[0].card.classes == CLASSES

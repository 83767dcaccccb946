"""Journeys that ask no model: the test says what the answer is."""

from segdesk.app.signal import Signal


class FakeExplaining:
    """Keeps what is asked; a test puts the answer in and emits `changed`."""

    def __init__(self) -> None:
        from segdesk.app.proposals.explaining import METHODS, ExplainQuestion

        self.changed: Signal[()] = Signal()
        self.question = ExplainQuestion()
        self.answer = None
        self.layers = ()
        self.progress = None
        self.failure = None
        self.image = None
        self.classes = None
        self.model_name = ""
        self.why = "Load a model first"
        self.known = tuple(method for method, _, _ in METHODS)
        self.asked = []
        self.cancelled = 0
        self.saved = []

    @property
    def is_running(self) -> bool:
        return self.progress is not None

    def why_not(self) -> str | None:
        return self.why

    def methods(self):
        return self.known

    def ask(self, question) -> None:
        self.asked.append(question)
        self.question = question
        self.progress = (0, 0)
        self.changed.emit()

    def cancel(self) -> None:
        self.cancelled += 1
        self.progress = None
        self.changed.emit()

    def save(self, folder, done) -> None:
        self.saved.append(folder)
        done((folder / "a.png",))


class FakePrompting:
    """Has the models that a test puts in."""

    def __init__(self) -> None:
        from segdesk.library.promptable_models import PromptableModels

        self.changed: Signal[()] = Signal()
        self.shelf = PromptableModels()
        self.models = ()
        self.model = None
        self.opened = None
        self.problem = None
        self.hint = ""
        self.added = []
        self.chosen = []

    def look_again(self) -> None:
        self.changed.emit()

    def choose(self, name) -> None:
        self.chosen.append(name)

    def add(self, first, second, *, trusted=False) -> None:
        self.added.append((first, second, trusted))

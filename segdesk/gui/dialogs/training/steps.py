"""How far each step of the training dialog is."""

from segdesk.app.models.architectures import architecture_words
from segdesk.app.training.estimate import iterations_of
from segdesk.app.training.form import TrainingForm
from segdesk.app.training.problems import Problem
from segdesk.core.language import tr
from segdesk.gui.dialogs.training.rail import StepState

# Fields of the spec that the second page shows.
_OF_MODEL = frozenset({"architecture", "load_from", "config"})


def step_states(form: TrainingForm) -> tuple[StepState, StepState, StepState]:
    """Return what the rail says of each step: its words and its mark."""
    spec, diagnosis = form.spec, form.checking.diagnosis
    problems = form.problems
    data = tr("Reading")
    mark = ""
    if form.checking.failure is not None:
        data, mark = tr("Not checked"), "red"
    elif diagnosis is not None:
        counts = {one.name: one.pairs for one in diagnosis.splits}
        data = tr(
            "{train:,} train · {validation:,} validation",
            train=counts.get("train", 0),
            validation=counts.get("val", 0),
        )
        mark = "amber" if diagnosis.count("amber") else "ok"
        mark = "red" if diagnosis.count("red") else mark
    name = architecture_words(spec.architecture)
    if spec.config is not None:
        name = spec.config.name
    start = tr("from scratch")
    if spec.load_from is not None:
        start = tr(
            "from {name}", name=spec.load_from.parent.name or spec.load_from.name
        )
    of_model = [one for one in problems if one.field in _OF_MODEL]
    others = [one for one in problems if one not in of_model]
    length = tr("{count:,} iterations", count=iterations_of(spec, form.pairs))
    device = dict(form.doors.devices(spec.device)).get(spec.device, spec.device)
    known = diagnosis is not None
    return (
        StepState(data, mark),
        StepState(
            tr("{name}, {start}", name=name, start=start),
            _worst(of_model) if known else "",
        ),
        StepState(
            tr("{length} · {device}", length=length, device=device),
            _worst(others) if known else "",
        ),
    )


def _worst(problems: list[Problem]) -> str:
    if any(one.level == "bad" for one in problems):
        return "red"
    return "amber" if problems else "ok"

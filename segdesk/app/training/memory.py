"""What is remembered of trainings: settings by data set, costs by device."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from segdesk.app.kept_file import KeptFile
from segdesk.jobs.codec import to_builtins
from segdesk.jobs.specs import TrainSpec
from segdesk.jobs.training_events import ProbeDone

_KEPT = 50
# What belongs to one run alone, or is asked anew each time.
_PASSING = frozenset({"data_dir", "work_dir", "resume", "trusted", "config_text"})


class _File(msgspec.Struct):
    choices: dict[str, dict[str, Any]] = {}
    costs: dict[str, dict[str, ProbeDone]] = {}
    scores: dict[str, dict[str, float]] = {}


class TrainingMemory:
    """Remembers, in one file of the user's own.

    Parameters
    ----------
    path
        `training.json`; one that cannot be read counts as empty.
    """

    def __init__(self, path: Path) -> None:
        self._kept = KeptFile(path, _File)

    def choices(self, data_dir: Path, draft: TrainSpec) -> TrainSpec:
        """Return a draft with what the user chose last for a data set."""
        known = self._file.choices.get(str(data_dir), {})
        if not known:
            return draft
        try:
            return msgspec.convert(
                {**to_builtins(draft), **known}, TrainSpec, dec_hook=_path
            )
        except msgspec.ValidationError:
            return draft

    def chosen(self, data_dir: Path) -> frozenset[str]:
        """Return the fields that the user chose for a data set."""
        return frozenset(self._file.choices.get(str(data_dir), {}))

    def keep_choices(self, spec: TrainSpec, fields: frozenset[str]) -> None:
        """Remember the fields that the user chose."""
        whole = to_builtins(spec)
        key = str(spec.data_dir)
        self._file.choices.pop(key, None)
        self._file.choices[key] = {
            name: whole[name] for name in fields - _PASSING if name in whole
        }
        for old in list(self._file.choices)[:-_KEPT]:
            del self._file.choices[old]

    def cost(self, device: str, architecture: str) -> ProbeDone | None:
        """Return what a training step of an architecture cost on a device."""
        return self._file.costs.get(device, {}).get(architecture)

    def keep_cost(self, device: str, architecture: str, cost: ProbeDone) -> None:
        """Remember what a probe measured."""
        self._file.costs.setdefault(device, {})[architecture] = cost

    def score(self, data_dir: Path, architecture: str) -> float | None:
        """Return the best mIoU that an architecture reached on a data set here."""
        return self._file.scores.get(str(data_dir), {}).get(architecture)

    def keep_score(self, data_dir: Path, architecture: str, score: float) -> None:
        """Remember the mIoU of a run, in percent, unless an earlier one was better."""
        known = self._file.scores.setdefault(str(data_dir), {})
        known[architecture] = max(score, known.get(architecture, score))

    def writer(self) -> Callable[[], None]:
        """Return work for a worker that writes the file as it is now."""
        return self._kept.writer()

    @property
    def _file(self) -> _File:
        return self._kept.value


def _path(kind: type, value: object) -> Any:  # noqa: ANN401 - msgspec's door
    return kind(value)

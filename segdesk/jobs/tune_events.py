"""What comes of measuring the ways to run a model."""

import msgspec

from segdesk.core.language import tr
from segdesk.jobs.tune_specs import RunMode

# Share of the labels that must be those of fp32.
LEAST_EQUAL = 0.998


class ModeMeasured(msgspec.Struct, frozen=True, kw_only=True):
    """One way to run a model, measured.

    Parameters
    ----------
    images_per_s
        In memory to labels; 0 where it does not run.
    memory_bytes
        Most that the GPU held for it; on a CPU, most that the whole process did. None:
        the system does not tell.
    equal
        Share of pixels whose label is that of the first way, which is fp32; 0-1.
    problem
        Why it does not run here; empty: it does.
    """

    mode: RunMode
    images_per_s: float = 0.0
    memory_bytes: int | None = None
    equal: float = 0.0
    problem: str = ""

    @property
    def is_right(self) -> bool:
        """It runs, and its labels are those of fp32."""
        return not self.problem and self.equal >= LEAST_EQUAL


class Tuned(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of a model on a device.

    Parameters
    ----------
    model
        Digest of its weights and config.
    device, device_name
        "cuda:0", and what it is: "NVIDIA A100".
    versions
        Of what runs it; another version may be another way's.
    chosen
        How it is run from now on.
    measured
        Every way; the first is how it runs without tuning.
    images
        On how many images.
    day
        When, ISO 8601.
    """

    model: str
    device: str
    device_name: str
    versions: str
    chosen: RunMode
    measured: tuple[ModeMeasured, ...]
    images: int
    day: str = ""

    @property
    def best(self) -> ModeMeasured:
        """Return what was measured of the chosen way."""
        return next(one for one in self.measured if one.mode == self.chosen)

    @property
    def faster(self) -> float:
        """Return how many times as fast it is as without tuning."""
        return self.best.images_per_s / max(self.measured[0].images_per_s, 1e-9)

    @property
    def words(self) -> str:
        """Return it in one line: "bf16 + channels_last, 1.6×, 99.97 % equal"."""
        if self.chosen == self.measured[0].mode:
            return tr("{words}, the fastest already", words=self.chosen.words)
        # Not rounded up: 100 % means every label.
        share = int(self.best.equal * 10_000) / 100
        return tr(
            "{words}, {faster:.1f}×, {share:.2f} % equal",
            words=self.chosen.words,
            faster=self.faster,
            share=share,
        )


class TuneDone(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A model was measured, and how it is run from now on is remembered."""

    model_id: str
    tuned: Tuned
    seconds: float

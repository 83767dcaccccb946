"""Which way to run a model: all are measured, and the fastest right one is taken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from segdesk.engine.run_modes import Abilities, eager_modes, fixed_modes
from segdesk.jobs.tune_events import ModeMeasured
from segdesk.jobs.tune_specs import RunMode

# What is not clearly faster is not worth another rounding.
_LEAST_GAIN = 1.03

Measure = Callable[[RunMode], ModeMeasured]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is measured.

    Parameters
    ----------
    able
        What the device can do.
    size
        (height, width) of the network's input.
    with_compile
        Compile it too.
    """

    able: Abilities
    size: tuple[int, int]
    with_compile: bool = False


def measure_all(wish: Wish, measure: Measure) -> tuple[ModeMeasured, ...]:
    """Measure every way that the device has; the untuned one comes first.

    The ways for one size of input are made of the fastest of the others. The winner
    and the untuned one are measured once more, as a machine is not equally busy all the
    time; of both the better figure counts.
    """
    found = [measure(mode) for mode in eager_modes(wish.able)]
    fixed = fixed_modes(
        wish.able, chosen(found), wish.size, with_compile=wish.with_compile
    )
    for mode in fixed:
        if mode.way == "compile" and wish.able.compiler:
            found.append(ModeMeasured(mode=mode, problem=wish.able.compiler))
        else:
            found.append(measure(mode))
    best = chosen(found)
    if best != found[0].mode:
        for index, one in enumerate(found):
            if one.mode in {best, found[0].mode}:
                found[index] = _better(one, measure(one.mode))
    return tuple(found)


def chosen(measured: Sequence[ModeMeasured]) -> RunMode:
    """Return the fastest way whose labels are right.

    Parameters
    ----------
    measured
        The first is taken unless another one is clearly faster.
    """
    first = measured[0]
    right = [one for one in measured if one.is_right]
    best = max(right, key=lambda one: one.images_per_s, default=first)
    if best.images_per_s < _LEAST_GAIN * first.images_per_s:
        return first.mode
    return best.mode


def _better(one: ModeMeasured, again: ModeMeasured) -> ModeMeasured:
    if again.problem:
        return again
    speed = max(one.images_per_s, again.images_per_s)
    return msgspec.structs.replace(one, images_per_s=speed)

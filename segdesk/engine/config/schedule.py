"""The learning rate over a training: always as long as the training itself."""

import copy
from typing import Any

Config = dict[str, Any]

_WARM_UP_SHARE = 0.05
_WARM_UP_MOST = 500
# mmengine reaches the full rate at the last but one iteration of a warm-up.
_WARM_UP_LEAST = 2


def fit_schedule(
    schedule: list[Config], planned: int, max_iters: int, lr_scale: float = 1.0
) -> list[Config]:
    """Stretch a recipe's schedule to another number of iterations.

    A warm-up becomes 5 % of the training, at most 500 iterations and at most as long
    as planned; one of less than two iterations falls away. What follows starts where
    it ends; every other bound keeps its share of the whole.

    Parameters
    ----------
    schedule
        Schedulers as mmengine takes them; only those that count iterations are known.
    planned
        Iterations that the schedule was written for.
    max_iters
        Iterations that it gets.
    lr_scale
        Ratio of the learning rate asked for to the recipe's; `eta_min` follows it.
    """
    ratio = max_iters / planned
    warm_up_end = max(
        (part.get("end", 0) for part in schedule if _is_warm_up(part)), default=0
    )
    warm_up = min(warm_up_end, _WARM_UP_MOST, round(max_iters * _WARM_UP_SHARE))
    if warm_up < _WARM_UP_LEAST:
        warm_up = 0

    def moved(bound: int) -> int:
        if bound == warm_up_end and warm_up_end:
            return warm_up
        return max_iters if bound >= planned else round(bound * ratio)

    fitted = []
    for part in copy.deepcopy(schedule):
        for name in ("begin", "end", "T_max", "total_iters", "step_size"):
            if isinstance(part.get(name), int):
                part[name] = moved(part[name])
        if "milestones" in part:
            part["milestones"] = [moved(step) for step in part["milestones"]]
        if part.get("eta_min"):
            part["eta_min"] *= lr_scale
        if part.get("begin", 0) < part.get("end", max_iters):
            fitted.append(part)
    return fitted


def shaped_schedule(shape: str, max_iters: int) -> list[Config]:
    """Return a warm-up and then a course of a named shape.

    Parameters
    ----------
    shape
        "poly" (power 0.9, to nothing), "cosine" (to nothing) or "constant".
    """
    warm_up = min(_WARM_UP_MOST, round(max_iters * _WARM_UP_SHARE))
    parts: list[Config] = []
    if warm_up >= _WARM_UP_LEAST:
        parts.append(
            {
                "type": "LinearLR",
                "start_factor": 0.01,
                "by_epoch": False,
                "begin": 0,
                "end": warm_up,
            }
        )
    else:
        warm_up = 0
    span = {"by_epoch": False, "begin": warm_up, "end": max_iters}
    if shape == "poly":
        parts.append({"type": "PolyLR", "eta_min": 0.0, "power": 0.9, **span})
    elif shape == "cosine":
        length = max_iters - warm_up
        parts.append({"type": "CosineAnnealingLR", "T_max": length, **span})
    return parts


def _is_warm_up(part: Config) -> bool:
    return part["type"] in {"LinearLR", "ConstantLR"} and not part.get("begin", 0)

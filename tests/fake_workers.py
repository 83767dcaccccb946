"""Work that is done at once, and a timer that waits for the test."""

from collections.abc import Callable
from typing import Any

from segdesk.core.errors import SegDeskError


class ImmediateExecutor:
    """Does work at once, on the test's own thread."""

    def submit(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], object],
        failed: Callable[[SegDeskError], object],
    ) -> None:
        try:
            result = work()
        except SegDeskError as error:
            failed(error)
        else:
            done(result)


class ManualTimer:
    """Keeps calls until a test lets time pass."""

    def __init__(self) -> None:
        self.waiting: dict[int, Callable[[], object]] = {}
        self._count = 0

    def after(self, _seconds: float, call: Callable[[], object]) -> Callable[[], None]:
        self._count += 1
        number = self._count
        self.waiting[number] = call
        return lambda: self.waiting.pop(number, None) and None

    def pass_time(self) -> None:
        waiting, self.waiting = self.waiting, {}
        for call in waiting.values():
            call()

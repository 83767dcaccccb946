"""Signals without Qt: the application tells its observers what changed."""

from collections.abc import Callable
from typing import Generic, TypeVarTuple

Ts = TypeVarTuple("Ts")


class Signal(Generic[*Ts]):
    """A list of slots that are called in the order of their connection.

    Emitted and connected on the window's thread only.
    """

    def __init__(self) -> None:
        self._slots: list[Callable[[*Ts], object]] = []

    def connect(self, slot: Callable[[*Ts], object]) -> Callable[[], None]:
        """Call `slot` at every emit; returns what ends the connection."""
        self._slots.append(slot)

        def disconnect() -> None:
            if slot in self._slots:
                self._slots.remove(slot)

        return disconnect

    def emit(self, *values: *Ts) -> None:
        """Call every slot with `values`."""
        for slot in tuple(self._slots):
            slot(*values)

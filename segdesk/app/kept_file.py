"""A small file of what a journey remembers from one sitting to the next."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from segdesk.formats.atomic import write_atomic
from segdesk.jobs.codec import to_builtins

T = TypeVar("T")


class KeptFile(Generic[T]):
    """Reads a JSON file when it is first asked for, and makes work that writes it.

    Parameters
    ----------
    path
        One that cannot be read counts as empty.
    kind
        A struct of which every field has a default.
    """

    def __init__(self, path: Path, kind: type[T]) -> None:
        self.path = path
        self._kind = kind
        self._value: T | None = None

    @property
    def value(self) -> T:
        """What is remembered; changes of it are written by the next `writer`."""
        if self._value is None:
            try:
                self._value = msgspec.json.decode(
                    self.path.read_bytes(), type=self._kind
                )
            except (OSError, msgspec.MsgspecError):
                self._value = self._kind()
        return self._value

    def writer(self) -> Callable[[], None]:
        """Return work for a worker that writes the file as it is now."""
        data = msgspec.json.format(msgspec.json.encode(to_builtins(self.value)))
        path = self.path

        def write() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(path, data)

        return write

"""An image on its way from its file: how far it is, and whether it shall stop."""

from threading import Event

from segdesk.core.errors import JobCancelledError


class Reading:
    """One image that a worker reads.

    Attributes
    ----------
    share
        How much of it is read, 0-1; None: the file tells no share of itself.
    """

    def __init__(self) -> None:
        self.share: float | None = None
        self._stopped = Event()

    def stop(self) -> None:
        """Let the worker leave it at its next piece."""
        self._stopped.set()

    def tell(self, share: float) -> None:
        """Take how much is read; called by the worker.

        Raises
        ------
        JobCancelledError
            When it shall stop.
        """
        if self._stopped.is_set():
            raise JobCancelledError
        self.share = share

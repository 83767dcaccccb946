"""The window's side of a second start: it takes the files and comes to the front."""

import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from ctypes import CDLL
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from segdesk.gui.hand_over import TAKEN, address, is_taken
from segdesk.gui.workers.executor import Executor

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger(__name__)

_MOST_BYTES = 4_000_000  # 10,000 long paths
_MODAL_POLL_MS = 300
_ACTIVATION = "XDG_ACTIVATION_TOKEN"


class FileTaking(QObject):
    """Listens for second starts of the program.

    Parameters
    ----------
    window
        What comes to the front.
    take
        Opens files; not called while a dialog holds the window.
    where
        Address; None: that of this user.
    """

    def __init__(
        self,
        window: QWidget,
        take: Callable[[Sequence[Path]], None],
        where: str | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._take = take
        self._where = where or address()
        self._server: QLocalServer | None = None
        self._importer = Executor("network", parent=self)
        self._kept: list[Path] = []
        self._later = QTimer(self)
        self._later.setInterval(_MODAL_POLL_MS)
        self._later.timeout.connect(self._on_later)

    @property
    def is_listening(self) -> bool:
        """Whether a second start would reach this window."""
        return self._server is not None and self._server.isListening()

    def start(self) -> None:
        """Begin to listen as soon as a worker has read Qt's network module.

        Where another window of this user listens already, this one does not.
        """
        self._importer.submit(
            lambda: _is_free(self._where),
            lambda is_free: self._listen() if is_free else None,
            lambda error: log.warning("no second start reaches this: %s", error),
        )

    def close(self) -> None:
        """Listen no more, and leave nothing on the disk."""
        self._later.stop()
        self._importer.close()
        if self._server is not None:
            self._server.close()
            self._server = None

    def _listen(self) -> None:
        from PySide6.QtNetwork import QLocalServer

        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        # Nobody answers there: what is left is a killed window's.
        QLocalServer.removeServer(self._where)
        if not server.listen(self._where):
            log.warning("no second start reaches this: %s", server.errorString())
            return
        server.newConnection.connect(self._on_server_new_connection)
        self._server = server

    def _on_server_new_connection(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            caller = self._server.nextPendingConnection()
            caller.setReadBufferSize(_MOST_BYTES)
            caller.readyRead.connect(lambda caller=caller: self._on_caller_said(caller))
            caller.disconnected.connect(caller.deleteLater)
            self._on_caller_said(caller)

    def _on_caller_said(self, caller: "QLocalSocket") -> None:
        if not caller.canReadLine():
            if caller.bytesAvailable() >= _MOST_BYTES:
                caller.abort()
            return
        paths, token = _understood(bytes(caller.readLine().data()))
        if paths is None:
            caller.abort()
            return
        caller.write(TAKEN)
        caller.disconnectFromServer()  # after what was written has gone
        self._kept += paths
        self._come_to_front(token)
        self._on_later()

    def _come_to_front(self, token: str) -> None:
        if token:  # of Wayland: the proof that the user asked for it
            os.environ[_ACTIVATION] = token
        state = self._window.windowState() & ~Qt.WindowState.WindowMinimized
        self._window.setWindowState(state)
        self._window.show()
        shown = QApplication.activeModalWidget() or self._window
        shown.raise_()
        shown.activateWindow()

    def _on_later(self) -> None:
        """Open what was handed over, unless a dialog holds the window."""
        if QApplication.activeModalWidget() is not None:
            self._later.start()
            return
        self._later.stop()
        paths, self._kept = self._kept, []
        if paths:
            self._take(paths)


def _is_free(where: str) -> bool:
    """Read what listens from the disk, and tell whether no other window was faster.

    Only the window's thread imports it: see `segdesk.gui.qt_types`.
    """
    spec = find_spec("PySide6.QtNetwork")
    if spec is not None and spec.origin:
        with suppress(OSError):
            CDLL(spec.origin)
    if sys.platform != "win32":
        with suppress(OSError):  # listening says it better
            Path(where).parent.mkdir(parents=True, exist_ok=True)
    return not is_taken(where)


def _understood(line: bytes) -> tuple[list[Path] | None, str]:
    """Return the paths, None where it is not from SegDesk, and the display's token."""
    try:
        said = json.loads(line)
        paths = [Path(str(path)) for path in said["paths"]]
        token = said.get("token")
    except (ValueError, TypeError, KeyError, AttributeError):
        return None, ""
    if not all(path.is_absolute() for path in paths):
        return None, ""
    return paths, token if isinstance(token, str) else ""

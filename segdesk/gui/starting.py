"""What makes the window start fast; called before anything else of the window."""

import builtins
import gc
import sys
from collections.abc import Iterator

from segdesk.core.freed_memory import reuse_freed, share_freed

_SWITCH_S = 0.0001
_MANY = 10_000
_COLLECT_AFTER = 2_000, 20, 50  # all that is young was looked at every second: 30 ms


def hurry() -> None:
    """Leave out what costs time while the window is put together.

    The garbage collector would look again and again at modules that all stay. PySide6
    puts a function of its own in the place of `__import__`, which reads the source of
    every module that is imported after it, for the sake of its optional
    `from __feature__ import …`; SegDesk does not use that, so the function goes.
    """
    share_freed()
    gc.disable()
    plain_import = builtins.__import__
    import PySide6.QtCore  # noqa: F401 - its import is what replaces the function

    builtins.__import__ = plain_import


def settle() -> None:
    """Make ready for long hours and for workers beside the window.

    Garbage is collected again, but what the start has made is never looked at. A worker
    that computes in Python lets the window go on after a tenth of a millisecond instead
    of five: painting asks for that many times in one frame. Memory of one frame serves
    the next.
    """
    reuse_freed()
    sys.setswitchinterval(_SWITCH_S)
    gc.set_threshold(*_COLLECT_AFTER)
    gc.freeze()
    gc.enable()


def settle_list(count: int) -> None:
    """Leave a long list of files out of what is looked at for garbage.

    A hundred thousand paths and names cost 0.4 s each time the collector goes through
    all there is, in the middle of a stroke or of scrolling. They hold no cycles, so
    they go all the same when other files are opened.

    Parameters
    ----------
    count
        How many files were listed.
    """
    if count >= _MANY:
        gc.freeze()


def settle_pages() -> Iterator[None]:
    """Leave out what was made in quiet moments, too: pages and their modules stay.

    Going through all of them costs 30 to 90 ms, whenever the collector's turn comes.
    """
    gc.collect(1)
    gc.freeze()
    yield

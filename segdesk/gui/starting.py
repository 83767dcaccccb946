"""What makes the window start fast; called before anything else of the window."""

import builtins
import gc


def hurry() -> None:
    """Leave out what costs time while the window is put together.

    The garbage collector would look again and again at modules that all stay. PySide6
    puts a function of its own in the place of `__import__`, which reads the source of
    every module that is imported after it, for the sake of its optional
    `from __feature__ import …`; SegDesk does not use that, so the function goes.
    """
    gc.disable()
    plain_import = builtins.__import__
    import PySide6.QtCore  # noqa: F401 - its import is what replaces the function

    builtins.__import__ = plain_import


def settle() -> None:
    """Collect garbage again, but never look at what the start has made."""
    gc.freeze()
    gc.enable()

"""Processes that say nothing on stdout, which belongs to who started them.

A process of a data loader starts as a bare Python and takes the data set out of a
pickle, which imports mmseg; that prints on stdout, where a command prints its JSON. A
class of this module is named first in the pickle, so this module is imported first.
Nothing of the engine is imported here: a loader needs torch as it is.
"""

import os
import sys
from multiprocessing import context, parent_process

if parent_process() is not None:
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


class SilentProcess(context.SpawnProcess):
    """A process whose stdout leads nowhere; errors are told on stderr."""


class SilentContext(context.SpawnContext):
    """Starts such processes, on every system alike."""

    Process = SilentProcess

"""Windows of one image at work at the same time, in threads of their own.

The threads of one network spend a good part of their time waiting for each other: two
windows with half of the threads each are done sooner than one after the other. What
becomes of them is put together meanwhile, in their order.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol, TypeVar

import torch

from segdesk.engine.pipeline import ahead
from segdesk.engine.runnable import Runnable
from segdesk.engine.training.kept_memory import freed_memory_kept

# Each lane takes the memory of a window's pass.
_MOST = 2
# Lanes call into Python for moments only: they must not wait long for a turn.
_TURN_S = 0.0002

T = TypeVar("T")
U = TypeVar("U")


class Mapper(Protocol):
    """As `map`, with one row of items."""

    def __call__(self, work: Callable[[T], U], items: Iterable[T], /) -> Iterator[U]:
        """Yield `work(item)` for each item, in order."""
        ...


def lanes_for(model: Runnable) -> int:
    """Return how many windows a model does at once; 0: one, in the caller's thread.

    Only PyTorch shares its threads out; another runtime does one window while the one
    before is put together, and so does a network that draws random numbers. In a thread
    that has no second one, as those of a batch, there is nothing to share.
    """
    threads = torch.get_num_threads()
    if model.device.type != "cpu" or threads < 2:
        return 0
    module = getattr(model, "module", None)
    return 1 if module is None or draws(module) else min(_MOST, threads)


def draws(module: torch.nn.Module) -> bool:
    """Tell whether a network draws random numbers while it predicts.

    These come from one generator for all threads, which is set before each image.
    """
    from mmseg.models.decode_heads.ham_head import Matrix_Decomposition_2D_Base

    return any(isinstance(m, Matrix_Decomposition_2D_Base) for m in module.modules())


@contextmanager
def in_lanes(count: int, depth: int) -> Iterator[Mapper]:
    """Yield a `map` whose work is done ahead in that many threads; 0: in this one.

    What is not begun at the end is left; what is begun is waited for.

    Parameters
    ----------
    depth
        How many results may wait to be taken.
    """
    if count == 0:
        yield map
        return
    threads, turn_s = torch.get_num_threads(), sys.getswitchinterval()
    share = max(1, threads // count)
    pool = ThreadPoolExecutor(count, "window", torch.set_num_threads, (share,))
    sys.setswitchinterval(min(_TURN_S, turn_s))

    def mapped(work: Callable[[T], U], items: Iterable[T]) -> Iterator[U]:
        return ahead(items, work, pool, max(count, depth))

    try:
        with freed_memory_kept(by_threads=True):
            yield mapped
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(threads)
        sys.setswitchinterval(turn_s)

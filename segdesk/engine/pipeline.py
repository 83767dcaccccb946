"""Work on a row of items in stages that overlap, each on a thread of its own."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


def ahead(
    items: Iterable[T],
    work: Callable[[T], U],
    pool: ThreadPoolExecutor,
    depth: int = 2,
) -> Iterator[U]:
    """Yield `work(item)` for each item, in order, while the next ones are worked on.

    The items themselves are drawn in the caller's thread. Stages are chained by giving
    one's results to the next as items; no more than `depth` items are in each.

    Parameters
    ----------
    pool
        Does the work; with one thread, in order.
    """
    waiting: deque[Future[U]] = deque()
    for item in items:
        waiting.append(pool.submit(work, item))
        if len(waiting) > depth:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()

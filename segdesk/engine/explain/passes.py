"""The network as a function that an explanation calls again and again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from segdesk.core.errors import MemoryShortError, ModelError
from segdesk.core.language import tr
from segdesk.engine.bootstrap import CompiledOpError
from segdesk.engine.explain.target import Target
from segdesk.engine.failures import lacks_memory

Tell = Callable[[int, int], None]


class Passes:
    """The network as a function of an image, told and stopped at each pass.

    Parameters
    ----------
    run
        Gives scores for (N, C, H, W).
    target
        Which number of them is asked for.
    tell, check
        As `Explainer.explain`.

    Attributes
    ----------
    count
        How many passes there will be.
    """

    def __init__(
        self,
        run: Callable[[torch.Tensor], torch.Tensor],
        target: Target,
        tell: Tell,
        check: Callable[[], None],
    ) -> None:
        self._run = run
        self.target = target
        self._tell = tell
        self._check = check
        self.count = 1
        self._done = 0

    def logit(self, image: torch.Tensor) -> torch.Tensor:
        """Return (N,), the target's score."""
        return self.target.logit(self._passed(image))

    def chance(self, image: torch.Tensor) -> torch.Tensor:
        """Return (N,), the target's probability."""
        return self.target.chance(self._passed(image))

    def _passed(self, image: torch.Tensor) -> torch.Tensor:
        self._check()
        scores = self._run(image)
        self._done += 1
        self._tell(min(self._done, self.count), self.count)
        return scores


@contextmanager
def failures_named() -> Iterator[None]:
    """Turn what torch raises into a sentence.

    Raises
    ------
    MemoryShortError
        The memory does not suffice.
    ModelError
        Gradients do not go through the network, or a layer is none of one pass.
    """
    try:
        yield
    except (RuntimeError, AssertionError, MemoryError) as error:
        if isinstance(error, CompiledOpError):
            raise
        if lacks_memory(error):
            raise MemoryShortError(
                tr("The image was not explained."),
                cause=tr("This way to ask needs more memory than is free."),
                hint=tr("Choose a later layer, eigen-cam or a smaller image."),
                detail=str(error),
            ) from error
        raise ModelError(
            tr("The image was not explained."),
            cause=tr("The network does not let itself be asked this way."),
            hint=tr("Choose another layer, or eigen-cam or occlusion."),
            detail=str(error),
        ) from error

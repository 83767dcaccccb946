"""Prompts as jobs. Nothing here imports torch: a click must not wait for it."""

import time
from typing import TYPE_CHECKING

from segdesk.core.imaging import read_image
from segdesk.core.language import tr
from segdesk.core.paths import mapped_images_dir
from segdesk.engine.promptable.prompter import Prompter, Prompts
from segdesk.jobs.arrays import put
from segdesk.jobs.control import JobContext
from segdesk.jobs.events import Progress
from segdesk.jobs.prompt_events import PromptEncoded, PromptMaskDone, PromptOpened
from segdesk.jobs.prompt_specs import (
    PromptEncodeSpec,
    PromptFiles,
    PromptMaskSpec,
    PromptOpenSpec,
)

if TYPE_CHECKING:
    from segdesk.engine.promptable.prompter import Embedding


class Prompting:
    """Keeps one promptable model resident and answers prompts with it."""

    def __init__(self) -> None:
        self._key: object = None
        self._prompter: Prompter | None = None

    def run(
        self,
        spec: PromptOpenSpec | PromptEncodeSpec | PromptMaskSpec,
        context: JobContext,
    ) -> PromptOpened | PromptEncoded | PromptMaskDone:
        """Run one job.

        Raises
        ------
        SegDeskError
            The model or the image cannot be used.
        JobCancelledError
            The user stopped it.
        """
        began_s = time.monotonic()
        prompter = self._opened(spec.files, spec.device, context)
        if isinstance(spec, PromptOpenSpec):
            return PromptOpened(
                family=prompter.signature.family,
                size=prompter.signature.size,
                device=prompter.device,
                seconds=time.monotonic() - began_s,
            )
        embedding, was_there = _encoded(prompter, spec, context)
        encode_s = time.monotonic() - began_s
        if isinstance(spec, PromptEncodeSpec):
            return PromptEncoded(
                image=spec.image, seconds=encode_s, was_there=was_there
            )
        context.check()
        prompts = Prompts(spec.points, spec.box)
        found = prompter.find(embedding, prompts, context.stop)
        rect = found.rect
        return PromptMaskDone(
            image=spec.image,
            rect=(rect.x, rect.y, rect.width, rect.height),
            mask=put(found.mask, spec.scratch_dir) if rect.area else None,
            score=found.score,
            encode_s=encode_s,
            decode_s=time.monotonic() - began_s - encode_s,
        )

    def _opened(self, files: PromptFiles, device: str, context: JobContext) -> Prompter:
        key = (files, device, _stamp(files))
        if self._prompter is None or key != self._key:
            self._prompter = None
            words = tr("Opening {name}", name=files.encoder.name)
            context.report(Progress(0, None, "steps", words))
            self._prompter, self._key = Prompter(files, device), key
        return self._prompter


def _encoded(
    prompter: Prompter,
    spec: PromptEncodeSpec | PromptMaskSpec,
    context: JobContext,
) -> tuple["Embedding", bool]:
    try:
        found = spec.image.stat()
        key: object = (spec.image, spec.view, found.st_mtime_ns, found.st_size)
    except OSError:  # reading it says what is wrong
        key = (spec.image, spec.view)
    kept = prompter.kept(key)
    if kept is not None:
        return kept, True
    words = tr("Encoding {name}", name=spec.image.name)
    context.report(Progress(0, None, "steps", words))
    image = read_image(spec.image, spec.view, mapped_in=mapped_images_dir())
    context.check()
    return prompter.encode(key, image.pixels, context.stop), False


def _stamp(files: PromptFiles) -> tuple[tuple[int, int], ...]:
    """Return time and size of the files: others may take their place."""
    found = []
    for path in (files.encoder, files.decoder):
        try:
            stat = path.stat()
            found.append((stat.st_mtime_ns, stat.st_size))
        except OSError:
            found.append((0, 0))
    return tuple(found)

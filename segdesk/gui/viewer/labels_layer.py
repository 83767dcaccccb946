"""The user's own labels over the picture, at screen size.

The label map is painted in place, so its parts are told to be dirty; then only those
device pixels are sampled again, and only what differs there is drawn again. The work
follows the edge of the brush, not its area, and never the image.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from PySide6.QtGui import QImage

from segdesk.core.changes import changed_parts, fewer
from segdesk.core.geometry import Cover, Rect, Size
from segdesk.core.overlay import Indices, Rules, colour_table, draw
from segdesk.core.sampling import nearest, part_of, shown_part
from segdesk.gui.viewer.pan import pan_between
from segdesk.gui.viewer.place import Place
from segdesk.gui.viewer.sheet import Ink, Sheet

_MOST_PARTS = 256  # while nothing is drawn, they become one


@dataclass(frozen=True, slots=True, eq=False)
class LabelSample:
    """The labels under a view, as they were last drawn.

    Parameters
    ----------
    labels
        (h, w) at screen size; it changes in place as the user paints.
    """

    source: Indices
    place: Place
    labels: Indices


class LabelsLayer:
    """Draws one label map for one pane.

    Attributes
    ----------
    sample
        What is drawn; None before anything is.
    version
        Counts the times that anything changed.
    changed
        What the last of them changed in the sample; None: all of it.
    panned
        Whether the last of them was the view moving over the same labels.
    """

    def __init__(self) -> None:
        self.sample: LabelSample | None = None
        self.version = 0
        self.changed: tuple[Rect, ...] | None = None
        self.panned = False
        self._dirty: list[Rect] = []
        self._rules: Rules | None = None
        self._ink: Ink | None = None
        self._sheet = Sheet()

    def touch(self, parts: Iterable[Rect]) -> None:
        """Note that parts of the label map, in image pixels, were painted.

        What is out of view is not kept: it is read when it comes into view.
        """
        cover = self.sample.place.cover if self.sample else None
        if cover is not None:
            seen = Rect.between(
                int(cover.columns[0]),
                int(cover.rows[0]),
                int(cover.columns[-1]) + 1,
                int(cover.rows[-1]) + 1,
            )
            parts = (part for part in parts if part.shared(seen).area)
        self._dirty += parts
        if len(self._dirty) > _MOST_PARTS:
            self._dirty = [reduce(Rect.joined, self._dirty)]

    def image(self, labels: Indices, place: Place, rules: Rules, ink: Ink) -> QImage:
        """Return the labels, premultiplied, of the size of `place.cover`.

        Where nothing is drawn the image is null.

        Parameters
        ----------
        labels
            (H, W) of the image; the same array is the same map, painted or not.
        """
        cover = place.cover
        if cover is None:
            return QImage()
        if self._follow(labels, place, rules, ink):
            return self._sheet.image
        sample = self._sampled(labels, place, cover)
        if sample is not self.sample or rules != self._rules:
            if sample is self.sample:
                self._sample_dirty(sample, cover)
            self._draw(sample, cover, rules, ink)
            self.sample, self._rules, self._ink = sample, rules, ink
            self._dirty.clear()
            self.version, self.changed, self.panned = self.version + 1, None, False
        if ink != self._ink:
            self._sheet.ink(colour_table(ink.palette, ink.opacity, rules))
            self._ink = ink
        if self._dirty:
            self._refresh(sample, cover, rules, ink)
        return self._sheet.image

    def _follow(self, labels: Indices, place: Place, rules: Rules, ink: Ink) -> bool:
        """Draw only what came into view, if the view moved and nothing else is new."""
        kept, cover = self.sample, place.cover
        if kept is None or cover is None or place.same_as(kept.place):
            return False
        if self._dirty or kept.source is not labels or rules != self._rules:
            return False
        pan = pan_between(kept.place, place, rules.reach_px)
        if pan is None:
            return False
        shown = pan.moved(kept.labels, lambda at: nearest(labels, part_of(cover, at)))
        sample = LabelSample(labels, place, shown)
        if self._sheet.is_clear:
            self._draw(sample, cover, rules, ink)
        else:
            table = colour_table(ink.palette, ink.opacity, rules)
            inner = pan.without_rim(rules.reach_px)

            def draw_part(part: Rect) -> Indices:
                return _part_drawn(sample, cover, rules, part)

            self._sheet.draw(inner.moved(self._sheet.codes, draw_part), table)
        self.sample, self._ink = sample, ink
        self.version, self.changed, self.panned = self.version + 1, None, True
        return True

    def _sampled(self, labels: Indices, place: Place, cover: Cover) -> LabelSample:
        kept = self.sample
        if kept and kept.source is labels and place.same_as(kept.place):
            return kept
        sampled = nearest(labels, cover)
        if not sampled.flags.owndata or not sampled.flags.writeable:
            sampled = sampled.copy()
        return LabelSample(labels, place, sampled)

    def _draw(self, sample: LabelSample, cover: Cover, rules: Rules, ink: Ink) -> None:
        if _is_blank(sample.labels, rules):
            self._sheet.clear()
            return
        anchor = (cover.anchor_x, cover.anchor_y)
        codes = draw(sample.labels, None, rules, anchor)
        self._sheet.draw(codes, colour_table(ink.palette, ink.opacity, rules))

    def _refresh(
        self, sample: LabelSample, cover: Cover, rules: Rules, ink: Ink
    ) -> None:
        changed = self._sample_dirty(sample, cover)
        if not changed:
            return
        self.version, self.changed = self.version + 1, tuple(changed)
        self.panned = False
        if self._sheet.is_clear:
            self._draw(sample, cover, rules, ink)
            return
        table = colour_table(ink.palette, ink.opacity, rules)
        for one in changed:
            around, inner, at = surroundings(one, rules.reach_px, cover.size)
            anchor = (cover.anchor_x + around.x, cover.anchor_y + around.y)
            codes = draw(sample.labels[around.slices], None, rules, anchor)
            self._sheet.patch(codes[inner.slices], at, table)

    def _sample_dirty(self, sample: LabelSample, cover: Cover) -> list[Rect]:
        """Take what was painted into the sample; returns where it is another."""
        changed: list[Rect] = []
        for at in fewer(shown_part(cover, part) for part in self._dirty):
            now = nearest(sample.source, part_of(cover, at))
            found = changed_parts(sample.labels[at.slices], now)
            if found:
                sample.labels[at.slices] = now
            changed += [one.moved(at.x, at.y) for one in found]
        self._dirty.clear()
        return changed


def _part_drawn(sample: LabelSample, cover: Cover, rules: Rules, part: Rect) -> Indices:
    around = part.grown(rules.reach_px).within(cover.size)
    anchor = (cover.anchor_x + around.x, cover.anchor_y + around.y)
    codes = draw(sample.labels[around.slices], None, rules, anchor)
    return codes[part.moved(-around.x, -around.y).slices]


def surroundings(changed: Rect, reach: int, size: Size) -> tuple[Rect, Rect, Rect]:
    """Return what a change makes necessary to read and to draw again.

    Parameters
    ----------
    reach
        How far a pixel changes what is drawn.
    size
        Of the whole map.

    Returns
    -------
    around
        What is to be read.
    inner
        What of that is right once drawn, counted from the corner of `around`.
    at
        The same, counted from the corner of the map.
    """
    at = changed.grown(reach).within(size)
    around = at.grown(reach).within(size)
    return around, at.moved(-around.x, -around.y), at


def _is_blank(labels: Indices, rules: Rules) -> bool:
    """Tell whether nothing is drawn of labels: all one value, and that is hidden."""
    first = int(labels[0, 0])
    if rules.draws(first) or (rules.dims and rules.solo is not None):
        return False
    return bool((labels == first).all())

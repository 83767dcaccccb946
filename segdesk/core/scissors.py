"""Lines that follow edges of the picture.

E. N. Mortensen, W. A. Barrett, "Intelligent scissors for image composition", SIGGRAPH
1995; OpenCV's implementation. The ways from one anchor to all pixels of a window are
found at once, on a worker; asking for one of them costs nothing then.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segdesk.core.cv import load_cv2
from segdesk.core.flood import window_round
from segdesk.core.geometry import Rect, Size
from segdesk.core.shapes import Point, Ring

WINDOW_PX = 480  # of the copy in which ways are searched
_SMOOTHEST = 0.8  # pixels of that copy by which a line may be simpler than the edge


@dataclass(frozen=True, slots=True, eq=False)
class EdgeWays:
    """The ways along edges from one anchor.

    Parameters
    ----------
    anchor
        Where they begin.
    window
        The part of the image that they stay in.
    scale
        Image pixels for one pixel of the copy.
    scissors
        OpenCV's map of all ways.
    """

    anchor: Point
    window: Rect
    scale: float
    scissors: Any

    def to(self, place: Point) -> Ring:
        """Return the way to a place, the anchor left out.

        Behind the window it goes on straight.
        """
        cv2 = load_cv2()
        columns = max(1, round(self.window.width / self.scale))
        rows = max(1, round(self.window.height / self.scale))
        x = min(max(int((place.x - self.window.x) / self.scale), 0), columns - 1)
        y = min(max(int((place.y - self.window.y) / self.scale), 0), rows - 1)
        way = self.scissors.getContour((x, y))
        if way is None or len(way) < 3:
            return (place,)
        way = cv2.approxPolyDP(way, _SMOOTHEST, False).reshape(-1, 2)
        inner = [
            Point(
                self.window.x + (float(x) + 0.5) * self.scale,
                self.window.y + (float(y) + 0.5) * self.scale,
            )
            for x, y in way[1:-1]
        ]
        if not self.window.holds(*place):
            last = way[-1]
            inner.append(
                Point(
                    self.window.x + (float(last[0]) + 0.5) * self.scale,
                    self.window.y + (float(last[1]) + 0.5) * self.scale,
                )
            )
        return (*inner, place)


def ways_from(image: NDArray[np.uint8], anchor: Point, scale: float) -> EdgeWays:
    """Find the ways from an anchor. Slow: call it on a worker.

    Parameters
    ----------
    image
        (H, W, 3) RGB, read only.
    anchor
        Where the line goes on from; moved into the image.
    scale
        Image pixels for one pixel of the screen: edges are followed as they are seen.
    """
    cv2 = load_cv2()
    size = Size(image.shape[1], image.shape[0])
    scale = max(1.0, scale)
    x = min(max(anchor.x, 0.0), size.width - 1.0)
    y = min(max(anchor.y, 0.0), size.height - 1.0)
    window = window_round(x, y, size, round(WINDOW_PX * scale))
    copy = np.ascontiguousarray(image[window.slices])
    columns = max(1, round(window.width / scale))
    rows = max(1, round(window.height / scale))
    if (columns, rows) != (window.width, window.height):
        copy = cv2.resize(copy, (columns, rows), interpolation=cv2.INTER_AREA)
    scissors = cv2.segmentation.IntelligentScissorsMB()
    scissors.setEdgeFeatureCannyParameters(32, 100)
    scissors.setGradientMagnitudeMaxLimit(200)
    scissors.applyImage(copy)
    column = min(int((x - window.x) / scale), columns - 1)
    row = min(int((y - window.y) / scale), rows - 1)
    scissors.buildMap((column, row))
    return EdgeWays(anchor, window, scale, scissors)

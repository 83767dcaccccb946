"""What there is of scribbles, in one hand."""

from dataclasses import dataclass

from segdesk.app.scribble.applying import ScribbleApplying
from segdesk.app.scribble.book import ScribbleBook
from segdesk.app.scribble.live import LiveScribbles


@dataclass(frozen=True, slots=True)
class Scribbling:
    """The journeys of scribbles.

    Parameters
    ----------
    book
        The scribbles of the image on screen.
    live
        What is made of them, while one draws.
    applying
        Drafts of other images by them.
    """

    book: ScribbleBook
    live: LiveScribbles
    applying: ScribbleApplying

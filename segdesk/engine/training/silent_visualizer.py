"""What mmengine's runner draws with, where nothing is drawn.

mmengine 0.10 makes an empty matplotlib figure for each runner, also without a backend
that would show it: a third of a second, 40 MB, and a package that a bundle lacks.
SegDesk's curves and previews come from its events.
"""

from typing import Any

from mmengine.visualization import Visualizer


class _NoFigure:
    """Stands in for the figure; a runner asks for its resolution only."""

    def get_dpi(self) -> float:
        return 100.0


class SilentVisualizer(Visualizer):  # type: ignore[misc, unused-ignore]
    """Takes scalars and samples, as hooks hand them over, and shows none.

    Parameters
    ----------
    name
        No two of the process have the same.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name=name, vis_backends=[])

    def _initialize_fig(self, _fig_cfg: dict[str, Any]) -> tuple[None, _NoFigure, None]:
        return None, _NoFigure(), None

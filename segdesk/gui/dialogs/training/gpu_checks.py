"""Which GPUs train together: one check box for each."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from segdesk.gui.components import CheckBox

_COLUMNS = 2


class GpuChecks(QWidget):
    """Check boxes for GPUs, by number; those that are checked train together.

    Parameters
    ----------
    chosen
        Gets the numbers when the user changes them.
    """

    def __init__(self, chosen: Callable[[tuple[int, ...]], object]) -> None:
        super().__init__()
        self._chosen = chosen
        self.boxes: dict[int, CheckBox] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)

    def show_gpus(self, gpus: Sequence[int], chosen: Sequence[int]) -> None:
        """Show a box for each GPU, checked where it is among those chosen."""
        if list(self.boxes) != list(gpus):
            self._make_boxes(gpus)
        for number, box in self.boxes.items():
            box.blockSignals(True)
            box.setChecked(number in chosen)
            box.blockSignals(False)

    def _make_boxes(self, gpus: Sequence[int]) -> None:
        for box in self.boxes.values():
            self._grid.removeWidget(box)
            box.deleteLater()
        self.boxes = {}
        for place, number in enumerate(gpus):
            box = CheckBox(f"GPU {number}")
            box.toggled.connect(self._on_toggled)
            self._grid.addWidget(box, *divmod(place, _COLUMNS))
            self.boxes[number] = box

    def _on_toggled(self, _is_on: bool) -> None:
        self._chosen(
            tuple(number for number, box in self.boxes.items() if box.isChecked())
        )

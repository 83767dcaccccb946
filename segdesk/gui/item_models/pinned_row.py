"""The last row of a list, kept in sight while the list scrolls."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy

from segdesk.core.language import tr
from segdesk.gui.item_models.row_delegate import RowDelegate
from segdesk.gui.item_models.row_view import RowView
from segdesk.gui.wording import given


class PinnedRow(RowView):
    """Stands below a list and takes its last row over when not all of it is in sight.

    Both show the same model and the same selection.

    Parameters
    ----------
    delegate
        Paints the row.
    rows
        The list.
    is_wanted
        Tells whether the last row shall stay in sight.
    """

    def __init__(
        self, delegate: RowDelegate, rows: RowView, is_wanted: Callable[[], bool]
    ) -> None:
        super().__init__(
            delegate, tr("{list}, last", list=given(rows.setAccessibleName))
        )
        self._list = rows
        self._is_wanted = is_wanted
        self.setModel(rows.model())
        self.setSelectionModel(rows.selectionModel())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.opens_rows = False
        self.hide()
        rows.height_changed.connect(self.follow)

    def follow(self) -> None:
        """Take the row over when the list scrolls, else give it back."""
        count = self.model().rowCount()
        room = self._list.height() + (0 if self.isHidden() else self.height())
        is_pinned = count > 1 and self._is_wanted() and self._list.all_px() > room
        self._list.keep_rows(slice(0, count - 1) if is_pinned else slice(None))
        self.keep_rows(slice(count - 1, count))
        if is_pinned:
            self.setFixedHeight(self.content_height())
        self.setVisible(is_pinned)

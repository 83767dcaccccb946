"""What the bell opens: the notices of this sitting, newest first."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from segdesk.core.language import tr
from segdesk.gui import theme
from segdesk.gui.components.corners import cut_corners, make_see_through
from segdesk.gui.components.painting import RADIUS_NOTICE, rounded
from segdesk.gui.components.panels import DockHeader, EmptyState, Hairline
from segdesk.gui.notice_card import WIDTH, NoticeCard
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segdesk.app.notices import Notice

_MAX_HEIGHT = 560
_SHOWN = 30


class NoticeList(QFrame):
    """A popup under the bell; it goes when something else is clicked.

    Parameters
    ----------
    notices
        Oldest first.
    """

    def __init__(self, notices: "Sequence[Notice]", parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        make_see_through(self)
        put(self.setAccessibleName, tr("Notices"))
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        header = DockHeader(tr("Notices"), self)
        header.set_count(str(len(notices)) if notices else "")
        column.addWidget(header)
        column.addWidget(Hairline())
        newest = list(reversed(notices))[:_SHOWN]
        if newest:
            body, height = self._cards(newest)
            column.addWidget(body)
        else:
            height = 200
            words = tr("Warnings and errors of this sitting are kept here.")
            column.addWidget(EmptyState("bell", tr("Nothing was said yet"), words))
        self.setFixedSize(WIDTH + 14, min(_MAX_HEIGHT, height + 39))
        cut_corners(self, RADIUS_NOTICE)

    def show_below(self, bell: QWidget) -> None:
        """Show the list with its right edge at the bell's."""
        corner = bell.mapToGlobal(QPoint(bell.width(), bell.height() + 6))
        self.move(corner.x() - self.width(), corner.y())
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        del event
        fill, edge = theme.color("raised"), theme.color("line2")
        rounded(QPainter(self), QRectF(self.rect()), RADIUS_NOTICE, fill, edge)

    def _cards(self, notices: "Sequence[Notice]") -> tuple[QScrollArea, int]:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        height = 0
        for notice in notices:
            card = NoticeCard(notice, floats=False)
            card.closed.connect(self.close)
            column.addWidget(card)
            height += card.height()
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        return area, height

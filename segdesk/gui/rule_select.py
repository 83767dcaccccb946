"""The choice of what is painted over."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QPainter, QPixmap

from segdesk.app.catalog.tool_commands import choose_rule, rule_words
from segdesk.core.language import shown, tr
from segdesk.core.rules import PaintRule, RuleKind
from segdesk.gui import icons, theme
from segdesk.gui.actions import shown_key
from segdesk.gui.components.painting import rounded
from segdesk.gui.components.select import Select
from segdesk.gui.components.tips import Tip, give
from segdesk.gui.key_following import follow_keys

if TYPE_CHECKING:
    from segdesk.app.context import AppContext


class RuleSelect(Select):
    """What is painted over: all but locked, only unlabelled, everything, one class.

    Parameters
    ----------
    context
        The application.
    """

    def __init__(self, context: "AppContext") -> None:
        super().__init__(tr("Paint over"), icon="shield-check")
        self._context = context
        self._rules: list[PaintRule] = []
        self._classes: object = None
        follow_keys(context, self, self._show_key)
        self.activated.connect(self._on_activated)
        self.refresh()

    def sizeHint(self) -> QSize:
        """Return room for the longest of the fixed rules."""
        widest = QFontMetrics(theme.font("body")).horizontalAdvance(
            shown(tr("All but locked"))
        )
        return QSize(widest + 58, theme.row_px(28))

    def _show_key(self) -> None:
        key = shown_key(self._context.keymap.shown("tool.rule_next"))
        give(self, Tip(tr("Paint over"), key, tr("What a stroke may replace.")))

    def refresh(self) -> None:
        """List the classes as they are now."""
        classes = self._context.session.classes
        if classes is self._classes and self._rules:
            return
        self._classes = classes
        self.clear()
        kinds = (RuleKind.NOT_LOCKED, RuleKind.UNLABELLED, RuleKind.EVERYWHERE)
        self._rules = [PaintRule(kind) for kind in kinds]
        for kind in kinds:
            self.addItem(icons.icon("shield-check", "text3"), rule_words(kind))
        for index, name in enumerate(classes.names if classes else ()):
            self._rules.append(PaintRule(RuleKind.ONLY_CLASS, index))
            colour = classes.palette[index] if classes else ""
            self.addItem(_swatch_icon(colour), tr("Only {name}", name=name))
        self.show_rule(self._context.annotating.choices.rule)

    def show_rule(self, rule: PaintRule) -> None:
        """Show the rule in force."""
        self.setCurrentIndex(self._rules.index(rule) if rule in self._rules else 0)

    def _on_activated(self, index: int) -> None:
        rule = self._rules[index]
        if rule.kind is RuleKind.ONLY_CLASS:
            self._context.annotating.choose(rule=rule)
        else:
            choose_rule(self._context, rule.kind)


def _swatch_icon(colour: str) -> QIcon:
    picture = QPixmap(32, 32)
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    rounded(painter, QRectF(3, 3, 26, 26), 8, QColor(colour))
    painter.end()
    return QIcon(picture)

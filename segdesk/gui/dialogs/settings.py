"""The settings: pages made from the schema, a search, the way back to the defaults."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from segdesk.app.keys.names import shown
from segdesk.app.settings.changing import SettingsChanging
from segdesk.app.settings.preferences import SHOWN, Preferences
from segdesk.app.settings.schema import Group, Setting
from segdesk.core.language import joined, spaced, tr
from segdesk.gui.components.buttons import Button, Kind
from segdesk.gui.components.fields import SearchField
from segdesk.gui.components.labels import Label
from segdesk.gui.components.panels import Hairline
from segdesk.gui.dialogs.frame import FOOT_BUTTON, DialogFrame
from segdesk.gui.dialogs.settings_pages import GroupList
from segdesk.gui.dialogs.settings_rows import SettingRow
from segdesk.gui.palette_search import fit
from segdesk.gui.wording import put

if TYPE_CHECKING:
    from segdesk.app.context import AppContext

_WIDTH, _HEIGHT, _RAIL = 860, 660, 190
_DEBOUNCE_MS = 60
_SCATTERED = 3  # letters in order, not a word: too loose for a page of settings


class SettingsDialog(DialogFrame):
    """All settings; each change is in force at once.

    Parameters
    ----------
    context
        The application.
    name
        The setting to begin with; "": the first page.
    """

    def __init__(
        self, context: "AppContext", parent: QWidget | None, name: str = ""
    ) -> None:
        super().__init__(parent, tr("Settings"), width=_WIDTH)
        self.setFixedHeight(min(_HEIGHT, _room(parent)))
        self._context = context
        self._settings = context.settings
        self._began = context.settings.preferences
        self._changing = SettingsChanging(context.settings, context.predicting)
        self.rows: dict[str, SettingRow] = {}
        self._headings: dict[Group, Label] = {}
        self._coming: list[Setting] = []
        self.search = SearchField(tr("Search settings"))
        self.groups = GroupList([one for one in Group if one is not Group.KEPT])
        self._nothing = Label("", "body", "text2", wrap=True)
        self._put_together()
        self._add_foot()
        self._debounce = QTimer(self, singleShot=True, interval=_DEBOUNCE_MS)
        self._debounce.timeout.connect(self.search_now)
        self.search.textChanged.connect(lambda _: self._debounce.start())
        self._next = QTimer(self, interval=0)
        self._next.timeout.connect(self._make_next)
        self.groups.chosen.connect(self._on_group)
        self.finished.connect(context.settings.changed.connect(self._show_values))
        self.finished.connect(context.keymap.changed.connect(self._show_keys))
        self._begin_with(name)
        self._show_values(context.settings.preferences)
        self._show_keys()

    def search_now(self) -> None:
        """Show what fits the search; without one, the chosen page."""
        self._debounce.stop()
        query = self.search.text().strip()
        if not query:
            self._show_rows([one for one in SHOWN if one.group is self.groups.choice])
            return
        self.groups.show_choice(None)
        found = [one for one in SHOWN if fits(query, one)]
        self._show_rows(found)
        put(
            self._nothing.setText,
            "" if found else tr("No setting fits “{query}”.", query=query),
        )

    # ------------------------------------------------------------ putting together

    def _put_together(self) -> None:
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        whole = QHBoxLayout()
        whole.setSpacing(0)
        left = QVBoxLayout()
        left.setContentsMargins(12, 14, 12, 14)
        left.setSpacing(10)
        left.addWidget(self.search)
        left.addWidget(self.groups)
        left.addStretch(1)
        rail = QWidget()
        rail.setFixedWidth(_RAIL)
        rail.setLayout(left)
        whole.addWidget(rail)
        whole.addWidget(Hairline(vertical=True))
        page = QWidget()
        page.setObjectName("settingsPage")
        self._page = QVBoxLayout(page)
        self._page.setContentsMargins(16, 14, 18, 18)
        self._page.setSpacing(0)
        self._page.addWidget(self._nothing)
        self._page.addStretch(1)
        self.area = QScrollArea()
        put(self.area.setAccessibleName, tr("Settings"))
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(page)
        whole.addWidget(self.area, 1)
        self.body.addLayout(whole, 1)
        self._keys_row = self._make_keys_row()

    def _make_keys_row(self) -> QWidget:
        row = QWidget()
        inside = QHBoxLayout(row)
        inside.setContentsMargins(14, 12, 38, 9)
        inside.setSpacing(10)
        self._keys_words = Label("", "small", "text3", wrap=True)
        inside.addWidget(self._keys_words, 1)
        button = Button(tr("Change keys…"), icon="keyboard")
        button.clicked.connect(self._on_keys)
        inside.addWidget(button)
        row.hide()
        self._page.insertWidget(self._page.count() - 1, row)
        return row

    def _add_foot(self) -> None:
        self.reset_all = Button(tr("Reset all"), Kind.GHOST, height=FOOT_BUTTON)
        self.reset_all.clicked.connect(self._on_reset_all)
        self.open_file = Button(
            tr("Open the file"), Kind.GHOST, icon="file-text", height=FOOT_BUTTON
        )
        self.open_file.clicked.connect(self._on_open_file)
        self._foot.insertWidget(0, self.reset_all)
        self._foot.insertWidget(1, self.open_file)
        self.add_verb(tr("Close"), Kind.DEFAULT)

    def _begin_with(self, name: str) -> None:
        one = next((one for one in SHOWN if one.name == name), None)
        self.groups.show_choice(one.group if one else Group.LOOK)
        self.search_now()
        if one is None:
            self.search.setFocus(Qt.FocusReason.PopupFocusReason)
        else:
            self.finish()
            row = self.rows[name]
            row.control.setFocus(Qt.FocusReason.TabFocusReason)
            QTimer.singleShot(0, self, lambda: self.area.ensureWidgetVisible(row))

    # ------------------------------------------------------------ rows

    def finish(self) -> None:
        """Make the rows that are still to come at once."""
        while self._coming:
            self._make_next()

    def _show_rows(self, wanted: list[Setting]) -> None:
        shown_names = {one.name for one in wanted}
        shown_groups = {one.group for one in wanted}
        for group in shown_groups:
            self._heading(group)
        for name, row in self.rows.items():
            row.setVisible(name in shown_names)
        for group, heading in self._headings.items():
            heading.setVisible(group in shown_groups)
        self._keys_row.setVisible(Group.KEYS in shown_groups)
        self._nothing.setVisible(not wanted)
        self.area.verticalScrollBar().setValue(0)
        self._coming = [one for one in wanted if one.name not in self.rows]
        self._next.start()

    def _make_next(self) -> None:
        """Make one row: a page of them at once would hold the window."""
        if self._coming:
            self._row(self._coming.pop(0)).show()
        if not self._coming:
            self._next.stop()

    def _row(self, one: Setting) -> SettingRow:
        """Return a setting's row; it is made when it is shown first."""
        if one.name not in self.rows:
            row = SettingRow(one, self._context)
            row.changed.connect(self._on_changed)
            row.reset.connect(self._on_reset)
            self._show_value(row, self._settings.preferences)
            self.rows[one.name] = row
            self._page.insertWidget(self._place_of(one), row)
        return self.rows[one.name]

    def _place_of(self, one: Setting) -> int:
        """Return where a new row goes: in the schema's order, under its heading."""
        names = [each.name for each in SHOWN]
        before = [
            row
            for name, row in self.rows.items()
            if row.setting.group is one.group
            and names.index(name) < names.index(one.name)
        ]
        if before:
            last = max(before, key=lambda row: names.index(row.setting.name))
            return self._page.indexOf(last) + 1
        return self._page.indexOf(self._heading(one.group)) + 1

    def _heading(self, group: Group) -> Label:
        if group not in self._headings:
            heading = Label(group.words, "title")
            heading.setContentsMargins(14, 12, 0, 6)
            order = list(Group)
            later = [
                self._page.indexOf(other)
                for each, other in self._headings.items()
                if order.index(each) > order.index(group)
            ]
            place = min([*later, self._page.indexOf(self._keys_row)])
            self._headings[group] = heading
            self._page.insertWidget(place, heading)
        return self._headings[group]

    # ------------------------------------------------------------ values

    def _show_value(self, row: SettingRow, now: Preferences) -> None:
        name = row.setting.name
        row.show_value(getattr(now, name), getattr(self._began, name))

    def _show_values(self, now: Preferences) -> None:
        for row in self.rows.values():
            self._show_value(row, now)
        differing = [one for one in SHOWN if not self._settings.is_default(one.name)]
        self.groups.mark({one.group for one in differing})
        self.reset_all.setEnabled(bool(differing) or bool(now.keys))

    def _show_keys(self) -> None:
        keymap = self._context.keymap
        count = sum(keymap.is_own(command_id) for command_id in keymap.ids)
        own = (
            tr("No command has other keys.")
            if not count
            else tr("{count} with own keys.", count=count)
        )
        key = shown(keymap.shown("app.keys"))
        put(
            self._keys_words.setText,
            spaced(own, tr("{key} shows all.", key=key) if key else ""),
        )

    def _on_changed(self, name: str, value: object) -> None:
        if name == "keymap":
            from segdesk.app.keys.editing import KeymapEditing

            KeymapEditing(self._context.keymap, self._settings).choose(str(value))
        else:
            self._changing.change(name, value)

    def _on_reset(self, name: str) -> None:
        self._changing.reset(name)

    def _on_group(self, group: Group) -> None:
        self.search.clear()
        self.groups.show_choice(group)
        self.search_now()

    def _on_keys(self) -> None:
        self._context.window.show_keys()

    def _on_reset_all(self) -> None:
        self._context.commands.run("app.reset_settings")

    def _on_open_file(self) -> None:
        self._settings.writer()()
        self._context.dialogs.open_file(self._settings.path)


def fits(query: str, one: Setting) -> bool:
    """Tell whether a setting is meant by what was typed."""
    text = joined(
        " ", (one.title, one.words, one.group, one.help, *one.choices.values())
    )
    how = fit(query, text)
    return how is not None and how.rank[0] < _SCATTERED


def _room(parent: QWidget | None) -> int:
    return _HEIGHT if parent is None else max(480, parent.height() - 60)

"""Changing settings as a user would: a loaded model follows, and it can be reset."""

from typing import TYPE_CHECKING

from segdesk.app.settings.preferences import BY_NAME, Preferences
from segdesk.core.errors import SegDeskError
from segdesk.core.language import joined, tr

if TYPE_CHECKING:
    from segdesk.app.notices import Notices
    from segdesk.app.proposals.predicting import Predicting
    from segdesk.app.settings.settings import Settings

_RELOADING = frozenset({"device", "precision"})
_REPREDICTING = frozenset({"flip_and_scale", "large_in_windows"})
_NAMED = 3


class SettingsChanging:
    """Changes settings; the journey that has to answer is asked to.

    Parameters
    ----------
    predicting
        Loads the model again where its device is another one.
    """

    def __init__(self, settings: "Settings", predicting: "Predicting") -> None:
        self._settings = settings
        self._predicting = predicting

    def change(self, name: str, value: object) -> None:
        """Give a setting another value."""
        before = self._settings.preferences
        self._settings.update(**{name: value})
        self._answer(before)

    def reset(self, *names: str) -> None:
        """Go back to the defaults; without names: of everything."""
        before = self._settings.preferences
        self._settings.reset(*names)
        self._answer(before)

    def restore(self, preferences: Preferences) -> None:
        """Go back to how all was, for an undo."""
        before = self._settings.preferences
        values = {name: getattr(preferences, name) for name in BY_NAME}
        self._settings.update(**values)
        self._answer(before)

    def reload(self, notices: "Notices") -> None:
        """Take up what another program wrote into the file, and say so."""
        before = self._settings.preferences
        try:
            names = self._settings.reload()
        except SegDeskError as error:
            notices.error(error)
            names = ()
        self._answer(before)
        if names:
            titles = joined(", ", (BY_NAME[name].title for name in names[:_NAMED]))
            more = len(names) - _NAMED
            rest = tr(" and {more} more", more=more) if more > 0 else ""
            notices.toast(
                tr(
                    "Read {name} again: {titles}{rest}",
                    name=self._settings.path.name,
                    titles=titles,
                    rest=rest,
                )
            )

    def _answer(self, before: Preferences) -> None:
        now = self._settings.preferences
        changed = {
            name
            for name in _RELOADING | _REPREDICTING
            if getattr(before, name) != getattr(now, name)
        }
        if changed & _RELOADING:
            self._predicting.set_device(now.device)
        elif changed & _REPREDICTING:
            self._predicting.set_flip_and_scale(on=now.flip_and_scale)

"""Settings take effect at once: what they mean for the journeys."""

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from segdesk.app.settings.preferences import BY_NAME, Preferences
from segdesk.app.tools.options import BrushShape
from segdesk.app.view_state import Compare, OverlayLook, ViewState
from segdesk.core.palettes import PALETTES
from segdesk.core.rules import PaintRule, RuleKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from segdesk.app.annotate.label_tints import LabelTints
    from segdesk.app.annotate.open_annotation import OpenAnnotation
    from segdesk.app.context import AppContext

_MB, _GB = 1_000_000, 1_000_000_000
_THREADS = "OMP_NUM_THREADS"
_VIEW = ("opacity", "pixel_grid", "navigator", "min_confidence", "look", "compare")
_OPTIONS = (
    "brush_size",
    "brush_shape",
    "pressure_sizes",
    "fill_closed",
    "keep_shapes",
)


class SettingsInForce:
    """Brings every change of the settings to the journeys, and some of theirs back.

    How the picture is looked at goes back into the settings, so that the next sitting
    begins with it. Theme and sizes of the window are the window's own.

    Parameters
    ----------
    context
        The application; everything is brought into force at once.
    tints
        Lays labels over thumbnails.
    """

    def __init__(self, context: "AppContext", tints: "LabelTints") -> None:
        self._context = context
        self._tints = tints
        self._settings = context.settings
        self._before = Preferences()
        self._threads = os.environ.get(_THREADS)
        self._effects: dict[str, Callable[[Preferences], None]] = {
            "autosave_s": self._set_autosave,
            "undo_mb": self._set_undo,
            "paint_rule": self._set_rule,
            "class_palette": self._set_palette,
            "engine_threads": self._set_threads,
            "proposals_gb": self._set_disk,
            "thumbnail_labels": self._set_tints,
            "keymap": self._set_keys,
            "keys": self._set_keys,
        }
        self._on_changed(self._settings.preferences)
        self._settings.changed.connect(self._on_changed)
        context.session.view_changed.connect(self._on_view)
        context.annotations.opened.connect(self._on_annotation)

    # ------------------------------------------------------------ effects

    def _on_changed(self, now: Preferences) -> None:
        before, self._before = self._before, now
        changed = [name for name in BY_NAME if _differ(before, now, name)]
        view = {name: _as_view(name, now) for name in changed if name in _VIEW}
        if view:
            self._context.session.update_view(**view)
        if set(changed) & set(_OPTIONS):
            self._set_options(now, changed)
        for effect in {
            self._effects[name] for name in changed if name in self._effects
        }:
            effect(now)

    def _set_options(self, now: Preferences, changed: list[str]) -> None:
        annotating = self._context.annotating
        facts = {name: getattr(now, name) for name in changed if name in _OPTIONS}
        if "brush_shape" in facts:
            facts["brush_shape"] = BrushShape(now.brush_shape)
        if "brush_size" in facts:
            facts["brush_size"] = float(now.brush_size)
        annotating.choose(options=replace(annotating.choices.options, **facts))

    def _set_autosave(self, now: Preferences) -> None:
        self._context.autosave.quiet_s = float(now.autosave_s)

    def _set_undo(self, now: Preferences) -> None:
        self._context.annotations.histories.limit(now.undo_mb * _MB)
        self._on_annotation(self._context.annotations.current)

    def _set_rule(self, now: Preferences) -> None:
        self._context.annotating.choose(rule=PaintRule(RuleKind(now.paint_rule)))

    def _set_palette(self, now: Preferences) -> None:
        self._context.class_editing.palette = PALETTES[now.class_palette]

    def _set_threads(self, now: Preferences) -> None:
        """Tell the engines that start from now on."""
        if now.engine_threads:
            os.environ[_THREADS] = str(now.engine_threads)
        elif self._threads is None:
            os.environ.pop(_THREADS, None)
        else:
            os.environ[_THREADS] = self._threads

    def _set_disk(self, now: Preferences) -> None:
        self._context.predicting.kept.limit_disk(now.proposals_gb * _GB)

    def _set_tints(self, now: Preferences) -> None:
        self._tints.turn(on=now.thumbnail_labels)

    def _set_keys(self, now: Preferences) -> None:
        self._context.keymap.use(now.keymap, now.keys)

    # ------------------------------------------------------------ from the journeys

    def _on_view(self, view: ViewState) -> None:
        self._settings.update(
            opacity=view.opacity,
            compare=view.compare.value,
            look=view.look.value,
            pixel_grid=view.pixel_grid,
            navigator=view.navigator,
        )

    def _on_annotation(self, annotation: "OpenAnnotation | None") -> None:
        if annotation is not None:
            budget = self._settings.preferences.undo_mb * _MB
            annotation.document.history.limit(budget)


def _differ(before: Preferences, now: Preferences, name: str) -> bool:
    return bool(getattr(before, name) != getattr(now, name))


def _as_view(name: str, now: Preferences) -> object:
    value = getattr(now, name)
    if name == "look":
        return OverlayLook(value)
    return Compare(value) if name == "compare" else value

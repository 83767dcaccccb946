"""How the user wants images predicted, as one order to the engine."""

from pathlib import Path

from segdesk.app.settings.settings import Preferences
from segdesk.core.image_view import ImageView
from segdesk.jobs.model_source import LARGE_IN_WINDOWS
from segdesk.jobs.specs import DoubtSpec, ModelSource, PredictSpec, Tta

AUGMENTED = Tta(flip=True, scales=(0.75, 1.0, 1.25))


def doubt_spec(
    model: ModelSource,
    image: Path,
    scratch_dir: Path,
    preferences: Preferences,
    view: ImageView,
) -> DoubtSpec:
    """Return the order for entropy and margin, seen as `predict_spec` sees an image."""
    asked = predict_spec(model, image, scratch_dir, preferences, view)
    return DoubtSpec(
        model=model,
        image=image,
        scratch_dir=scratch_dir,
        device=asked.device,
        precision=asked.precision,
        tta=asked.tta,
        windows=asked.windows,
        view=view,
    )


def predict_spec(
    model: ModelSource,
    image: Path,
    scratch_dir: Path,
    preferences: Preferences,
    view: ImageView,
    *,
    keep_rows: bool = False,
) -> PredictSpec:
    """Return the order to predict one image as the preferences say.

    Parameters
    ----------
    view
        Bands and stretch: the model sees what the window shows.
    keep_rows
        When it is stopped in windows, hand over what is done.
    """
    return PredictSpec(
        model=model,
        image=image,
        scratch_dir=scratch_dir,
        device=preferences.device,
        precision=preferences.precision,  # type: ignore[arg-type]
        tta=AUGMENTED if preferences.flip_and_scale else None,
        windows=LARGE_IN_WINDOWS if preferences.large_in_windows else None,
        keep_rows=keep_rows,
        view=view,
    )

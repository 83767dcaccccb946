"""How the user wants images predicted, as one order to the engine."""

from pathlib import Path

from segdesk.app.settings import Preferences
from segdesk.jobs.specs import ModelSource, PredictSpec, Tta

AUGMENTED = Tta(flip=True, scales=(0.75, 1.0, 1.25))


def predict_spec(
    model: ModelSource, image: Path, scratch_dir: Path, preferences: Preferences
) -> PredictSpec:
    """Return the order to predict one image as the preferences say."""
    return PredictSpec(
        model=model,
        image=image,
        scratch_dir=scratch_dir,
        device=preferences.device,
        precision=preferences.precision,  # type: ignore[arg-type]
        tta=AUGMENTED if preferences.flip_and_scale else None,
    )

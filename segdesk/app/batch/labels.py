"""What lies over an image of a batch in its thumbnail."""

from pathlib import Path

from segdesk.app.batch.run import BatchRun
from segdesk.app.files.thumbnails import LabelSource


def labels_over(run: BatchRun | None, path: Path) -> LabelSource | None:
    """Return the mask of an image, once it is there; None: nothing lies over it."""
    if run is None or run.classes is None or "mask" not in run.kinds:
        return None
    index = run.rows.index_of(path)
    if index is None or not run.rows.row(index).has_result:
        return None
    from segdesk.formats.outputs import output_path

    mask = output_path(run.out_dir, "mask", run.rows.names[index])
    return LabelSource(mask, run.classes.rgb, run.classes.background_index)

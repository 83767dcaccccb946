"""Which program wrote an ONNX file, and how it is run."""

from collections.abc import Callable

from segdesk.engine.export.mmdeploy_model import MmdeployModel
from segdesk.engine.export.onnx_model import OnnxModel
from segdesk.engine.runnable import Runnable
from segdesk.jobs.events import Noted
from segdesk.jobs.specs import Device, ModelSource, Precision


def open_onnx(
    source: ModelSource,
    device: Device,
    precision: Precision,
    note: Callable[[Noted], None],
) -> Runnable:
    """Open an ONNX model: MMDeploy's with its pipeline.json, else SegDesk's own.

    Raises
    ------
    SegDeskError
        As `OnnxModel` and `MmdeployModel`.
    """
    if source.config is not None and source.config.suffix.lower() == ".json":
        return MmdeployModel(source, device, note)
    return OnnxModel(source, device, precision, note)

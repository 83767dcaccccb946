"""What a model's files are called in its folder of the library."""

from pathlib import Path

ONNX_SUFFIX = ".onnx"
SUFFIXES = (".pth", ONNX_SUFFIX)
MMDEPLOY_GRAPH = "end2end.onnx"
MMDEPLOY_PIPELINE = "pipeline.json"


def is_onnx(path: Path) -> bool:
    """Tell whether a model is an ONNX file."""
    return path.suffix.lower() == ONNX_SUFFIX


def checkpoint_name(source: Path) -> str:
    """Return what a copy of a checkpoint or an ONNX file is called."""
    return f"model{ONNX_SUFFIX}" if is_onnx(source) else "model.pth"


def config_name(source: Path) -> str:
    """Return what is kept beside it: a config, or MMDeploy's pipeline."""
    return MMDEPLOY_PIPELINE if is_onnx(source) else "config.py"

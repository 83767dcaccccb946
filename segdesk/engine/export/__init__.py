"""Models as ONNX, and those of others."""

"""The canvas: image, overlay, pointer."""

"""The domain: numpy, OpenCV, Pillow. No Qt, no torch."""

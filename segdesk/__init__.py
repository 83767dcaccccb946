"""SegDesk: annotate, train, predict and correct with MMSegmentation models."""

__version__ = "0.1.0"

"""The time line of a video: ruler, frames, marks, shares of the classes."""

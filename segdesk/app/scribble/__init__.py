"""Scribbles: a few strokes, and what a classifier makes of them while one draws."""

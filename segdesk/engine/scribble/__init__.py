"""Scribbles of some pixels, and what they say of all others."""

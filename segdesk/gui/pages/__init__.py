"""Whole-window pages."""

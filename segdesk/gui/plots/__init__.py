"""Curves of trainings, drawn by pyqtgraph."""

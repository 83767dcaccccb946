"""Beside the house: torch, mmengine and mmseg. Reached only through jobs and cli."""

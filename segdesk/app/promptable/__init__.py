"""Promptable models: points and boxes in, the thing that they mean out."""

"""Trainings and what they are measured by."""

"""Trainings: the form, the runs, what they leave."""

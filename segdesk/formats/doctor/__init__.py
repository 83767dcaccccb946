"""The dataset doctor: what is wrong with training data, and what mends it."""

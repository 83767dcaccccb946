"""The review queue: what is worth a person's look, first things first."""

"""The form of a training: data, model, run."""

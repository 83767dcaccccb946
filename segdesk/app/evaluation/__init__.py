"""What a model gets wrong on labelled images."""

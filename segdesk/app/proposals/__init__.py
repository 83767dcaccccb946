"""What a model says of an image, until it is taken over."""

"""Many images predicted at once."""

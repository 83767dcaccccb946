"""Films and live pictures."""

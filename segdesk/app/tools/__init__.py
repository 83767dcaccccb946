"""Tools of annotation: state machines without a window."""

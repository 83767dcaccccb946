"""Models that are asked by points and boxes: the family of Segment Anything."""

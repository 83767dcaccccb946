"""The narrow waist: specs in, events out, exactly one terminal event."""

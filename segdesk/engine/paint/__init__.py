"""From scores to labels and confidence."""

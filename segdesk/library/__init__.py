"""Model cards, the model library, and the zoo."""

"""How sure a model is, how sure it ought to be, and what follows from it."""

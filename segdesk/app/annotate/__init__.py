"""What is done to the open annotation: tools, steps, saving, coming back."""

"""The panels round the canvas. No dock imports another."""

"""Which keys run which command."""

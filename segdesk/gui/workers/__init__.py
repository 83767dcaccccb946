"""QThreads that drive the engine and the disk."""

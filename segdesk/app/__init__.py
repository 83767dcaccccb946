"""The application without a window: session, commands, settings, jobs."""

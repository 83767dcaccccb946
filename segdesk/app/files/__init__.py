"""The open files: found, filtered, sorted, read, shown."""

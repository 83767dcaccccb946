"""The window: PySide6 widgets, QThread workers, painting."""

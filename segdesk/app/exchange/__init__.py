"""Labels of other programs come in, the project's go out."""

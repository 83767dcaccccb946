"""Names, colours and numbers of classes, and changing them everywhere."""

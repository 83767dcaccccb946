"""imagecodecs: each codec is a compiled module that is imported by name."""

from listing import compiled_modules_of

hiddenimports = [
    "imagecodecs.imagecodecs",
    "imagecodecs._imagecodecs",
    *compiled_modules_of("imagecodecs"),
]

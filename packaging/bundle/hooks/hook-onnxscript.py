"""onnxscript reads the source of its own functions when it is imported."""

from listing import modules_of

module_collection_mode = "pyz+py"
hiddenimports = [
    name
    for name in modules_of("onnxscript")
    if "_test" not in name and ".testing" not in name
]

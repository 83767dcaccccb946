"""mmcv: its registries import by name; its operators may not be compiled."""

from listing import modules_of
from PyInstaller.utils.hooks import copy_metadata

hiddenimports = modules_of("mmcv", without=("mmcv.ops.csrc",))
datas = copy_metadata("onedl-mmcv")

"""mmengine: hooks, optimizers and backends are imported by name."""

from listing import modules_of
from PyInstaller.utils.hooks import collect_data_files, copy_metadata

hiddenimports = modules_of("mmengine", without=("mmengine.testing",))
datas = collect_data_files("mmengine") + copy_metadata("onedl-mmengine")

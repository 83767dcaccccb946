"""qtawesome: SegDesk reads one of its fonts and imports nothing of it."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("qtawesome", includes=["fonts/phosphor*"])

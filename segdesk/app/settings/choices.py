"""Words of the settings that are one of several, by value."""

from segdesk.core.language import tr

SCALES = {
    "system": tr("As the system"),
    "100": "100%",
    "125": "125%",
    "150": "150%",
    "200": "200%",
}
RULES = {
    "not locked": tr("All but locked"),
    "unlabelled": tr("Only unlabelled"),
    "everywhere": tr("Everywhere"),
}
PALETTES = {
    "segdesk": tr("SegDesk (150)"),
    "okabe-ito": tr("Okabe-Ito (7)"),
    "tol-bright": tr("Tol bright (7)"),
    "tol-muted": tr("Tol muted (9)"),
}
THEMES = {"system": tr("As the system"), "dark": tr("Dark"), "light": tr("Light")}
ORDERS = {
    "name": tr("Name"),
    "status": tr("Status"),
    "size": tr("Size"),
    "date": tr("Date"),
}
LOOKS = {
    "fill+contour": tr("Fill and contour"),
    "contour": tr("Contour"),
    "fill": tr("Fill"),
}
KEYMAPS = {
    "segdesk": "SegDesk",
    "labelme": "labelme",
    "x-anylabeling": "X-AnyLabeling",
    "cvat": "CVAT",
}

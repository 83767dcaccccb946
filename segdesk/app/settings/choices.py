"""Words of the settings that are one of several, by value."""

SCALES = {
    "system": "As the system",
    "100": "100%",
    "125": "125%",
    "150": "150%",
    "200": "200%",
}
RULES = {
    "not locked": "All but locked",
    "unlabelled": "Only unlabelled",
    "everywhere": "Everywhere",
}
PALETTES = {
    "segdesk": "SegDesk (150)",
    "okabe-ito": "Okabe-Ito (7)",
    "tol-bright": "Tol bright (7)",
    "tol-muted": "Tol muted (9)",
}
THEMES = {"system": "As the system", "dark": "Dark", "light": "Light"}
ORDERS = {"name": "Name", "status": "Status", "size": "Size", "date": "Date"}
LOOKS = {
    "fill+contour": "Fill and contour",
    "contour": "Contour",
    "fill": "Fill",
}
KEYMAPS = {
    "segdesk": "SegDesk",
    "labelme": "labelme",
    "x-anylabeling": "X-AnyLabeling",
    "cvat": "CVAT",
}

"""Every preference, declared once: default, limits, words."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

from segdesk.app.settings import choices as choices_of
from segdesk.app.settings.schema import (
    Applies,
    Group,
    Kind,
    Setting,
    read_schema,
    setting,
)


@dataclass(frozen=True, slots=True)
class Preferences:
    """Every preference with its default; what each means stands in its declaration."""

    theme: str = setting(
        "dark",
        Group.LOOK,
        "Theme",
        "Colours of the window. Image work starts dark.",
        choices=choices_of.THEMES,
        words="light night colour appearance",
    )
    text_scale: float = setting(
        1.0,
        Group.LOOK,
        "Size of text",
        "Letters of the window; rows grow with them.",
        low=0.9,
        high=1.5,
        words="font letters larger",
    )
    ui_scale: str = setting(
        "system",
        Group.LOOK,
        "Size of everything",
        "Letters, buttons and spaces together, for screens with fine pixels.",
        choices=choices_of.SCALES,
        applies=Applies.START,
        words="scale zoom dpi high-dpi display",
    )
    high_contrast: bool = setting(
        False,
        Group.LOOK,
        "High contrast",
        "Stronger edges and a wider ring round what has the keyboard.",
        words="accessibility border focus",
    )
    reduce_motion: bool = setting(
        False,
        Group.LOOK,
        "Reduce motion",
        "Nothing slides or fades.",
        words="animation accessibility",
    )
    tooltips: bool = setting(
        True,
        Group.LOOK,
        "Tooltips",
        "Say name and key of a control when the pointer rests on it.",
        words="hints help",
    )
    toast_s: int = setting(
        4,
        Group.LOOK,
        "Short messages stay",
        "How long a line says what was done; twice as long where it offers Undo.",
        low=2,
        high=60,
        unit="s",
        words="toast notice notification",
    )
    open_last: bool = setting(
        False,
        Group.START,
        "Open the last folder",
        "Begin where the last sitting ended, not with the welcome page.",
        words="restore session recent",
    )
    load_last_model: bool = setting(
        True,
        Group.START,
        "Load the last model",
        "Begin with the model that was loaded last.",
        words="restore",
    )
    engine_at_start: bool = setting(
        True,
        Group.START,
        "Start the engine with the window",
        "Models answer sooner. Without it the engine starts when it is needed.",
        words="memory torch",
    )
    files_order: str = setting(
        "name",
        Group.START,
        "Sort files by",
        "Order of the list of files.",
        choices=choices_of.ORDERS,
    )
    files_filters: bool = setting(
        False, Group.START, "Show filters", "Chips over the files, by status and class."
    )
    files_grid: bool = setting(
        False,
        Group.START,
        "Files as a grid",
        "Larger pictures beside each other instead of rows.",
        words="thumbnails",
    )
    thumbnail_labels: bool = setting(
        True,
        Group.START,
        "Labels on thumbnails",
        "Lay the annotation over the small pictures in the list of files.",
        words="overlay",
    )
    models_folder: str = setting(
        "",
        Group.START,
        "Folder of models",
        "Where added and downloaded models are kept. Nothing is moved.",
        kind=Kind.FOLDER,
        applies=Applies.START,
        words="library path directory disk",
    )
    cache_folder: str = setting(
        "",
        Group.START,
        "Folder for temporary files",
        "Kept proposals, parts of downloads, pixels of large images.",
        kind=Kind.FOLDER,
        applies=Applies.START,
        words="cache path directory disk space",
    )
    autosave_s: int = setting(
        2,
        Group.DRAW,
        "Save after",
        "Seconds of quiet after which an annotation is written. A step is in the "
        "journal at once.",
        low=1,
        high=60,
        unit="s",
        words="autosave delay write",
    )
    undo_mb: int = setting(
        64,
        Group.DRAW,
        "Memory for undo",
        "Room for the steps of all images; the oldest go first.",
        low=16,
        high=4096,
        unit="MB",
        words="history redo steps",
    )
    brush_size: int = setting(
        42,
        Group.DRAW,
        "Brush",
        "Size of the brush at the start, in image pixels.",
        low=1,
        high=2000,
        unit="px",
        words="diameter tool",
    )
    brush_shape: str = setting(
        "round",
        Group.DRAW,
        "Shape of the brush",
        "At the start.",
        choices={"round": "Round", "square": "Square"},
    )
    pressure_sizes: bool = setting(
        True,
        Group.DRAW,
        "Pen pressure sizes",
        "A pen that is pressed lightly paints with a smaller brush.",
        words="tablet stylus",
    )
    fill_closed: bool = setting(
        False,
        Group.DRAW,
        "Fill closed stroke",
        "A brush stroke that closes round an area fills it.",
    )
    keep_shapes: bool = setting(
        True,
        Group.DRAW,
        "Keep shapes editable",
        "Polygons and other shapes can be changed after they were painted.",
        words="vector vertices",
    )
    paint_rule: str = setting(
        "not locked",
        Group.DRAW,
        "Paint over",
        "What tools may replace, at the start.",
        choices=choices_of.RULES,
        words="rule locked",
    )
    class_palette: str = setting(
        "segdesk",
        Group.DRAW,
        "Colours of classes",
        "For new classes and “Use safe colours”. All of them can be told apart by "
        "colour-blind people; beyond their number SegDesk's own follow.",
        choices=choices_of.PALETTES,
        words="palette colour blind okabe ito tol accessibility",
    )
    wheel: str = setting(
        "zoom",
        Group.VIEW,
        "Wheel",
        "On the picture. Where it scrolls, Ctrl+wheel zooms and Alt+wheel sizes the "
        "brush.",
        choices={"zoom": "Zooms", "scroll": "Scrolls"},
        words="mouse pan",
    )
    wheel_inverted: bool = setting(
        False,
        Group.VIEW,
        "Turn the wheel the other way",
        "Towards you zooms in.",
        words="mouse invert reverse natural",
    )
    zoom_step: float = setting(
        0.25,
        Group.VIEW,
        "Zoom of one notch",
        "How much closer one notch of the wheel goes.",
        low=0.05,
        high=1.0,
        words="mouse speed",
    )
    opacity: float = setting(
        0.45,
        Group.VIEW,
        "Opacity of the overlay",
        "How strongly classes are filled.",
        low=0.0,
        high=1.0,
        words="fill labels transparency",
    )
    look: str = setting(
        "fill+contour",
        Group.VIEW,
        "Look of the overlay",
        "How regions of a class are drawn.",
        choices=choices_of.LOOKS,
        words="outline labels",
    )
    compare: str = setting(
        "one",
        Group.VIEW,
        "Views",
        "How many views of the picture are shown.",
        choices={"one": "One", "split": "Split", "linked": "Linked"},
        words="compare panes",
    )
    pixel_grid: bool = setting(
        True, Group.VIEW, "Pixel grid", "Lines between pixels from 800% on."
    )
    navigator: bool = setting(
        True, Group.VIEW, "Navigator", "A small map while the picture is zoomed in."
    )
    device: str = setting(
        "auto",
        Group.MODEL,
        "Device",
        "Where models run.",
        kind=Kind.DEVICE,
        words="gpu cpu cuda mps processor",
    )
    precision: str = setting(
        "auto",
        Group.MODEL,
        "Precision",
        "Auto: as measured for the model here, else fp32. 16 bits are faster on most "
        "GPUs and slower on most processors.",
        choices={"auto": "Auto", "fp32": "fp32", "bf16": "bf16", "fp16": "fp16"},
        words="half float speed tune",
    )
    engine_threads: int = setting(
        0,
        Group.MODEL,
        "Threads of the engine",
        "How many threads of the processor a model uses; 0: as PyTorch proposes.",
        low=0,
        high=256,
        applies=Applies.ENGINE,
        words="cores cpu omp",
    )
    predict_on_open: bool = setting(
        True,
        Group.MODEL,
        "Predict on opening",
        "Predict each image as it is opened while a model is loaded.",
        words="automatic proposal",
    )
    min_confidence: float = setting(
        0.0,
        Group.MODEL,
        "From confidence",
        "Less sure pixels of a proposal are left out. The bar under the picture "
        "changes it for the sitting.",
        low=0.0,
        high=1.0,
        words="threshold proposal",
    )
    flip_and_scale: bool = setting(
        False,
        Group.MODEL,
        "Flip and scale",
        "Predict each image mirrored and at other sizes too, and take the mean.",
        words="tta augmentation accuracy",
    )
    large_in_windows: bool = setting(
        True,
        Group.MODEL,
        "Large images in windows",
        "Predict images from 64 megapixels on in blended windows.",
        words="tiles slide memory",
    )
    prepare_count: int = setting(
        20,
        Group.MODEL,
        "Prepare",
        "How many of the next images a model runs ahead when it is asked to.",
        low=1,
        high=100_000,
        unit="images",
        words="ahead next",
    )
    proposals_gb: int = setting(
        4,
        Group.MODEL,
        "Disk for proposals",
        "Room for proposals of the sitting that have no place in memory.",
        low=1,
        high=1000,
        unit="GB",
        words="cache space",
    )
    frames_mb: int = setting(
        192,
        Group.VIDEO,
        "Memory for frames",
        "Decoded frames that are kept so that going back shows at once; in force for "
        "the next video.",
        low=32,
        high=8192,
        unit="MB",
        words="cache",
    )
    keymap: str = setting(
        "segdesk",
        Group.KEYS,
        "Keys as in",
        "The keys of another program; own keys are laid over them.",
        choices=choices_of.KEYMAPS,
        words="shortcuts preset keyboard",
    )
    keys: Mapping[str, tuple[str, ...]] = setting(
        {},
        Group.KEYS,
        "Own keys",
        "Keys by command, where they differ from the preset; [] takes them away.",
        kind=Kind.KEYS,
        words="shortcuts keyboard",
    )
    last_model: str = setting(
        "",
        Group.KEPT,
        "Last model",
        "Id of the model that is loaded; the next sitting begins with it.",
    )


SCHEMA: tuple[Setting, ...] = read_schema(fields(Preferences))
BY_NAME: Mapping[str, Setting] = MappingProxyType({one.name: one for one in SCHEMA})
SHOWN: tuple[Setting, ...] = tuple(
    one for one in SCHEMA if one.group is not Group.KEPT and one.kind is not Kind.KEYS
)

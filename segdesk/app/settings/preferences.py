"""Every preference, declared once: default, limits, words."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

from segdesk.app.settings import choices as choices_of
from segdesk.app.settings.looks import LookPreferences
from segdesk.app.settings.schema import (
    Applies,
    Group,
    Kind,
    Setting,
    read_schema,
    setting,
)
from segdesk.core.language import tr


@dataclass(frozen=True, slots=True)
class Preferences(LookPreferences):
    """Every preference with its default; what each means stands in its declaration."""

    open_last: bool = setting(
        False,
        Group.START,
        tr("Open the last folder"),
        tr("Begin where the last sitting ended, not with the welcome page."),
        words=tr("restore session recent"),
    )
    load_last_model: bool = setting(
        True,
        Group.START,
        tr("Load the last model"),
        tr("Begin with the model that was loaded last."),
        words="restore",
    )
    engine_at_start: bool = setting(
        True,
        Group.START,
        tr("Start the engine with the window"),
        tr("Models answer sooner. Without it the engine starts when it is needed."),
        words=tr("memory torch"),
    )
    files_order: str = setting(
        "name",
        Group.START,
        tr("Sort files by"),
        tr("Order of the list of files."),
        choices=choices_of.ORDERS,
    )
    files_filters: bool = setting(
        False,
        Group.START,
        tr("Show filters"),
        tr("Chips over the files, by status and class."),
    )
    files_grid: bool = setting(
        False,
        Group.START,
        tr("Files as a grid"),
        tr("Larger pictures beside each other instead of rows."),
        words="thumbnails",
    )
    thumbnail_labels: bool = setting(
        True,
        Group.START,
        tr("Labels on thumbnails"),
        tr("Lay the annotation over the small pictures in the list of files."),
        words="overlay",
    )
    models_folder: str = setting(
        "",
        Group.START,
        tr("Folder of models"),
        tr("Where added and downloaded models are kept. Nothing is moved."),
        kind=Kind.FOLDER,
        applies=Applies.START,
        words=tr("library path directory disk"),
    )
    cache_folder: str = setting(
        "",
        Group.START,
        tr("Folder for temporary files"),
        tr("Kept proposals, parts of downloads, pixels of large images."),
        kind=Kind.FOLDER,
        applies=Applies.START,
        words=tr("cache path directory disk space"),
    )
    autosave_s: int = setting(
        2,
        Group.DRAW,
        tr("Save after"),
        tr(
            "Seconds of quiet after which an annotation is written. A step is in the "
            "journal at once."
        ),
        low=1,
        high=60,
        unit=tr("s"),
        words=tr("autosave delay write"),
    )
    undo_mb: int = setting(
        64,
        Group.DRAW,
        tr("Memory for undo"),
        tr("Room for the steps of all images; the oldest go first."),
        low=16,
        high=4096,
        unit="MB",
        words=tr("history redo steps"),
    )
    brush_size: int = setting(
        42,
        Group.DRAW,
        tr("Brush"),
        tr("Size of the brush at the start, in image pixels."),
        low=1,
        high=2000,
        unit="px",
        words=tr("diameter tool"),
    )
    brush_shape: str = setting(
        "round",
        Group.DRAW,
        tr("Shape of the brush"),
        tr("At the start."),
        choices={"round": tr("Round"), "square": tr("Square")},
    )
    pressure_sizes: bool = setting(
        True,
        Group.DRAW,
        tr("Pen pressure sizes"),
        tr("A pen that is pressed lightly paints with a smaller brush."),
        words=tr("tablet stylus"),
    )
    fill_closed: bool = setting(
        False,
        Group.DRAW,
        tr("Fill closed stroke"),
        tr("A brush stroke that closes round an area fills it."),
    )
    keep_shapes: bool = setting(
        True,
        Group.DRAW,
        tr("Keep shapes editable"),
        tr("Polygons and other shapes can be changed after they were painted."),
        words=tr("vector vertices"),
    )
    paint_rule: str = setting(
        tr("not locked"),
        Group.DRAW,
        tr("Paint over"),
        tr("What tools may replace, at the start."),
        choices=choices_of.RULES,
        words=tr("rule locked"),
    )
    class_palette: str = setting(
        "segdesk",
        Group.DRAW,
        tr("Colours of classes"),
        tr(
            "For new classes and “Use safe colours”. All of them can be told apart by "
            "colour-blind people; beyond their number SegDesk's own follow."
        ),
        choices=choices_of.PALETTES,
        words=tr("palette colour blind okabe ito tol accessibility"),
    )
    wheel: str = setting(
        "zoom",
        Group.VIEW,
        tr("Wheel"),
        tr(
            "On the picture. Where it scrolls, Ctrl+wheel zooms and Alt+wheel sizes "
            "the brush."
        ),
        choices={"zoom": tr("Zooms"), "scroll": tr("Scrolls")},
        words=tr("mouse pan"),
    )
    wheel_inverted: bool = setting(
        False,
        Group.VIEW,
        tr("Turn the wheel the other way"),
        tr("Towards you zooms in."),
        words=tr("mouse invert reverse natural"),
    )
    zoom_step: float = setting(
        0.25,
        Group.VIEW,
        tr("Zoom of one notch"),
        tr("How much closer one notch of the wheel goes."),
        low=0.05,
        high=1.0,
        words=tr("mouse speed"),
    )
    opacity: float = setting(
        0.45,
        Group.VIEW,
        tr("Opacity of the overlay"),
        tr("How strongly classes are filled."),
        low=0.0,
        high=1.0,
        words=tr("fill labels transparency"),
    )
    look: str = setting(
        "fill+contour",
        Group.VIEW,
        tr("Look of the overlay"),
        tr("How regions of a class are drawn."),
        choices=choices_of.LOOKS,
        words=tr("outline labels"),
    )
    compare: str = setting(
        "one",
        Group.VIEW,
        tr("Views"),
        tr("How many views of the picture are shown."),
        choices={
            "one": tr("One"),
            "split": tr("Split", "two views"),
            "linked": tr("Linked"),
        },
        words=tr("compare panes"),
    )
    pixel_grid: bool = setting(
        True, Group.VIEW, tr("Pixel grid"), tr("Lines between pixels from 800% on.")
    )
    navigator: bool = setting(
        True,
        Group.VIEW,
        tr("Navigator"),
        tr("A small map while the picture is zoomed in."),
    )
    device: str = setting(
        "auto",
        Group.MODEL,
        tr("Device"),
        tr("Where models run."),
        kind=Kind.DEVICE,
        words=tr("gpu cpu cuda mps processor"),
    )
    precision: str = setting(
        "auto",
        Group.MODEL,
        tr("Precision"),
        tr(
            "Auto: as measured for the model here, else fp32. 16 bits are faster on "
            "most GPUs and slower on most processors."
        ),
        choices={"auto": tr("Auto"), "fp32": "fp32", "bf16": "bf16", "fp16": "fp16"},
        words=tr("half float speed tune"),
    )
    engine_threads: int = setting(
        0,
        Group.MODEL,
        tr("Threads of the engine"),
        tr("How many threads of the processor a model uses; 0: as PyTorch proposes."),
        low=0,
        high=256,
        applies=Applies.ENGINE,
        words=tr("cores cpu omp"),
    )
    predict_on_open: bool = setting(
        True,
        Group.MODEL,
        tr("Predict on opening"),
        tr("Predict each image as it is opened while a model is loaded."),
        words=tr("automatic proposal"),
    )
    min_confidence: float = setting(
        0.0,
        Group.MODEL,
        tr("From confidence"),
        tr(
            "Less sure pixels of a proposal are left out. The bar under the picture "
            "changes it for the sitting."
        ),
        low=0.0,
        high=1.0,
        words=tr("threshold proposal"),
    )
    flip_and_scale: bool = setting(
        False,
        Group.MODEL,
        tr("Flip and scale"),
        tr("Predict each image mirrored and at other sizes too, and take the mean."),
        words=tr("tta augmentation accuracy"),
    )
    large_in_windows: bool = setting(
        True,
        Group.MODEL,
        tr("Large images in windows"),
        tr("Predict images from 64 megapixels on in blended windows."),
        words=tr("tiles slide memory"),
    )
    prepare_count: int = setting(
        20,
        Group.MODEL,
        tr("Prepare"),
        tr("How many of the next images a model runs ahead when it is asked to."),
        low=1,
        high=100_000,
        unit=tr("images"),
        words=tr("ahead next"),
    )
    proposals_gb: int = setting(
        4,
        Group.MODEL,
        tr("Disk for proposals"),
        tr("Room for proposals of the sitting that have no place in memory."),
        low=1,
        high=1000,
        unit="GB",
        words=tr("cache space"),
    )
    frames_mb: int = setting(
        192,
        Group.VIDEO,
        tr("Memory for frames"),
        tr(
            "Decoded frames that are kept so that going back shows at once; in "
            "force for the next video."
        ),
        low=32,
        high=8192,
        unit="MB",
        words="cache",
    )
    keymap: str = setting(
        "segdesk",
        Group.KEYS,
        tr("Keys as in"),
        tr("The keys of another program; own keys are laid over them."),
        choices=choices_of.KEYMAPS,
        words=tr("shortcuts preset keyboard"),
    )
    keys: Mapping[str, tuple[str, ...]] = setting(
        {},
        Group.KEYS,
        tr("Own keys"),
        tr("Keys by command, where they differ from the preset; [] takes them away."),
        kind=Kind.KEYS,
        words=tr("shortcuts keyboard"),
    )
    last_model: str = setting(
        "",
        Group.KEPT,
        tr("Last model"),
        tr("Id of the model that is loaded; the next sitting begins with it."),
    )


SCHEMA: tuple[Setting, ...] = read_schema(fields(Preferences))
BY_NAME: Mapping[str, Setting] = MappingProxyType({one.name: one for one in SCHEMA})
SHOWN: tuple[Setting, ...] = tuple(
    one for one in SCHEMA if one.group is not Group.KEPT and one.kind is not Kind.KEYS
)

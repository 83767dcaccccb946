"""What the user points at: a checkpoint, a folder of a training, a list of classes."""

import re
from pathlib import Path

import msgspec

from segdesk.core.classes import ClassList, proposed_palette, rgb_to_hex
from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.library.model_files import (
    MMDEPLOY_GRAPH,
    MMDEPLOY_PIPELINE,
    ONNX_SUFFIX,
    is_onnx,
)

_MAX_CLASSES_BYTES = 1_000_000
_MAX_NAME = 200
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_NUMBERED = re.compile(r"(\d+)(?=\.pth$)")
_SAYS_NOTHING = re.compile(
    r"(best|latest|last|final|iter|epoch|model|checkpoint|weights|end2end)([_-].*)?",
    re.IGNORECASE,
)
_NAME_KEYS = ("name", "title", "label")
_COLOUR_KEYS = ("color", "colour")


class Candidate(msgspec.Struct, frozen=True):
    """A checkpoint, and the config that lies with it, if any."""

    checkpoint: Path
    config: Path | None = None


def find_candidate(path: Path, config: Path | None = None) -> Candidate:
    """Find checkpoint and config behind what the user named.

    Parameters
    ----------
    path
        A checkpoint or an ONNX file, or the `work_dir` of a training: its best
        checkpoint is taken, else the one that `last_checkpoint` names, else the one
        with most iterations. Or the folder of an export, also MMDeploy's.
    config
        The user's own choice; it goes before one that is found.

    Raises
    ------
    InputError
        When there is no such file, or no checkpoint in the folder.
    """
    path = path.expanduser().absolute()
    if config is not None:
        config = _existing_config(config.expanduser().absolute())
    if path.is_dir():
        if exported := _exported_in(path):
            return Candidate(exported, config or _pipeline_beside(exported))
        checkpoint = _checkpoint_in(path)
        return Candidate(checkpoint, config or _config_in(path))
    if not path.is_file():
        raise InputError(
            tr("The model was not opened."),
            cause=tr("{path} does not exist.", path=path),
            hint=tr("Give a .pth or .onnx file, or the folder of a training."),
        )
    if path.stat().st_size == 0:
        raise InputError(
            tr("The model was not opened."),
            cause=tr("{path} is empty: 0 bytes.", path=path),
            hint=tr("Copy or download the checkpoint again."),
        )
    return Candidate(path, config or _pipeline_beside(path))


def spoken_name(path: Path, checkpoint: Path) -> str:
    """Return a name for a model from what the user pointed at.

    Names that every training gives, such as "best_mIoU_iter_400", say nothing: the
    folder's name is taken then.
    """
    checkpoint = checkpoint.absolute()
    if path.is_dir() or _SAYS_NOTHING.fullmatch(checkpoint.stem):
        return checkpoint.parent.name or checkpoint.stem
    return checkpoint.stem


def read_classes(path: Path) -> ClassList:
    """Read the names of classes, and their colours where the file has them.

    Parameters
    ----------
    path
        Text with one name a line, or JSON: a list of names, `{"names", "palette"}`,
        `{"classes", "palette"}`, or a list of objects with name and colour. Index 0
        comes first.

    Raises
    ------
    InputError
        When the file is missing, or is none of these.
    """
    text = _read_text(path)
    try:
        if text.lstrip()[:1] in ("{", "["):
            return _from_json(msgspec.json.decode(text.encode()))
        names = tuple(line.strip() for line in text.splitlines() if line.strip())
        return _class_list(names, None)
    except (ValueError, msgspec.DecodeError) as error:
        raise InputError(
            tr("The classes were not read."),
            cause=f"{path.name}: {error}.",
            hint=tr("Write one class name on each line, index 0 first."),
        ) from error


def _existing_config(config: Path) -> Path:
    if config.is_file():
        return config
    raise InputError(
        tr("The config was not opened."),
        cause=tr("{config} is not a file.", config=config),
        hint=tr("Give the .py file that was written when the model was trained."),
    )


def _exported_in(folder: Path) -> Path | None:
    """Return the graph that MMDeploy wrote, or the only one of an export."""
    graph = folder / MMDEPLOY_GRAPH
    if graph.is_file():
        return graph
    found = list(folder.glob(f"*{ONNX_SUFFIX}"))
    if len(found) == 1 and not any(folder.glob("*.pth")):
        return found[0]
    return None


def _pipeline_beside(path: Path) -> Path | None:
    """Return MMDeploy's account of what comes before a graph, if it lies there."""
    pipeline = path.with_name(MMDEPLOY_PIPELINE)
    return pipeline if is_onnx(path) and pipeline.is_file() else None


def _checkpoint_in(folder: Path) -> Path:
    best = sorted(folder.glob("best_*.pth"), key=_newest_last)
    if best:
        return best[-1]
    last = _named_as_last(folder)
    if last:
        return last
    found = sorted(folder.glob("*.pth"), key=_most_iterations_last)
    if found:
        return found[-1]
    raise InputError(
        tr("The model was not opened."),
        cause=tr("{folder} holds no checkpoint (*.pth).", folder=folder),
        hint=tr("Choose the folder into which the training wrote its checkpoints."),
    )


def _named_as_last(folder: Path) -> Path | None:
    """Follow `last_checkpoint`, also when the folder came from another machine."""
    pointer = folder / "last_checkpoint"
    try:
        text = pointer.read_text(encoding="utf-8")[:4096].strip()
    except (OSError, UnicodeDecodeError):
        return None
    name = re.split(r"[\\/]", text)[-1]
    beside = folder / name
    return beside if name.endswith(".pth") and beside.is_file() else None


def _config_in(folder: Path) -> Path | None:
    own = folder / "config.py"
    if own.is_file():
        return own
    dumped = sorted(folder.glob("*.py"), key=_newest_last)
    if not dumped:
        dumped = sorted(folder.glob("*/vis_data/config.py"), key=_newest_last)
    return dumped[-1] if dumped else None


def _newest_last(path: Path) -> tuple[int, str]:
    return path.stat().st_mtime_ns, path.name


def _most_iterations_last(path: Path) -> tuple[int, int, str]:
    number = _NUMBERED.search(path.name)
    return (int(number[1]) if number else -1, *_newest_last(path))


def _read_text(path: Path) -> str:
    try:
        with path.expanduser().open("rb") as file:
            data = file.read(_MAX_CLASSES_BYTES + 1)
        if len(data) > _MAX_CLASSES_BYTES:
            raise InputError(
                tr("The classes were not read."),
                cause=tr(
                    "{name} has more than {max_classes_bytes:,} bytes.",
                    name=path.name,
                    max_classes_bytes=_MAX_CLASSES_BYTES,
                ),
                hint=tr("Give a text file with one class name on each line."),
            )
        return data.decode("utf-8-sig")
    except OSError as error:
        raise InputError(
            tr("The classes were not read."),
            cause=tr(
                "{path} cannot be opened: {reason}.",
                path=path,
                reason=error.strerror or error,
            ),
            hint=tr("Check the path."),
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            tr("The classes were not read."),
            cause=tr("{name} is not text in UTF-8.", name=path.name),
            hint=tr("Write one class name on each line and save it as UTF-8."),
        ) from error


def _from_json(data: object) -> ClassList:
    palette: object = None
    if isinstance(data, dict):
        palette = data.get("palette")
        data = data.get("names", data.get("classes"))
    if not isinstance(data, list):
        msg = "no list of classes under 'names' or 'classes'"
        raise ValueError(msg)  # noqa: TRY004 - the file's content, not an argument
    if any(isinstance(item, dict) for item in data):
        colours = [_first_text(item, _COLOUR_KEYS) for item in data]
        palette = colours if all(colours) else None
        data = [_first_text(item, _NAME_KEYS) for item in data]
    names = tuple(name.strip() for name in data if isinstance(name, str))
    if len(names) != len(data):
        msg = "a class has no name"
        raise ValueError(msg)
    return _class_list(names, palette)


def _first_text(item: object, keys: tuple[str, ...]) -> str | None:
    if isinstance(item, dict):
        for key in keys:
            if isinstance(item.get(key), str):
                return str(item[key])
    return None


def _class_list(names: tuple[str, ...], palette: object) -> ClassList:
    seen: set[str] = set()
    for name in names:
        if not name or len(name) > _MAX_NAME:
            msg = f"a class name must have 1 to {_MAX_NAME} letters"
            raise ValueError(msg)
        if name in seen:
            msg = f"{name!r} is there twice"
            raise ValueError(msg)
        seen.add(name)
    if not names:
        msg = "it names no class"
        raise ValueError(msg)
    if isinstance(palette, list) and palette:
        return ClassList(names, tuple(_colour(value) for value in palette))
    return ClassList(names, proposed_palette(names))


def _colour(value: object) -> str:
    if isinstance(value, str) and _HEX.fullmatch(value):
        return value.upper()
    if (
        isinstance(value, list)
        and len(value) == 3
        and all(isinstance(v, int) and 0 <= v <= 255 for v in value)
    ):
        return rgb_to_hex((value[0], value[1], value[2]))
    msg = f"{value!r} is not a colour like #3D6DFA or [61, 109, 250]"
    raise ValueError(msg)

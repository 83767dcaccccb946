"""Which types and modules a model config may name."""

from collections.abc import Iterator, Mapping
from typing import Any

from segdesk.core.errors import UnsafeFileError
from segdesk.core.language import tr

TRUST_HINT = tr(
    "Use the config.py that the training wrote into its folder. If you know who wrote "
    "this file and trust it, add it as a trusted config."
)

# Registries whose names a model config may use, and the packages of full class names.
SCOPES = frozenset(["mmseg", "mmengine", "mmcv", "mmdet", "mmpretrain", "mmcls"])
CLASS_PACKAGES = (
    "mmseg.models.",
    "mmdet.models.",
    "mmpretrain.models.",
    "mmcv.cnn.",
    "mmcv.ops.",
    "mmengine.model.",
    "torch.nn.",
)
_IMPORTS = ("mmseg", "mmdet", "mmpretrain.models")
# Builds whatever a file that it names tells it to.
_EXECUTING = frozenset(["VPD"])


def check_types(config: Mapping[str, Any], name: str = tr("The config")) -> None:
    """Refuse a config that would build something outside the mmseg stack.

    mmengine imports and calls any dotted `type` in the model, and imports the package
    of a `_scope_` and whatever `custom_imports` names.

    Raises
    ------
    UnsafeFileError
        A type, a scope or an import lies outside the stack.
    """
    for module in imports_of(config):
        if not any(f"{module}.".startswith(f"{known}.") for known in _IMPORTS):
            raise _foreign(name, tr("custom_imports asks for {module}", module=module))
    if config.get("default_scope", "mmseg") not in SCOPES:
        raise _foreign(
            name, tr("default_scope is {config}", config=config["default_scope"])
        )
    for key, value in _type_names(config.get("model")):
        if not isinstance(value, str):
            raise _foreign(name, tr("{key} is {value!r}", key=key, value=value))
        if key == "_scope_" and value not in SCOPES:
            raise _foreign(name, tr("_scope_ is {value}", value=value))
        if key == "type" and not _is_known_type(value):
            raise _foreign(name, tr("type is {value}", value=value))


def imports_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the modules that a config wants imported before it is built."""
    imports = config.get("custom_imports")
    wanted = imports.get("imports", ()) if isinstance(imports, Mapping) else ()
    if isinstance(wanted, str):
        return (wanted,)
    return tuple(str(module) for module in wanted)


def _type_names(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in {"type", "_scope_"}:
                yield str(key), item
            yield from _type_names(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _type_names(item)


def _is_known_type(value: str) -> bool:
    scope, _, name = value.rpartition(".")
    if name in _EXECUTING:
        return False
    return not scope or scope in SCOPES or value.startswith(CLASS_PACKAGES)


def _foreign(name: str, what: str) -> UnsafeFileError:
    return UnsafeFileError(
        tr("{name} was not used.", name=name),
        cause=tr("It would run code outside the mmseg packages: {what}.", what=what),
        hint=TRUST_HINT,
    )

"""Where a training's config begins: a recipe, the model zoo, or the user's own file.

Names are checked without importing torch; a zoo config is executed by mmengine's
reader, as it ships with the installed package.
"""

import difflib
import re
from pathlib import Path
from typing import Any

from segdesk.core.errors import ConfigError
from segdesk.core.language import joined, tr
from segdesk.core.paths import config_path
from segdesk.engine.config.text import read_config, read_trusted
from segdesk.engine.config.types import check_types
from segdesk.jobs.specs import TrainSpec
from segdesk.library.zoo_package import mim_folder, need_of_architecture

Config = dict[str, Any]

ZOO = "zoo:"
_SUFFIX = ".py"
_NAMED = 5
_BATCH_IN_NAME = re.compile(r"_(\d+)xb(\d+)-")


def architectures() -> tuple[str, ...]:
    """Return the names of the shipped recipes, sorted."""
    return tuple(sorted(path.stem for path in config_path().glob(f"*{_SUFFIX}")))


def check_name(architecture: str) -> None:
    """Refuse a name that no recipe or zoo entry has, without importing anything.

    Raises
    ------
    ConfigError
        There is none.
    """
    _config_file(architecture)


def check_architecture(architecture: str) -> None:
    """Refuse a name that cannot be trained here, without importing anything.

    Raises
    ------
    ConfigError
        There is no recipe or zoo entry of that name, or it needs a package that is
        not installed.
    """
    check_name(architecture)
    if need := need_of_architecture(architecture):
        raise ConfigError(
            tr("The training was not started."),
            cause=tr(
                "{architecture} cannot be trained here. {reason}.",
                architecture=architecture,
                reason=need.why.rstrip("."),
            ),
            hint=need.hint,
        )


def load_recipe(architecture: str) -> Config:
    """Read a shipped recipe, or a config of the zoo, with what it builds on.

    Raises
    ------
    ConfigError
        There is no recipe of that name.
    """
    path = _config_file(architecture)
    recipe = read_trusted(path)
    found = _BATCH_IN_NAME.search(path.name)
    if found and architecture.startswith(ZOO):
        total = int(found[1]) * int(found[2])
        recipe.setdefault("auto_scale_lr", {})["base_batch_size"] = total
    return recipe


def load_base(spec: TrainSpec) -> Config:
    """Read what a training's config is made from.

    Raises
    ------
    ConfigError
        There is no recipe of that name, it needs a package that is not installed, or
        the user's config does not say enough.
    UnsafeFileError
        The user's config holds code and is not trusted.
    """
    if spec.config is None:
        check_architecture(spec.architecture)
        return load_recipe(spec.architecture)
    if spec.trusted:
        base = read_trusted(spec.config)
        check_types(base, spec.config.name)
    else:
        base = read_config(spec.config)
    return complete(base, spec.config)


def complete(base: Config, path: Path) -> Config:
    """Return the user's config with what a training needs beside the network.

    Raises
    ------
    ConfigError
        It has no network.
    """
    if not isinstance(base.get("model"), dict):
        raise ConfigError(
            tr("The training was not started."),
            cause=tr("{name} names no model.", name=path.name),
            hint=tr("Choose the config.py that a training wrote into its folder."),
        )
    ours = read_trusted(config_path("unet-small" + _SUFFIX))
    for name in ("optim_wrapper", "param_scheduler", "train_cfg"):
        base.setdefault(name, ours[name])
    if not base.get("train_pipeline"):
        base["train_pipeline"] = _pipeline_of(base) or ours["train_pipeline"]
    if "max_iters" not in base["train_cfg"]:  # it counts epochs
        base["train_cfg"] = ours["train_cfg"]
        base["param_scheduler"] = ours["param_scheduler"]
    return base


def _pipeline_of(base: Config) -> list[Config]:
    """Return the steps that a flat config has in its data set alone."""
    data = (base.get("train_dataloader") or {}).get("dataset") or {}
    while "datasets" in data or "dataset" in data:
        data = data.get("dataset") or data["datasets"][0]
    return list(data.get("pipeline") or [])


def _config_file(architecture: str) -> Path:
    if architecture.startswith(ZOO):
        return _zoo_config(architecture)
    if architecture in architectures():
        return config_path(architecture + _SUFFIX)
    known = [name for name in architectures() if need_of_architecture(name) is None]
    raise ConfigError(
        tr("The training was not started."),
        cause=tr(
            "There is no architecture {architecture!r}.", architecture=architecture
        ),
        hint=tr(
            "Choose one of: {names}, or zoo: and the name of an entry of the model "
            "zoo.",
            names=joined(", ", known),
        ),
    )


def _zoo_config(architecture: str) -> Path:
    name = architecture.removeprefix(ZOO)
    files = {path.stem: path for path in (mim_folder() / "configs").glob("[!_]*/*.py")}
    if name in files:
        return files[name]
    near = difflib.get_close_matches(name, files, _NAMED, 0.4)
    raise ConfigError(
        tr("The training was not started."),
        cause=tr("The model zoo has no entry {name!r}.", name=name),
        hint=tr("The nearest names are: {names}.", names=joined(", ", near))
        if near
        else tr("`segdesk models zoo` lists its entries."),
    )

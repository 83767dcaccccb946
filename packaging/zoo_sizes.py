"""Reckon the size of every published model, for `resources/zoo_sizes.json`.

The index of the zoo does not say how big a download is. A published checkpoint holds
the network's state and little else, so the network is built (without memory, on
torch's meta device, where it can be) and its weights and buffers are counted. Run it
when the pinned version of onedl-mmsegmentation changes:

    python packaging/zoo_sizes.py
"""

import copy
import sys
import warnings
from pathlib import Path

import msgspec

from segdesk.core.paths import resource_path
from segdesk.engine.bootstrap import prepare
from segdesk.library.zoo_metafile import read_index
from segdesk.library.zoo_package import mim_folder


def measure(config: Path) -> tuple[int, int]:
    """Return the number of weights of a model and the bytes of its state."""
    import torch
    from mmengine.config import Config
    from mmseg.registry import MODELS

    model = _without_pretrained(Config.fromfile(config).model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with torch.device("meta"):
                network = MODELS.build(copy.deepcopy(model))
        except RuntimeError:  # it reads numbers back while it is built
            network = MODELS.build(model)
    parameters = sum(weight.numel() for weight in network.parameters())
    state = sum(
        tensor.numel() * tensor.element_size()
        for tensor in network.state_dict().values()
    )
    return parameters, state


def _without_pretrained(value: object) -> object:
    """Drop every wish to load other weights first."""
    if isinstance(value, dict):
        for key in ("pretrained", "init_cfg"):
            if key in value:
                value[key] = None
        for part in value.values():
            _without_pretrained(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _without_pretrained(part)
    return value


def main() -> int:
    """Measure all, say what could not be built, and write the table."""
    prepare()
    from mmengine.registry import DefaultScope

    DefaultScope.get_instance("zoo_sizes", scope_name="mmseg")
    folder = mim_folder()
    table: dict[str, tuple[int, int]] = {}
    failed = 0
    for model in read_index(folder):
        config = folder / model.config
        if config.stem in table or not config.is_file():
            continue
        try:
            table[config.stem] = measure(config)
        except (ImportError, AssertionError, TypeError) as error:
            # A package that the model needs is not installed.
            failed += 1
            reason = str(error).splitlines()[0]
            print(f"{model.id}: {type(error).__name__}: {reason}", file=sys.stderr)
    target = resource_path("zoo_sizes.json")
    lines = (
        f"{msgspec.json.encode(name).decode()}: {list(table[name])}"
        for name in sorted(table)
    )
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(table)} measured, {failed} not; written to {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

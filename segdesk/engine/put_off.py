"""Imports that a prediction never needs, put off until something asks for them.

`import torch` fills the tables of an abstract interpreter that only `torch.compile` and
`torch.export` use. `import mmseg.models` brings in scipy for a matching that only a
training does, the vocabulary of a text encoder, and through mmengine's other runners
all of `torch.distributed` and sympy. Together these are 130 MB of each engine process
and about half of its start.
"""

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_META_OPS = "torch._meta_registrations"
# Whatever traces a network without running it comes through here first.
_TRACER = "torch._dynamo"

# Modules with the names that the stack takes from them while it is imported.
_STACK: Mapping[str, tuple[str, ...]] = {
    "scipy": ("interpolate",),
    "scipy.ndimage": ("distance_transform_edt",),
    "scipy.optimize": ("linear_sum_assignment",),
    "tifffile": (),
    "mmseg.utils.tokenizer": ("tokenize",),
    "mmengine.runner._flexible_runner": ("FlexibleRunner",),
    "mmengine.optim.optimizer.zero_optimizer": ("ZeroRedundancyOptimizer",),
    "mmengine.model.wrappers.fully_sharded_distributed": (
        "MMFullyShardedDataParallel",
    ),
}
# These add themselves to mmengine's registries.
_OF_TRAININGS = tuple(name for name in _STACK if name.startswith("mmengine."))


class _Later:
    """Stands for something of a module that is imported when it is used."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    def __call__(self, *values: Any, **named: Any) -> Any:  # noqa: ANN401 - as it is
        return self._found()(*values, **named)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._found(), name)

    def _found(self) -> Any:  # noqa: ANN401
        return getattr(importlib.import_module(self._module), self._name)


class _StandIn(ModuleType):
    """Stands for a module; every name in it is one of `_Later`'s or the module's own.

    Parameters
    ----------
    name
        The module.
    promised
        What may be taken from it without importing it.
    """

    def __init__(self, name: str, promised: tuple[str, ...]) -> None:
        super().__init__(name)
        for part in promised:
            setattr(self, part, _Later(name, part))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a module's attribute
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def unneeded_put_off() -> Iterator[None]:
    """Import the mmseg stack inside, without what a prediction does not need.

    What is already imported stays as it is. Afterwards each of the modules can be
    imported as ever.
    """
    # mmdetection, which mmseg imports where it is there, takes more of scipy.
    needed = "scipy" if find_spec("mmdet") else ""
    placed = {
        name: _StandIn(name, promised)
        for name, promised in _STACK.items()
        if name not in sys.modules and name.partition(".")[0] != needed
    }
    sys.modules.update(placed)
    try:
        yield
    finally:
        for name, module in placed.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def import_for_training() -> None:
    """Import what a training's config may name and a prediction's cannot."""
    for name in _OF_TRAININGS:
        importlib.import_module(name)


class _MetaOps(MetaPathFinder, Loader):
    """Leaves torch's abstract operators out of `import torch` until they are traced."""

    def find_spec(
        self,
        fullname: str,
        path: "Sequence[str] | None" = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        del path, target
        if fullname == _TRACER:
            self._bring_back()
        elif fullname == _META_OPS and _is_being_imported("torch"):
            return ModuleSpec(fullname, self)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _StandIn(spec.name, ())

    def exec_module(self, module: ModuleType) -> None:
        """Do the one thing of the module's imports that plain torch relies on."""
        del module
        import torch
        from torch._opaque_base import OpaqueBaseMeta

        # torch makes no random generator before this, and has it done at the end of
        # its import by a part that is left out.
        core = torch._C  # noqa: SLF001 - torch has no public name for it
        late_bind = getattr(core, "_set_generator_metaclass", None)
        if late_bind is not None:
            late_bind(OpaqueBaseMeta)

    def _bring_back(self) -> None:
        if isinstance(sys.modules.get(_META_OPS), _StandIn):
            del sys.modules[_META_OPS]
            importlib.import_module(_META_OPS)


def put_off_abstract_operators() -> None:
    """Let `import torch` leave out what only tracing a network needs.

    It comes by itself with `torch.compile` and `torch.export`. Where torch is already
    imported nothing changes.
    """
    if "torch" not in sys.modules:
        sys.meta_path.insert(0, _MetaOps())


def _is_being_imported(name: str) -> bool:
    spec = getattr(sys.modules.get(name), "__spec__", None)
    return bool(getattr(spec, "_initializing", False))

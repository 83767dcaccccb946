"""The adapter for the faults of the mmseg stack: one small patch for each.

`prepare` is called before anything imports mmengine, mmcv or mmseg. Each patch says
which fault it mends and in which versions that was seen, looks whether the fault is
there, and leaves a mended stack alone.
"""

import functools
import importlib.util
import logging
import sys
import types
import warnings
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from typing import Any, NoReturn

from segdesk.core.cv import load_cv2
from segdesk.core.errors import ModelError
from segdesk.core.language import tr
from segdesk.engine.config.types import CLASS_PACKAGES
from segdesk.engine.put_off import unneeded_put_off

_EXTENSION = "mmcv._ext"
_CLASS_PACKAGES = (
    *CLASS_PACKAGES,
    "mmseg.datasets.",
    "mmseg.evaluation.",
    "mmcv.transforms.",
    "mmengine.hooks.",
    "mmengine.optim.",
    "torch.optim.",
)
_NO_ONEDL = "Could not import OneDL"
_REMOTE_SCHEMES = (
    "http://",
    "https://",
    "modelzoo://",
    "torchvision://",
    "open-mmlab://",
    "openmmlab://",
    "mmcls://",
    "pavi://",
    "s3://",
)


class CompiledOpError(NotImplementedError):
    """A compiled mmcv operator was called that is not installed.

    Parameters
    ----------
    op
        Name of the operator in `mmcv._ext`, such as "psamask_forward".
    """

    def __init__(self, op: str) -> None:
        super().__init__(tr("mmcv was built without the operator {op}", op=op))
        self.op = op


@functools.cache
def prepare() -> None:
    """Import the mmseg stack with its faults mended. Cheap after the first call."""
    load_cv2()
    with unneeded_put_off():
        _quieten_logs()
        _quieten_imports()
        _stub_compiled_ops()
        _quieten_warnings()
        _load_strictly()
        _refuse_remote_weights()
        _refuse_foreign_types()
        _replace_deformable_attention()
        _replace_sigmoid_focal_loss()
        _mend_weighted_cross_entropy()
        _allow_many_bands()
        _mend_environment_collector()


def has_compiled_ops() -> bool:
    """Tell whether mmcv was built with its operators."""
    loaded = sys.modules.get(_EXTENSION)
    if loaded is not None:
        return not isinstance(loaded, _ExtensionStub)
    return importlib.util.find_spec(_EXTENSION) is not None


# ---------------------------------------------------------------- noise


def _quieten_logs() -> None:
    """Keep the stack's chatter out of stdout and of the log.

    mmengine 0.10's `print_log` writes at INFO to stdout, through a logger that it makes
    for itself when there is none; a training makes another one.
    """
    from mmengine.logging import MMLogger

    MMLogger.get_instance("mmengine", log_level="WARNING")
    for name in ("mmcv", "mmseg", "matplotlib", "PIL"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _quieten_imports() -> None:
    """Do not print that an optional package of the makers of mmseg is not there.

    onedl-mmseg 1.4 says so twice while `mmseg.datasets` is imported: at DEBUG, but
    mmengine's `print_log` prints at any level when it is given no logger.
    """
    from mmengine import logging as room

    original = room.print_log

    @functools.wraps(original)
    def quiet(msg: object, *options: Any, **named: Any) -> None:  # noqa: ANN401
        if msg != _NO_ONEDL:
            original(msg, *options, **named)

    room.print_log = quiet


def _quieten_warnings() -> None:
    """Drop warnings that a user of the program can do nothing about.

    mmseg 1.2 to 1.4 advise the author of a config on every two-class head and on every
    `resize` with align_corners.
    """
    for text in (
        "For binary segmentation, we suggest using",
        "threshold is not defined for binary",
        "When align_corners=",
        "Default ``avg_non_ignore`` is False",
        "Importing from timm.models.layers is deprecated",
        "torch.meshgrid: in an upcoming release",
    ):
        warnings.filterwarnings("ignore", message=text)


# ---------------------------------------------------------------- operators


class _ExtensionStub(types.ModuleType):
    """Stands in for `mmcv._ext`: has every operator, and each of them says no."""

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        if name.startswith("__"):
            raise AttributeError(name)

        def missing(*_args: object, **_kwargs: object) -> NoReturn:
            raise CompiledOpError(name)

        return missing


def _stub_compiled_ops() -> None:
    """Let `import mmcv.ops` succeed without compiled operators.

    onedl-mmcv 2.3 from the registry is built without them, and `mmcv.ops` then fails as
    a whole, although point sampling, criss-cross attention and deformable attention
    have pure PyTorch forms. mmcv only looks whether the names exist.
    """
    import mmcv  # noqa: F401 - the parent of the stub

    if importlib.util.find_spec(_EXTENSION) is None:
        stub = _ExtensionStub(_EXTENSION)
        stub.__spec__ = ModuleSpec(_EXTENSION, None)
        sys.modules[_EXTENSION] = stub


def _replace_deformable_attention() -> None:
    """Run deformable attention on CUDA in pure PyTorch.

    mmcv 2.x takes its compiled kernel for every CUDA tensor, also where there is none.
    """
    from mmcv.ops import multi_scale_deform_attn as room

    if not isinstance(sys.modules.get(_EXTENSION), _ExtensionStub):
        return

    class PureAttention:
        @staticmethod
        def apply(*inputs: Any) -> Any:  # noqa: ANN401 - torch.autograd.Function's
            value, shapes, _starts, locations, weights, _step = inputs
            return room.multi_scale_deformable_attn_pytorch(
                value, shapes, locations.type_as(value), weights.type_as(value)
            )

    room.MultiScaleDeformableAttnFunction = PureAttention


def _replace_sigmoid_focal_loss() -> None:
    """Compute the sigmoid focal loss on CUDA in pure PyTorch.

    mmseg 1.4's `FocalLoss` calls the compiled kernel whenever CUDA is available. The
    formula is eq. 5 of Lin et al., Focal Loss for Dense Object Detection, 2017.
    """
    from mmseg.models.losses import focal_loss as room
    from torch.nn import functional

    if not isinstance(sys.modules.get(_EXTENSION), _ExtensionStub):
        return

    def pure_loss(
        pred: Any,  # noqa: ANN401 - tensors, as the kernel takes them
        target: Any,  # noqa: ANN401
        gamma: float,
        alpha: float,
        _weight: object,
        _reduction: str,
    ) -> Any:  # noqa: ANN401
        classes = pred.size(1)
        wanted = functional.one_hot(target.long(), classes + 1)[:, :classes]
        wanted = wanted.type_as(pred)
        score = pred.sigmoid()
        miss = (1 - score) * wanted + score * (1 - wanted)
        weight = (alpha * wanted + (1 - alpha) * (1 - wanted)) * miss.pow(gamma)
        plain = functional.binary_cross_entropy_with_logits(
            pred, wanted, reduction="none"
        )
        return plain * weight

    room._sigmoid_focal_loss = pure_loss  # noqa: SLF001 - the patch


# ---------------------------------------------------------------- safety


def _load_strictly() -> None:
    """Make mmengine open checkpoints with the strict loader only.

    onedl-mmengine 0.10.12 allows `builtins.getattr` and, when the safe loader refuses a
    file, opens it unsafely with a line in the log.
    """
    from mmengine.runner import checkpoint as room

    from segdesk.engine.strict_load import strict_torch_load

    room._safe_torch_load = strict_torch_load  # noqa: SLF001 - the patch


def _refuse_remote_weights() -> None:
    """Never fetch weights that a config names.

    mmengine downloads `init_cfg` checkpoints while it builds a model, unasked, without
    a progress report, from hosts that are partly gone.
    """
    from mmengine.runner.checkpoint import CheckpointLoader

    def refuse(filename: str, *_args: object, **_options: object) -> NoReturn:
        raise ModelError(
            tr("The model was not built."),
            cause=tr(
                "Its config asks to download {filename} by itself.", filename=filename
            ),
            hint=tr("Download the weights first and name the file."),
        )

    for scheme in _REMOTE_SCHEMES:
        CheckpointLoader.register_scheme(prefixes=scheme, loader=refuse, force=True)


def _refuse_foreign_types() -> None:
    """Let a config's `type` name classes of the stack only.

    mmengine 0.10 imports any dotted `type` and calls it: `dict(type="os.system")` in a
    config without a line of code runs a command.
    """
    from mmengine.registry import registry as room

    original = room.get_object_from_string

    @functools.wraps(original)
    def classes_of_the_stack(name: str) -> type | None:
        if not name.startswith(_CLASS_PACKAGES):
            return None
        found = original(name)
        if isinstance(found, type) and found.__module__.startswith(_CLASS_PACKAGES):
            return found
        return None

    room.get_object_from_string = classes_of_the_stack


# ---------------------------------------------------------------- faults


def _mend_weighted_cross_entropy() -> None:
    """Let class weights and `avg_non_ignore` go together.

    onedl-mmseg 1.4 drops the ignored pixels from the sum of weights and then masks the
    result with the full-size label: IndexError. Without the flag the sum is the same.
    """
    import torch
    from mmseg.models.losses import cross_entropy_loss as room

    original = room.cross_entropy
    try:
        original(
            torch.zeros(1, 2, 1, 2),
            torch.tensor([[[0, 255]]]),
            class_weight=torch.ones(2),
            ignore_index=255,
            avg_non_ignore=True,
        )
    except IndexError:
        pass
    else:
        return

    @functools.wraps(original)
    def mended(
        pred: torch.Tensor,
        label: torch.Tensor,
        weight: torch.Tensor | None = None,
        **options: Any,  # noqa: ANN401 - passed through
    ) -> torch.Tensor:
        if options.get("class_weight") is not None:
            options["avg_non_ignore"] = False
        return original(pred, label, weight, **options)

    room.cross_entropy = mended


def _allow_many_bands() -> None:
    """Build models for images of any number of bands.

    Since onedl-mmseg 1.4 the preprocessor asserts 1 or 3 values in `mean`, although it
    normalises any number.
    """
    import torch
    from mmseg.models.data_preprocessor import SegDataPreProcessor

    try:
        SegDataPreProcessor(mean=[0.0] * 4, std=[1.0] * 4)
    except AssertionError:
        pass
    else:
        return
    original = SegDataPreProcessor.__init__

    @functools.wraps(original)
    def mended(
        self: Any,  # noqa: ANN401 - an untyped class
        mean: list[float] | None = None,
        std: list[float] | None = None,
        **options: Any,  # noqa: ANN401
    ) -> None:
        many = mean is not None and std is not None and len(mean) not in (1, 3)
        if not many or mean is None or std is None:
            original(self, mean=mean, std=std, **options)
            return
        original(self, mean=[0.0] * 3, std=[1.0] * 3, **options)
        self.register_buffer("mean", torch.tensor(mean).view(-1, 1, 1), False)
        self.register_buffer("std", torch.tensor(std).view(-1, 1, 1), False)

    SegDataPreProcessor.__init__ = mended


def _mend_environment_collector() -> None:
    """Start a training although torchvision or distutils is broken.

    Every mmengine `Runner` describes its environment first: `import torchvision` next
    to a torch of another build raises RuntimeError, and distutils is gone from Python
    3.12 unless setuptools brings it.
    """
    from mmengine.runner import runner as room

    original = room.collect_env

    @functools.wraps(original)
    def mended() -> dict[str, Any]:
        try:
            return original()
        except (ImportError, RuntimeError, OSError) as error:
            return {"environment": tr("not collected: {error}", error=error)}

    room.collect_env = mended

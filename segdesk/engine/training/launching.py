"""How many processes a training has, told without torch, from its spec and its starter.

torchrun and srun tell each process in its environment which one it is.
"""

import os
import subprocess

from segdesk.core.errors import ConfigError
from segdesk.core.language import joined, tr
from segdesk.jobs.specs import TrainSpec

# What torchrun tells, by what srun calls it.
_SLURM_NAMES = {
    "RANK": "SLURM_PROCID",
    "WORLD_SIZE": "SLURM_NTASKS",
    "LOCAL_RANK": "SLURM_LOCALID",
}
_STARTERS = {"pytorch": "torchrun", "slurm": "srun"}
_SLURM_PORT = "29500"


def process_count(spec: TrainSpec) -> int:
    """Return the number of processes that train together, each with its own batch."""
    if spec.launcher == "none":
        return max(1, len(spec.devices))
    return int(_told(spec, "WORLD_SIZE"))


def process_rank(spec: TrainSpec) -> int:
    """Return which of them this process is; the first one, 0, speaks for all."""
    return 0 if spec.launcher == "none" else int(_told(spec, "RANK"))


def local_rank(spec: TrainSpec) -> int:
    """Return which process of its own machine this one is."""
    return 0 if spec.launcher == "none" else int(_told(spec, "LOCAL_RANK"))


def starts_processes(spec: TrainSpec) -> bool:
    """Tell whether the engine has to start the processes itself."""
    return len(spec.devices) > 1 and spec.launcher == "none"


def check_launch(spec: TrainSpec) -> None:
    """Refuse devices and launchers that do not go together.

    Raises
    ------
    ConfigError
        Nothing started the processes, or a device is named twice.
    """
    if min(spec.devices, default=0) < 0 or len(set(spec.devices)) < len(spec.devices):
        raise ConfigError(
            tr("The training was not started."),
            cause=tr(
                "devices is {devices}.", devices=joined(", ", map(str, spec.devices))
            ),
            hint=tr("Name each GPU once, by its number from 0, such as 0,1."),
        )
    if spec.launcher != "none":
        for name in _SLURM_NAMES:
            _told(spec, name)


def tell_torch(spec: TrainSpec) -> None:
    """Put into the environment what torch wants to know and srun calls otherwise."""
    if spec.launcher != "slurm":
        return
    for name in _SLURM_NAMES:
        os.environ[name] = _told(spec, name)
    os.environ.setdefault("MASTER_PORT", _SLURM_PORT)
    if "MASTER_ADDR" not in os.environ:
        nodes = ["scontrol", "show", "hostnames", os.environ["SLURM_NODELIST"]]
        found = subprocess.run(nodes, capture_output=True, text=True, check=True)
        os.environ["MASTER_ADDR"] = found.stdout.split()[0]


def _told(spec: TrainSpec, name: str) -> str:
    key = _SLURM_NAMES[name] if spec.launcher == "slurm" else name
    value = os.environ.get(key, "")
    if not value.isdigit():
        starter = _STARTERS[spec.launcher]
        raise ConfigError(
            tr("The training was not started."),
            cause=tr(
                "The launcher is {launcher}, and {key} is not in the "
                "environment: this process was not started by {starter}.",
                launcher=spec.launcher,
                key=key,
                starter=starter,
            ),
            hint=tr(
                "Start it with {starter}, or leave the launcher out.", starter=starter
            ),
        )
    return value

"""Where and how exactly a model can run: what the user chooses from."""

from collections.abc import Iterable

from segdesk.core.language import plural, tr
from segdesk.jobs.events import DeviceFacts, EnvironmentReport

AUTO = "auto"
_PRECISIONS = {
    "cpu": (AUTO, "fp32"),
    "mps": (AUTO, "fp32", "fp16"),
    "cuda": (AUTO, "fp32", "bf16", "fp16"),
}


def device_choices(
    environment: EnvironmentReport | None, wanted: str
) -> tuple[tuple[str, str], ...]:
    """Return (id, words) of the devices to choose from, the best first.

    Parameters
    ----------
    environment
        None: the engine has not told yet; the only choice is the one in force.
    wanted
        Id of the device in force; it is always among the choices.
    """
    if environment is None:
        return ((wanted, device_words(wanted)),)
    choices = [(facts.id, _words(facts, environment)) for facts in environment.devices]
    if len(choices) > 1:
        choices.insert(0, (AUTO, tr("Automatic: {choices}", choices=choices[0][1])))
    elif wanted == AUTO and choices:
        return ((AUTO, choices[0][1]),)
    if wanted not in dict(choices):
        choices.append((wanted, tr("{device}, not found", device=device_words(wanted))))
    return tuple(choices)


def gpus_of(devices: Iterable[str]) -> tuple[int, ...]:
    """Return the numbers of the NVIDIA GPUs among some devices."""
    named = (device.partition(":") for device in devices)
    return tuple(
        int(number)
        for kind, _, number in named
        if kind == "cuda" and number.isdecimal()
    )


def precision_choices(device: str, devices: tuple[DeviceFacts, ...]) -> tuple[str, ...]:
    """Return "auto", fp32, and what a device computes in faster than in fp32."""
    if device == AUTO:
        device = devices[0].id if devices else "cpu"
    return _PRECISIONS.get(device.partition(":")[0], (AUTO, "fp32"))


def device_words(device: str) -> str:
    """Return a device as the window says it: "CPU", "GPU 0", "Apple GPU"."""
    if device.startswith("cuda"):
        return f"GPU {device.partition(':')[2] or 0}"
    return {"cpu": "CPU", "mps": "Apple GPU", "auto": tr("Auto")}.get(device, device)


def _words(facts: DeviceFacts, environment: EnvironmentReport) -> str:
    if facts.id == "cpu":
        threads = environment.cpu_threads
        return plural(
            threads, "{name}, {n} thread", "{name}, {n} threads", name=facts.name
        )
    if facts.memory_bytes:
        return f"{facts.name}, {facts.memory_bytes / 2**30:.0f} GB"
    return facts.name

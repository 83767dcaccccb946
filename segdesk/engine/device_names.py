"""How devices are named; whether they are there, `segdesk.engine.devices` tells."""

from segdesk.core.errors import InputError
from segdesk.core.language import tr
from segdesk.jobs.specs import Device

_KINDS = frozenset({"auto", "cpu", "cuda", "mps"})


def parse_device(wanted: Device) -> tuple[str, int]:
    """Split a device's name into its kind and its number, 0 where none is said.

    Raises
    ------
    InputError
        It is none of "auto", "cpu", "cuda", "cuda:N" and "mps".
    """
    kind, _, number = wanted.partition(":")
    if kind not in _KINDS or (number and not number.isdecimal()):
        raise InputError(
            tr("The device was not chosen."),
            cause=tr("There is no kind of device {wanted!r}.", wanted=wanted),
            hint=tr('Choose "auto", "cpu", "cuda:0" or "mps".'),
        )
    return kind, int(number or 0)

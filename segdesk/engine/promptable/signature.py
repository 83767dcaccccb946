"""Whether two files are a promptable model, told by what goes in and out of them.

The signatures are those of the usual exports: Segment Anything and what was made of it
(MobileSAM, HQ-SAM and others), SAM 2, and EfficientSAM.
"""

from dataclasses import dataclass
from typing import Literal

from segdesk.core.errors import CheckpointError
from segdesk.core.language import joined, tr
from segdesk.engine.promptable.parts import Part, Port

Family = Literal["SAM", "SAM 2", "EfficientSAM"]
_USUAL_SIZE = 1024
_SIDES_OF_MASK = 4
_NEEDED = "image_embeddings, point_coords, point_labels"


@dataclass(frozen=True, slots=True)
class Signature:
    """What the inputs of a promptable model mean; names as the files have them.

    Parameters
    ----------
    size
        Longest side of what the encoder sees.
    is_flat
        The encoder takes (H, W, 3) in 0-255 and does the rest itself; else
        (1, 3, H, W).
    embeddings
        Decoder's input for each of the encoder's outputs, by the place of that.
    mask_input, has_mask, image_size
        Of the decoder, where it has them.
    """

    family: Family
    size: int
    is_flat: bool
    is_fixed: bool
    image: Port
    embeddings: tuple[tuple[str, int], ...]
    coords: Port
    labels: Port
    mask_input: Port | None = None
    has_mask: Port | None = None
    image_size: Port | None = None


def signature_of(encoder: Part, decoder: Part) -> Signature:
    """Return what two files take and give.

    Raises
    ------
    CheckpointError
        They are no promptable model; it says what was found and what is needed.
    """
    image = _image_of(encoder)
    coords = _named(decoder, "coord")
    labels = _named(decoder, "label")
    if coords is None or labels is None:
        if _named(encoder, "coord") is not None:
            raise _refusal(
                encoder, decoder, tr("Encoder and decoder are the wrong way round.")
            )
        raise _refusal(
            encoder, decoder, tr("{name} takes no points.", name=decoder.name)
        )
    mask_input, has_mask, image_size = _options(decoder)
    used = {
        port.name for port in (coords, labels, mask_input, has_mask, image_size) if port
    }
    left = [port for port in decoder.inputs if port.name not in used]
    family = _family(left, coords)
    flat = len(image.shape) == 3
    height = image.shape[0 if flat else 2] if image.shape else None
    return Signature(
        family=family,
        size=height or _size_by(mask_input),
        is_flat=flat,
        is_fixed=height is not None,
        image=image,
        embeddings=_joints(encoder, decoder, left),
        coords=coords,
        labels=labels,
        mask_input=mask_input,
        has_mask=has_mask,
        image_size=image_size,
    )


def _image_of(encoder: Part) -> Port:
    images = [port for port in encoder.inputs if len(port.shape) in {0, 3, 4}]
    if len(encoder.inputs) == 1 and images and _is_colour(images[0]):
        return images[0]
    raise CheckpointError(
        tr("{name} was not opened.", name=encoder.name),
        cause=tr(
            "It is no image encoder: it takes {found}.",
            found=_words(encoder.inputs),
        ),
        hint=tr(
            "An encoder takes one image: 1 × 3 × height × width, or height × width × 3."
        ),
    )


def _is_colour(port: Port) -> bool:
    if not port.shape:
        return True
    side = port.shape[-1] if len(port.shape) == 3 else port.shape[1]
    return side in {3, None}


def _options(decoder: Part) -> tuple[Port | None, Port | None, Port | None]:
    """Return the inputs of a decoder for the earlier mask and the image's size."""
    has_mask = _named(decoder, "has_mask")
    masks = (p for p in decoder.inputs if "mask" in p.name and p is not has_mask)
    size = _named(decoder, "orig_im_size") or _named(decoder, "im_size")
    return next(masks, None), has_mask, size


def _size_by(mask_input: Port | None) -> int:
    """Return what an encoder of any size wants: four times a mask's side."""
    side = mask_input.shape[-1] if mask_input and mask_input.shape else None
    return _SIDES_OF_MASK * side if side else _USUAL_SIZE


def _family(embeddings: list[Port], coords: Port) -> Family:
    if any("high_res" in port.name for port in embeddings):
        return "SAM 2"
    return "EfficientSAM" if len(coords.shape) == 4 else "SAM"


def _joints(
    encoder: Part, decoder: Part, left: list[Port]
) -> tuple[tuple[str, int], ...]:
    """Join what is left of the decoder's inputs to the encoder's outputs."""
    given = [port.name for port in encoder.outputs]
    if not left:
        raise _refusal(
            encoder, decoder, tr("{name} takes no embedding.", name=decoder.name)
        )
    if all(port.name in given for port in left):
        return tuple((port.name, given.index(port.name)) for port in left)
    if len(left) == 1:
        return ((left[0].name, 0),)
    raise _refusal(
        encoder,
        decoder,
        tr(
            "{name} takes {needed}, which {encoder} does not give.",
            name=decoder.name,
            needed=_words(tuple(left)),
            encoder=encoder.name,
        ),
    )


def _named(part: Part, word: str) -> Port | None:
    return next((port for port in part.inputs if word in port.name.casefold()), None)


def _refusal(encoder: Part, decoder: Part, why: str) -> CheckpointError:
    given = tr(
        "{name} gives {found}.", name=encoder.name, found=_words(encoder.outputs)
    )
    taken = tr("{name} takes {found}.", name=decoder.name, found=_words(decoder.inputs))
    parts = (why, given, taken) if encoder.outputs else (why, taken)
    return CheckpointError(
        tr("{name} was not opened as a promptable model.", name=decoder.name),
        cause=joined(" ", parts),
        hint=tr(
            "A decoder takes {needed}, as Segment Anything is usually exported.",
            needed=_NEEDED,
        ),
    )


def _words(ports: tuple[Port, ...]) -> str:
    return ", ".join(port.words for port in ports) or tr("nothing")

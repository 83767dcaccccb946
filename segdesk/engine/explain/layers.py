"""The modules of a network whose output is a map of the image."""

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch

from segdesk.core.errors import InputError, ModelError
from segdesk.core.language import joined, tr
from segdesk.jobs.explain_events import MapLayer

# By what networks make an image smaller; a map of another size is none of the image.
_STRIDES = (1, 2, 4, 8, 16, 32, 64, 14, 28)
_LEAST_PLACES = 4
_ENOUGH_PLACES = 12
_SHOWN = 3
_BACKBONE = "backbone."
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Form:
    """How a layer's output holds its map.

    Parameters
    ----------
    kind
        "map": (N, C, h, w). "last": (N, h, w, C). "tokens": (N, L, C).
    size
        (h, w).
    lead
        Tokens before those of the map, such as the class token.
    """

    kind: str
    size: Size
    lead: int = 0

    def channels(self, shape: tuple[int, ...]) -> int:
        """Return the values at each place of an output of this shape."""
        return shape[1] if self.kind == "map" else shape[-1]

    def as_map(self, output: torch.Tensor) -> torch.Tensor:
        """Return an output as (N, C, h, w)."""
        if self.kind == "map":
            return output
        if self.kind == "last":
            return output.permute(0, 3, 1, 2)
        tokens = output[:, self.lead :].transpose(1, 2)
        return tokens.reshape(len(output), -1, *self.size)


def form_of(shape: tuple[int, ...], seen: Size) -> Form | None:
    """Return how an output of this shape is a map of an image, if it is one.

    Parameters
    ----------
    shape
        Of the output for one image.
    seen
        (height, width) of the network's input.
    """
    if len(shape) < 3 or shape[0] != 1:
        return None
    if len(shape) == 4:
        if _is_scaled((shape[2], shape[3]), seen):
            return Form("map", (shape[2], shape[3]))
        if _is_scaled((shape[1], shape[2]), seen):
            return Form("last", (shape[1], shape[2]))
        return None
    if len(shape) == 3:
        return _token_form(shape[1], seen)
    return None


def _token_form(count: int, seen: Size) -> Form | None:
    for stride in _STRIDES:
        for height in _lengths(seen[0], stride):
            for width in _lengths(seen[1], stride):
                lead = count - height * width
                if height * width >= _LEAST_PLACES and lead in {0, 1}:
                    return Form("tokens", (height, width), lead)
    return None


def _is_scaled(size: Size, seen: Size) -> bool:
    return size[0] * size[1] >= _LEAST_PLACES and any(
        size[0] in _lengths(seen[0], stride) and size[1] in _lengths(seen[1], stride)
        for stride in _STRIDES
    )


def _lengths(length: int, stride: int) -> set[int]:
    return {length // stride, -(-length // stride)}


class LayerTree:
    """The layers of one network, seen while it runs once.

    Parameters
    ----------
    module
        The segmentor.
    run
        Runs it on the image that is explained.
    seen
        (height, width) of its input.

    Attributes
    ----------
    layers
        Those whose output is a map, in the order in which they end.
    """

    def __init__(
        self, module: torch.nn.Module, run: Callable[[], object], seen: Size
    ) -> None:
        self._modules = {name: part for name, part in module.named_modules() if name}
        self._outputs: dict[str, tuple[int, ...] | int] = {}
        with torch.no_grad():
            self._watch(run)
        self._forms: dict[str, Form] = {}
        found = []
        for name, output in self._outputs.items():
            if not isinstance(output, tuple):
                continue
            form = form_of(output, seen)
            if form is not None:
                self._forms[name] = form
                found.append(self._layer(name, output, form))
        self.layers: tuple[MapLayer, ...] = tuple(found)

    def module(self, name: str) -> torch.nn.Module:
        """Return a module by its name."""
        return self._modules[name]

    def form(self, name: str) -> Form:
        """Return how a layer holds its map."""
        return self._forms[name]

    def chosen(self, name: str) -> str:
        """Return the name of the layer to look at.

        Parameters
        ----------
        name
            What the user wrote; empty: the last and coarsest map of the backbone.

        Raises
        ------
        InputError
            There is no such layer, or its output is no map.
        ModelError
            The network has no layer that is a map.
        """
        if not name:
            return self._usual()
        if name in self._forms:
            return name
        raise InputError(
            tr("The layer {name} was not looked at.", name=name),
            cause=self._why_not(name),
            hint=self._instead(name),
        )

    def _watch(self, run: Callable[[], object]) -> None:
        """Run the network and keep the shapes that its modules give."""

        def keep(name: str) -> Callable[[Any, Any, object], None]:
            def hook(_module: object, _inputs: object, output: object) -> None:
                # A layer that runs twice counts where it ends.
                self._outputs.pop(name, None)
                self._outputs[name] = _shape_or_count(output)

            return hook

        hooks = [
            part.register_forward_hook(keep(name))
            for name, part in self._modules.items()
        ]
        try:
            run()
        finally:
            for hook in hooks:
                hook.remove()

    def _layer(self, name: str, shape: tuple[int, ...], form: Form) -> MapLayer:
        kind = type(self._modules[name]).__name__
        return MapLayer(
            name, kind, form.channels(shape), form.size, form.kind == "tokens"
        )

    def _usual(self) -> str:
        inside = [one for one in self.layers if one.name.startswith(_BACKBONE)]
        among = inside or list(self.layers)
        if not among:
            raise ModelError(
                tr("The model was not explained."),
                cause=tr("No layer of its network gives a map of the image."),
                hint=tr("Use saliency or occlusion: they look at the image itself."),
            )
        places = {one.name: one.size[0] * one.size[1] for one in among}
        # A pool of a pyramid may look like a map; it has few places.
        fewest = min((n for n in places.values() if n >= _ENOUGH_PLACES), default=0)
        fewest = fewest or max(places.values())
        return [name for name, count in places.items() if count == fewest][-1]

    def _why_not(self, name: str) -> str:
        if name not in self._modules:
            return tr("The network has no layer of this name.")
        output = self._outputs.get(name)
        if output is None:
            return tr("The network has it, but does not run it by itself.")
        if isinstance(output, tuple):
            sides = joined(" × ", (str(side) for side in output))
            return tr(
                "Its output is {sides} values without a place in the image.",
                sides=sides,
            )
        return tr("Its output is {count} arrays, not one map.", count=output)

    def _instead(self, name: str) -> str:
        inside = [one.name for one in self.layers if one.name.startswith(f"{name}.")]
        names = [one.name for one in self.layers]
        near = inside[-_SHOWN:] or difflib.get_close_matches(name, names, _SHOWN, 0.5)
        near = near or names[-_SHOWN:]
        return (
            tr("Layers that give a map are {names}.", names=joined(", ", near))
            if near
            else ""
        )


def _shape_or_count(output: object) -> tuple[int, ...] | int:
    """Return the shape of a tensor, or how many tensors there are."""
    if isinstance(output, torch.Tensor):
        return tuple(output.shape)
    return sum(1 for _ in _tensors(output))


def _tensors(value: object) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _tensors(one)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))

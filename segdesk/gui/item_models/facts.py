"""What is known of a model, as labels and values."""

from segdesk.core.language import capitalised, joined, tr
from segdesk.gui.item_models import figures
from segdesk.library.model_card import ModelCard
from segdesk.library.zoo import ZooEntry

Fact = tuple[str, str]

CONFIDENCE = tr("Confidence")
"""Title of the section that tells the calibration."""


def zoo_facts(entry: ZooEntry) -> tuple[Fact, ...]:
    """Return what is published of a model; what is unknown is left out."""
    size = None if entry.size_bytes is None else figures.megabytes(entry.size_bytes)
    memory = entry.memory_gb
    facts = (
        (tr("Architecture"), entry.architecture),
        (tr("Backbone"), entry.backbone),
        (tr("Data set"), entry.dataset),
        *_metrics(entry.metrics),
        (tr("Input"), _pixels(entry.input_size)),
        (tr("Parameters"), _parameters(entry.parameters)),
        (tr("Download"), tr("about {size}", size=size) if size else ""),
        (
            tr("Memory"),
            tr("{number} GB to train", number=figures.decimal(memory, 1))
            if memory
            else "",
        ),
        (tr("Licence"), entry.licence),
        (tr("Config"), entry.config),
        (tr("File"), entry.file_name),
    )
    return tuple((label, value) for label, value in facts if value)


def card_facts(card: ModelCard) -> tuple[tuple[str, tuple[Fact, ...]], ...]:
    """Return what a card says in sections: title, then label and value."""
    held_out = card.held_out
    sections = (
        (
            tr("Model"),
            (
                (tr("Architecture"), card.architecture),
                (tr("Parameters"), _parameters(card.parameters)),
                (tr("Trained for"), _pixels(card.input_size)),
                (tr("Data set"), card.dataset),
                (tr("Missing ops"), joined(", ", card.missing_ops)),
                (tr("Problem"), card.problem),
                (tr("Notes"), card.notes),
            ),
        ),
        (tr("Metrics"), _metrics(card.metrics)),
        (
            tr("Held-out images"),
            (
                (tr("Images"), figures.number(held_out.images) if held_out else ""),
                *_metrics(held_out.metrics if held_out else {}),
                (tr("Which"), held_out.description if held_out else ""),
            ),
        ),
        (CONFIDENCE, _calibration(card)),
        (tr("Recipe"), tuple((_label(k), _value(v)) for k, v in card.recipe.items())),
        (
            tr("Origin"),
            (
                (tr("From"), card.origin),
                (tr("Licence"), card.licence),
                (tr("Added"), card.created.replace("T", " ").replace("Z", " UTC")),
            ),
        ),
        (
            tr("Files"),
            (
                (
                    tr("Weights"),
                    tr(
                        "{checkpoint}, {megabytes}",
                        checkpoint=card.checkpoint,
                        megabytes=figures.megabytes(card.size_bytes),
                    ),
                ),
                (tr("Config"), card.config),
                ("SHA-256", card.sha256),
                (tr("Id"), card.id),
            ),
        ),
    )
    known = (
        (title, tuple((label, value) for label, value in facts if value))
        for title, facts in sections
    )
    return tuple((title, facts) for title, facts in known if facts)


def _metrics(metrics: dict[str, float]) -> tuple[Fact, ...]:
    return tuple(
        (name, f"{figures.decimal(value, 2)}%") for name, value in metrics.items()
    )


def _calibration(card: ModelCard) -> tuple[Fact, ...]:
    fitted = card.calibration
    if fitted is None:
        return ()
    heat = joined(", ", (figures.decimal(one, 2) for one in fitted.temperature))
    return (
        (tr("Error before"), f"{figures.decimal(fitted.before.error, 2)}%"),
        (tr("Error calibrated"), f"{figures.decimal(fitted.after.error, 2)}%"),
        (tr("Temperature"), heat or tr("none makes it better")),
        (
            tr("Measured on"),
            tr(
                "{data}: {pixels} pixels of {images} images",
                data=fitted.data,
                pixels=figures.number(fitted.pixels),
                images=figures.number(fitted.images),
            ),
        ),
    )


def _pixels(size: tuple[int, int] | None) -> str:
    return tr("{size} px", size=figures.size(*size)) if size else ""


def _parameters(count: int | None) -> str:
    if not count:
        return ""
    if count < 1_000_000:
        return figures.number(count)
    return tr("{number} million", number=figures.decimal(count / 1000000.0, 1))


def _label(name: str) -> str:
    words = name.replace("_", " ").strip()
    return capitalised(words)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return figures.number(value)
    return "" if value is None else str(value)

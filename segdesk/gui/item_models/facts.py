"""What is known of a model, as labels and values."""

from segdesk.gui.item_models import figures
from segdesk.library.model_card import ModelCard
from segdesk.library.zoo import ZooEntry

Fact = tuple[str, str]


def zoo_facts(entry: ZooEntry) -> tuple[Fact, ...]:
    """Return what is published of a model; what is unknown is left out."""
    size = None if entry.size_bytes is None else figures.megabytes(entry.size_bytes)
    memory = entry.memory_gb
    facts = (
        ("Architecture", entry.architecture),
        ("Backbone", entry.backbone),
        ("Data set", entry.dataset),
        *_metrics(entry.metrics),
        ("Input", _pixels(entry.input_size)),
        ("Parameters", _parameters(entry.parameters)),
        ("Download", f"about {size}" if size else ""),
        ("Memory", f"{figures.decimal(memory, 1)} GB to train" if memory else ""),
        ("Licence", entry.licence),
        ("Config", entry.config),
        ("File", entry.file_name),
    )
    return tuple((label, value) for label, value in facts if value)


def card_facts(card: ModelCard) -> tuple[tuple[str, tuple[Fact, ...]], ...]:
    """Return what a card says in sections: title, then label and value."""
    held_out = card.held_out
    sections = (
        (
            "Model",
            (
                ("Architecture", card.architecture),
                ("Parameters", _parameters(card.parameters)),
                ("Trained for", _pixels(card.input_size)),
                ("Data set", card.dataset),
                ("Missing ops", ", ".join(card.missing_ops)),
                ("Problem", card.problem),
                ("Notes", card.notes),
            ),
        ),
        ("Metrics", _metrics(card.metrics)),
        (
            "Held-out images",
            (
                ("Images", figures.number(held_out.images) if held_out else ""),
                *_metrics(held_out.metrics if held_out else {}),
                ("Which", held_out.description if held_out else ""),
            ),
        ),
        ("Recipe", tuple((_label(k), _value(v)) for k, v in card.recipe.items())),
        (
            "Origin",
            (
                ("From", card.origin),
                ("Licence", card.licence),
                ("Added", card.created.replace("T", " ").replace("Z", " UTC")),
            ),
        ),
        (
            "Files",
            (
                ("Weights", f"{card.checkpoint}, {figures.megabytes(card.size_bytes)}"),
                ("Config", card.config),
                ("SHA-256", card.sha256),
                ("Id", card.id),
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


def _pixels(size: tuple[int, int] | None) -> str:
    return f"{figures.size(*size)} px" if size else ""


def _parameters(count: int | None) -> str:
    if not count:
        return ""
    if count < 1_000_000:
        return figures.number(count)
    return f"{figures.decimal(count / 1e6, 1)} million"


def _label(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return figures.number(value)
    return "" if value is None else str(value)

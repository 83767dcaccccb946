"""What can be chosen on the page Run, by value and in words."""

from segdesk.core.language import tr

OPTIMIZERS = (("recipe", tr("Recipe's own")), ("adamw", "AdamW"), ("sgd", "SGD"))


SCHEDULES = (
    ("recipe", tr("Recipe's own")),
    ("poly", tr("Poly, warm-up")),
    ("cosine", tr("Cosine, warm-up")),
    ("constant", tr("Constant")),
)


LOSSES = (
    ("recipe", tr("Recipe's own")),
    ("cross-entropy", tr("Cross-entropy")),
    ("dice", tr("Dice")),
    ("ce+dice", tr("Cross-entropy + Dice")),
    ("focal", tr("Focal")),
    ("lovasz", "Lovász"),
)


AUGMENTATIONS = (
    ("recipe", tr("Recipe's own")),
    ("none", tr("None")),
    ("light", tr("Light: mirror")),
    ("standard", tr("Standard: scale, mirror, colour")),
    ("strong", tr("Strong: turns and more colour")),
)


MEMORY = ((True, tr("Halve the batch, accumulate")), (False, tr("Stop and say so")))


LENGTHS = (("iters", tr("iterations")), ("epochs", tr("epochs")))

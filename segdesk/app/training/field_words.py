"""What the fields of a training are called in its form."""

from segdesk.core.language import tr

FIELD_WORDS = {
    "accumulate": tr("Accumulate"),
    "amp": tr("Mixed precision"),
    "architecture": tr("Architecture"),
    "batch_size": tr("Images per step"),
    "class_weights": tr("Class weights"),
    "config": tr("Config"),
    "config_text": tr("Config text"),
    "crop_size": tr("Crop"),
    "early_stopping": tr("Stop early"),
    "epochs": tr("Epochs"),
    "keep_best": tr("Keep best by"),
    "load_from": tr("Start from"),
    "loss": tr("Loss"),
    "lr": tr("Rate"),
    "num_workers": tr("Workers"),
    "pseudo_labels": tr("Unlabelled images"),
    "val_interval": tr("Validate every"),
}

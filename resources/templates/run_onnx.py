"""Label one image: python run_NAME.py IMAGE MASK.png. Needs onnxruntime and Pillow."""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image, ImageOps


def resized(image, step):
    """Return an image as a step of the model's test pipeline resizes it."""
    if step["type"] != "Resize":
        raise SystemExit(f"{step['type']} is not done here: resize the image first.")
    factor = step.get("scale_factor", 1)
    factors = factor if isinstance(factor, list) else (factor, factor)
    size = [int(side * by + 0.5) for side, by in zip(image.size, factors)]
    size = step.get("scale") or size
    if step.get("keep_ratio"):
        ratios = max(size) / max(image.size), min(size) / min(image.size)
        size = [int(side * min(ratios) + 0.5) for side in image.size]
    return image.resize(tuple(size), Image.Resampling.BILINEAR)


def starts(length, window, stride):
    """Return where windows begin along a side; the last one is moved back inside."""
    return sorted({max(0, min(at, length - window)) for at in range(0, length, stride)})


def label(pixels, session, facts):
    """Return the (H, W) labels of (H, W, 3) pixels, window by window."""
    labels = np.zeros(pixels.shape[:2], np.uint8)
    windows = facts["windows"] or {"size": labels.shape, "stride": labels.shape}
    (height, width), (down, right) = windows["size"], windows["stride"]
    for top in starts(labels.shape[0], height, down):
        for left in starts(labels.shape[1], width, right):
            part = cut = pixels[top : top + height, left : left + width]
            if facts["size"]:  # the graph takes one size: fill up what is smaller
                part = np.full((*facts["size"], 3), facts["fill"], np.uint8)
                part[: cut.shape[0], : cut.shape[1]] = cut
            (found,) = session.run(["labels"], {"image": part[None]})
            found = found[0, : cut.shape[0], : cut.shape[1]]
            labels[top : top + height, left : left + width] = found
    return labels


if len(sys.argv) != 3:
    raise SystemExit(__doc__)
model = Path(__file__).with_name("NAME.onnx")
facts = json.loads(model.with_suffix(".json").read_text(encoding="utf-8"))
image = seen = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGB")
for step in facts["resize"]:
    seen = resized(seen, step)
labels = label(np.asarray(seen), onnxruntime.InferenceSession(str(model)), facts)
mask = Image.fromarray(labels).resize(image.size, Image.Resampling.NEAREST)
mask.putpalette(b"".join(bytes.fromhex(c[1:]) for c in facts["classes"]["palette"]))
mask.save(sys.argv[2])
counts = np.bincount(np.asarray(mask).ravel(), minlength=256)
for name, count in zip(facts["classes"]["names"], counts):
    print(f"{name}: {count / counts.sum():.1%}")

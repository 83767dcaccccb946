"""Points and boxes on a small model with the signature of Segment Anything."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from promptable_pair import SIDE, save_decoder, save_encoder, save_pair

from segdesk.core.errors import (
    CheckpointError,
    InputError,
    JobCancelledError,
    UnsafeFileError,
)
from segdesk.engine.promptable import prompter as room
from segdesk.engine.promptable.parts import Port, open_part
from segdesk.engine.promptable.prompter import Prompter, Prompts
from segdesk.engine.promptable.prompting import Prompting
from segdesk.engine.promptable.signature import signature_of
from segdesk.jobs.arrays import take
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.prompt_specs import (
    PromptEncodeSpec,
    PromptFiles,
    PromptMaskSpec,
    PromptOpenSpec,
)

pytestmark = pytest.mark.engine

RED, GREEN = (200, 30, 30), (30, 200, 30)


def scene(scale=4):
    """A red and a green block on grey, 96 × 128 and larger."""
    image = np.full((96, 128, 3), 40, np.uint8)
    image[32:64, 40:80] = RED
    image[32:64, 92:112] = GREEN
    return np.repeat(np.repeat(image, scale, 0), scale, 1)


def prompter(folder, **kind):
    return Prompter(PromptFiles(*save_pair(folder, **kind)), "cpu")


def asked(one, image, *points, box=None):
    embedding = one.encode("image", image, StopFlag())
    return one.find(embedding, Prompts(tuple(points), box), StopFlag())


def is_about(found, left, top, right, bottom, slack=18):
    rect = found.rect
    wanted = (left, top, right, bottom)
    assert (rect.x, rect.y, rect.right, rect.bottom) == pytest.approx(wanted, abs=slack)


@pytest.mark.parametrize("flat", [False, True])
def test_prompter_finds_the_thing_when_it_is_clicked_or_boxed(tmp_path, flat):
    one, image = prompter(tmp_path, flat=flat), scene()
    red = asked(one, image, (240, 190, True))
    is_about(red, 160, 128, 320, 256)
    assert red.mask.shape == (red.rect.height, red.rect.width)
    assert set(np.unique(red.mask)) == {0, 1}
    is_about(asked(one, image, box=(150, 120, 330, 262)), 160, 128, 320, 256)
    is_about(asked(one, image, (408, 190, True)), 368, 128, 448, 256)
    both = asked(one, image, (240, 190, True), (408, 190, True))
    is_about(both, 160, 128, 448, 256)


def test_prompter_leaves_out_what_is_not_meant_when_a_point_says_so(tmp_path):
    one, image = prompter(tmp_path), scene()
    image[:, :, 0] = np.where(image[:, :, 0] == 40, 60, image[:, :, 0])
    wide = asked(one, image, (20, 20, True), (240, 190, True))
    tight = asked(one, image, (20, 20, False), (240, 190, True))
    assert wide.rect.width > 500
    is_about(tight, 160, 128, 320, 256)


def test_prompter_takes_the_best_mask_when_a_single_point_may_mean_several(tmp_path):
    one, image = prompter(tmp_path, masks=4), scene()
    single = asked(one, image, (240, 190, True))
    several = asked(one, image, (240, 190, True), (250, 190, True))
    assert (single.score, several.score) == (pytest.approx(0.9), pytest.approx(0.5))


def test_prompter_says_so_when_nothing_is_asked_or_found(tmp_path):
    one, image = prompter(tmp_path), scene()
    with pytest.raises(InputError, match="neither a point nor a box"):
        asked(one, image)
    nothing = asked(one, image, (240, 190, False))
    assert (nothing.rect.area, nothing.mask.size) == (0, 0)


def test_prompter_keeps_what_it_has_seen_when_there_is_room(tmp_path, monkeypatch):
    one, image = prompter(tmp_path), scene(1)
    first = one.encode("a", image, StopFlag())
    assert one.kept("a") is first
    assert one.kept("b") is None
    monkeypatch.setattr(room, "_KEPT_BYTES", 2 * first.nbytes)
    one.encode("b", image, StopFlag())
    assert one.kept("a") is first  # used last
    one.encode("c", image, StopFlag())
    assert one.kept("b") is None
    assert one.kept("a") is first


# ---------------------------------------------------------------- as jobs


@pytest.fixture
def job(tmp_path):
    """Return how to run jobs of one model on one image file."""
    files = PromptFiles(*save_pair(tmp_path / "model"))
    path = tmp_path / "image.png"
    Image.fromarray(scene()).save(path)
    serving, reports = Prompting(), []

    def run(kind, stop=None, **fields):
        if kind is not PromptOpenSpec:
            fields["image"] = path
        context = JobContext(reports.append, stop or StopFlag())
        return serving.run(kind(files=files, device="cpu", **fields), context)

    run.reports, run.path, run.files = reports, path, files
    return run


def test_prompting_encodes_an_image_once_when_it_is_asked_again(job, tmp_path):
    opened = job(PromptOpenSpec)
    assert (opened.family, opened.size) == ("SAM", SIDE)
    assert not job(PromptEncodeSpec).was_there
    assert job(PromptEncodeSpec).was_there
    done = job(PromptMaskSpec, scratch_dir=tmp_path, points=((240.0, 190.0, True),))
    x, y, width, height = done.rect
    assert take(done.mask).shape == (height, width)
    assert (x + width / 2, y + height / 2) == pytest.approx((240, 192), abs=12)
    said = [report.text for report in job.reports]
    assert said == ["Opening tiny_encoder.onnx", "Encoding image.png"]
    Image.fromarray(scene(2)).save(job.path)
    assert not job(PromptEncodeSpec).was_there
    Path(job.files.decoder).unlink()
    with pytest.raises(CheckpointError, match="not opened"):
        job(PromptEncodeSpec)


def test_prompting_stops_the_encoder_when_it_is_cancelled(job):
    stop = StopFlag()
    stop.set()
    with pytest.raises(JobCancelledError):
        job(PromptEncodeSpec, stop)
    assert not job(PromptEncodeSpec).was_there


def test_prompts_need_no_torch_when_the_files_are_onnx(tmp_path):
    import subprocess

    encoder, decoder = save_pair(tmp_path)
    code = (
        "import sys; from pathlib import Path; "
        "from segdesk.engine.dispatch import Engine; "
        "from segdesk.jobs.control import JobContext, StopFlag; "
        "from segdesk.jobs.prompt_specs import PromptFiles, PromptOpenSpec; "
        "files = PromptFiles(*map(Path, sys.argv[1:])); "
        "Engine().handle(PromptOpenSpec(files=files),"
        " JobContext(lambda _: None, StopFlag())); "
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, encoder, decoder], check=True)


# ---------------------------------------------------------------- wrong files


def test_signature_names_what_is_needed_when_the_files_are_others(tmp_path):
    encoder, decoder = save_pair(tmp_path)

    def refused(first, second):
        with pytest.raises(CheckpointError) as error:
            Prompter(PromptFiles(first, second), "cpu")
        return error.value

    assert "images (1 × 3" in refused(encoder, encoder).cause
    assert "takes no points" in refused(encoder, encoder).cause
    assert "image_embeddings, point_coords" in refused(encoder, encoder).hint
    assert "no image encoder: it takes" in refused(decoder, encoder).cause
    assert "point_coords (1 × ? × 2)" in refused(decoder, encoder).cause
    text = tmp_path / "sam.onnx"
    text.write_text("<html>")
    assert "text file" in refused(text, decoder).cause
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(encoder.read_bytes()[:200])
    assert "damaged" in refused(cut, decoder).cause


def test_part_is_not_executed_when_it_is_torchscript_without_consent(tmp_path):
    import torch

    class Twice(torch.nn.Module):
        def forward(self, image: torch.Tensor) -> torch.Tensor:
            return image * 2

    path = tmp_path / "encoder.pt"
    torch.jit.script(Twice()).save(str(path))
    with pytest.raises(UnsafeFileError, match="executes code"):
        open_part(path, "cpu", trusted=False)
    part = open_part(path, "cpu", trusted=True)
    assert [port.name for port in part.inputs] == ["image"]
    (found,) = part.run({"image": np.ones((1, 3, 2, 2), np.float32)}, StopFlag())
    assert (found == 2).all()
    weights = tmp_path / "sam_vit_b.pth"
    torch.save({"image_encoder.pos_embed": torch.zeros(2)}, weights)
    with pytest.raises(CheckpointError, match="weights alone"):
        open_part(weights, "cpu", trusted=True)


# ---------------------------------------------------------------- other families


@dataclass
class FakePart:
    """Takes anything and remembers it."""

    name: str
    inputs: tuple
    outputs: tuple
    gives: list = field(default_factory=list)
    device: str = "cpu"
    taken: dict = field(default_factory=dict)

    def run(self, values, _stop):
        self.taken = dict(values)
        return self.gives


def ports(**shapes):
    return tuple(Port(name, shape) for name, shape in shapes.items())


def fake_prompter(monkeypatch, encoder, decoder):
    parts = {"e": encoder, "d": decoder}
    monkeypatch.setattr(
        room, "open_part", lambda path, *_args, **_more: parts[path.name]
    )
    return Prompter(PromptFiles(Path("e"), Path("d")), "cpu")


def test_prompter_asks_as_sam2_wants_it_when_there_are_features_of_high_resolution(
    monkeypatch,
):
    names = ("high_res_feats_0", "high_res_feats_1", "image_embed")
    shapes = ((1, 2, 8, 8), (1, 4, 4, 4), (1, 6, 2, 2))
    feats = dict(zip(names, shapes, strict=True))
    arrays = [np.full(shape, n, np.float32) for n, shape in enumerate(shapes)]
    encoder = FakePart("e", ports(image=(1, 3, 32, 32)), ports(**feats), arrays)
    mask = np.full((1, 3, 8, 8), -1, np.float32)
    mask[0, 2, 2:4, 4:8] = 1
    scores = np.array([[0.1, 0.2, 0.9]], np.float32)
    prompt = {"point_coords": (None, None, 2), "point_labels": (None, None)}
    decoder = FakePart("d", ports(**feats, **prompt), (), [mask, scores])
    one = fake_prompter(monkeypatch, encoder, decoder)
    assert one.signature.family == "SAM 2"
    found = asked(one, scene(1), (64, 48, True), box=(0, 0, 128, 96))
    assert decoder.taken["image_embed"][0, 0, 0, 0] == 2
    # The image is squeezed into a square of 32.
    assert decoder.taken["point_coords"][0].tolist() == [[16, 16], [0, 0], [32, 32]]
    assert decoder.taken["point_labels"].tolist() == [[1, 2, 3]]
    is_about(found, 64, 24, 128, 48, slack=6)


def test_prompter_asks_as_efficientsam_wants_it_when_points_have_four_sides(
    monkeypatch,
):
    encoder = FakePart(
        "e", ports(batched_images=(1, 3, None, None)),
        ports(image_embeddings=(1, 2, 2, 2)), [np.zeros((1, 2, 2, 2), np.float32)],
    )  # fmt: skip
    mask = np.ones((1, 1, 3, 24, 32), np.float32)
    taken = ports(
        image_embeddings=(1, 2, 2, 2),
        batched_point_coords=(1, 1, None, 2),
        batched_point_labels=(1, 1, None),
    )
    size = Port("orig_im_size", (2,), np.dtype(np.int64))
    scores = np.ones((1, 1, 3), np.float32)
    decoder = FakePart("d", (*taken, size), (), [mask, scores])
    one = fake_prompter(monkeypatch, encoder, decoder)
    assert one.signature.family == "EfficientSAM"
    asked(one, scene(1), (64, 48, False))
    image = encoder.taken["batched_images"]
    assert image.shape == (1, 3, 768, 1024)
    assert image.max() == pytest.approx(200 / 255)
    assert decoder.taken["batched_point_coords"].tolist() == [[[[512, 384]]]]
    assert decoder.taken["batched_point_labels"].tolist() == [[[0]]]
    assert decoder.taken["orig_im_size"].dtype == np.int64
    assert decoder.taken["orig_im_size"].tolist() == [768, 1024]


def test_signature_joins_by_name_when_an_export_has_names_of_its_own(tmp_path):
    encoder = open_part(save_encoder(tmp_path / "e.onnx"), "cpu", trusted=False)
    decoder = open_part(save_decoder(tmp_path / "d.onnx"), "cpu", trusted=False)
    encoder.outputs = (Port("embedding_of_another_name"),)
    assert signature_of(encoder, decoder).embeddings == (("image_embeddings", 0),)
    decoder.inputs = (*decoder.inputs, Port("interm_embeddings"))
    with pytest.raises(CheckpointError, match="does not give"):
        signature_of(encoder, decoder)

"""The config of a run is an ordinary one: plain mmengine trains by it."""

import subprocess
import sys

import msgspec
import pytest
from training_run import make_discs, run, spec_of

from segdesk.core.errors import ConfigError, UnsafeFileError
from segdesk.engine.config.check import read_edited
from segdesk.jobs.events import Succeeded
from segdesk.jobs.specs import ConfigSpec

pytestmark = pytest.mark.engine

PLAIN = """
import sys
from mmengine.config import Config
from mmengine.runner import Runner
config = Config.fromfile(sys.argv[1])
config.work_dir = sys.argv[2]
Runner.from_cfg(config).train()
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Train with everything that SegDesk's own hooks add."""
    data = make_discs(tmp_path_factory.mktemp("discs"))
    spec = spec_of(
        data,
        tmp_path_factory.mktemp("runs") / "run",
        keep_best="IoU:disc",
        early_stopping=2,
        ema=True,
        activation_checkpointing=True,
        accumulate=2,
        class_weights="balanced",
        augmentation="strong",
    )
    assert run(spec).done.iterations == 2
    return spec


def test_config_trains_when_plain_mmengine_reads_it(trained, tmp_path):
    config = trained.work_dir / "config.py"
    command = [sys.executable, "-c", PLAIN, str(config), str(tmp_path / "plain")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "plain" / "iter_2.pth").is_file()
    assert list((tmp_path / "plain").glob("best_mIoU_iter_2.pth"))


def test_run_training_obeys_when_the_config_was_edited(trained, tmp_path):
    built = run(ConfigSpec(train=trained)).terminal
    assert isinstance(built, Succeeded)
    text = built.result.text.replace("max_iters=2", "max_iters=1")
    spec = msgspec.structs.replace(
        trained, config_text=text, work_dir=tmp_path / "run", max_iters=700
    )

    assert run(spec).done.iterations == 1
    assert str(tmp_path) in (tmp_path / "run" / "config.py").read_text()


GOOD = """
model = dict(type="EncoderDecoder")
train_dataloader = dict(batch_size=2)
train_cfg = dict(
    type="IterBasedTrainLoop",
    max_iters=10,
)
optim_wrapper = dict(type="OptimWrapper")
work_dir = "/run"
"""


@pytest.mark.parametrize(
    ("old", "new", "words", "hint"),
    [
        ("max_iters", "max_iter", "Line 6: nothing reads 'train_cfg.max_iter'", "_i"),
        ("train_dataloader", "train_loader", "Line 3: nothing", "train_dataloader"),
        ("batch_size=2", "batch_size 2", "Line 3 is not Python", "Mend"),
        ("max_iters=10", "max_epochs=10", "no max_iters", "max_iters=1000"),
        ("work_dir", "load_from", "It has no work_dir", "Put that part back"),
    ],
)
def test_read_edited_names_the_line_when_something_is_wrong(old, new, words, hint):
    assert read_edited(GOOD)["train_cfg"]["max_iters"] == 10
    with pytest.raises(ConfigError) as caught:
        read_edited(GOOD.replace(old, new))
    assert words in caught.value.cause
    assert hint in caught.value.hint


def test_read_edited_executes_nothing_when_there_is_code():
    with pytest.raises(UnsafeFileError, match="The edited config was not read"):
        read_edited(GOOD + "import os\n")

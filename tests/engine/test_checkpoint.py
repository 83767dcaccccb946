"""Checkpoints are opened whole, refused in words, and never executed."""

import os
import pickle
import struct
from collections import OrderedDict
from pathlib import Path

import pytest
import torch

from segdesk.core.errors import CheckpointError, StorageError, UnsafeFileError
from segdesk.engine.checkpoint import load_checkpoint, save_for_inference, sha256_of
from segdesk.engine.config.text import read_config
from segdesk.engine.strict_load import strict_torch_load

pytestmark = pytest.mark.engine


class Bomb:
    """Touches a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch '{self.path}'",)


class Getter:
    """Asks for a function of a module through `getattr`, as loss histories do."""

    def __reduce__(self):
        return getattr, (OrderedDict, "fromkeys")


def test_load_reads_all_that_mmengine_says_of_a_training(tiny):
    found = load_checkpoint(tiny.source().checkpoint)
    assert found.classes
    assert found.classes.names == ("ground", "disc", "ring")
    assert found.classes.palette == ("#102030", "#FF0000", "#00FF00")
    assert found.iteration == 400
    assert found.metrics == {"mIoU": 72.5}
    assert found.label_map == {3: 2}
    assert found.reduce_zero_label is False
    assert read_config(found.config_text) == tiny.config
    assert found.state_dict.keys() == tiny.content["state_dict"].keys()


def test_load_reads_the_keys_of_mmseg_0x(tiny):
    content = tiny.content
    text = content["meta"]["cfg"]
    content["meta"] = {"CLASSES": ["a", "b", "c"], "PALETTE": None, "config": text}
    found = load_checkpoint(tiny.write("old.pth", content))
    assert found.classes
    assert found.classes.names == ("a", "b", "c")
    assert found.config_text == text


def test_load_guesses_no_classes_when_the_file_names_none(tiny):
    content = tiny.content
    del content["meta"]["dataset_meta"]
    assert load_checkpoint(tiny.write("nameless.pth", content)).classes is None


def test_load_drops_the_prefix_of_a_data_parallel_training(tiny):
    weights = {f"module.{k}": v for k, v in tiny.content["state_dict"].items()}
    found = load_checkpoint(tiny.write("parallel.pth", OrderedDict(weights)))
    assert found.state_dict.keys() == tiny.content["state_dict"].keys()
    assert found.config_text == ""


def test_load_refuses_more_classes_than_a_label_map_holds(tiny):
    content = tiny.content
    content["meta"]["dataset_meta"] = {"classes": [f"c{i}" for i in range(300)]}
    with pytest.raises(CheckpointError, match="300 classes"):
        load_checkpoint(tiny.write("many.pth", content))


def _bomb(tiny, path, trap_file):
    path.write_bytes(pickle.dumps(Bomb(trap_file)))


def _bomb_in_checkpoint(tiny, path, trap_file):
    torch.save({**tiny.content, "extra": Bomb(trap_file)}, path)


def _bomb_in_old_format(tiny, path, trap_file):
    content = {**tiny.content, "extra": Bomb(trap_file)}
    torch.save(content, path, _use_new_zipfile_serialization=False)


def _getter(tiny, path, trap_file):
    torch.save({**tiny.content, "extra": Getter()}, path)


def _program(tiny, path, trap_file):
    torch.jit.script(torch.nn.Linear(2, 2)).save(str(path))


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning")
@pytest.mark.parametrize(
    ("make", "asked_for"),
    [
        (_bomb, "posix.system"),
        (_bomb_in_checkpoint, "posix.system"),
        (_bomb_in_old_format, "posix.system"),
        (_getter, "builtins.getattr"),
        (_program, "TorchScript"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_load_refuses_and_executes_nothing_when_a_file_would_run(
    make, asked_for, tiny, tmp_path, trap
):
    path = tmp_path / "evil.pth"
    make(tiny, path, tmp_path / "pwned")
    with pytest.raises(UnsafeFileError, match=r"evil\.pth was not opened") as refused:
        load_checkpoint(path)
    assert asked_for in refused.value.cause
    assert refused.value.hint
    assert not trap()


def test_mmengine_refuses_a_bomb_too_instead_of_loading_it_unsafely(
    tiny, tmp_path, trap
):
    from mmengine.runner import load_checkpoint as mmengine_load

    path = tmp_path / "evil.pth"
    _bomb_in_checkpoint(tiny, path, tmp_path / "pwned")
    with pytest.raises(UnsafeFileError):
        mmengine_load(torch.nn.Linear(1, 1), str(path))
    assert not trap()


def test_strict_load_gives_a_resumed_training_its_histories_and_no_text_to_execute(
    tiny,
):
    from mmengine.logging import HistoryBuffer

    content = tiny.content
    content["meta"]["config"] = "import os"
    found = strict_torch_load(tiny.write("resumed.pth", content))
    history = found["message_hub"]["log_scalars"]["train/loss"]
    assert isinstance(history, HistoryBuffer)
    assert history.current() == 0.5
    assert "config" not in found["meta"]
    assert found["optimizer"]["param_groups"]


def _cut(path, keep):
    path.write_bytes(path.read_bytes()[:keep])


def _truncated(tiny, path):
    torch.save(tiny.content, path)
    _cut(path, path.stat().st_size // 2)


def _truncated_old(tiny, path):
    torch.save(tiny.content, path, _use_new_zipfile_serialization=False)
    _cut(path, path.stat().st_size - 50)


def _png(tiny, path):
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))


def _safetensors(tiny, path):
    path.write_bytes(struct.pack("<Q", 2) + b"{}")


def _archive(tiny, path):
    import zipfile

    with zipfile.ZipFile(path, "w") as file:
        file.writestr("readme.txt", "hello")


@pytest.mark.parametrize(
    ("make", "cause"),
    [
        (_truncated, "cut off"),
        (_truncated_old, "cut off"),
        (lambda _, path: path.write_bytes(b""), "empty"),
        (_png, "a PNG image"),
        (lambda _, path: path.write_text("weights, honestly\n"), "a text file"),
        (_safetensors, "a safetensors file"),
        (_archive, "damaged or not a checkpoint"),
        (lambda _, path: path.write_bytes(b"\x80\x02\xff" * 9), "not a checkpoint"),
        (lambda _, path: torch.save([1, 2], path), "It holds a list"),
        (
            lambda _, path: torch.save({"epoch": 3, "model": {}}, path),
            "'epoch', 'model'",
        ),
        (
            lambda _, path: torch.save({"net.conv1.weight": torch.zeros(2)}, path),
            "weights of another program",
        ),
        (lambda _, path: path.mkdir(), "is a folder"),
        (lambda _, path: None, "There is no file"),
    ],
)
def test_load_says_what_a_file_is_when_it_is_no_checkpoint(make, cause, tiny, tmp_path):
    path = tmp_path / "model.pth"
    make(tiny, path)
    with pytest.raises(CheckpointError, match=r"model\.pth was not opened") as refused:
        load_checkpoint(path)
    assert cause in refused.value.cause
    assert refused.value.hint


@pytest.mark.real_data
def test_load_refuses_the_weights_of_other_programs(real_data):
    files = sorted(
        path
        for path in (real_data / "foreign_weights").iterdir()
        if path.suffix in {".pth", ".onnx"}
    )
    assert len(files) == 4
    for path in files:
        with pytest.raises((CheckpointError, UnsafeFileError)) as refused:
            load_checkpoint(path)
        assert refused.value.message == f"{path.name} was not opened."
        assert refused.value.cause
        assert refused.value.hint


class TestSaveForInference:
    """A small file that others can open."""

    def save(self, tiny, name: str, **options) -> Path:
        path = tiny.folder / name
        found = load_checkpoint(tiny.source().checkpoint)
        save_for_inference(
            path,
            state_dict=found.state_dict,
            config=tiny.config,
            classes=found.classes,
            iteration=400,
            **options,
        )
        return path

    def test_it_holds_weights_config_and_classes_only(self, tiny):
        path = self.save(tiny, "small.pth", half=True)
        content = torch.load(path, weights_only=True)
        assert content.keys() == {"meta", "state_dict"}
        assert not any(name.startswith("auxiliary") for name in content["state_dict"])
        assert b"somebody" not in path.read_bytes()
        found = load_checkpoint(path)
        assert found.classes == load_checkpoint(tiny.source().checkpoint).classes
        assert found.iteration == 400
        config = read_config(found.config_text)
        assert config["test_pipeline"] == tiny.config["test_pipeline"]
        assert "auxiliary_head" not in config["model"]
        assert "pretrained" not in config["model"]

    def test_mmseg_opens_it(self, tiny, tmp_path):
        from mmseg.apis import init_model

        path = self.save(tiny, "small.pth")
        config = tmp_path / "small.py"
        config.write_text(load_checkpoint(path).config_text)
        model = init_model(str(config), str(path), device="cpu")
        assert model.dataset_meta["classes"] == ["ground", "disc", "ring"]
        name = "decode_head.conv_seg.weight"
        assert torch.equal(
            model.state_dict()[name], tiny.content["state_dict"][name].cpu()
        )

    @pytest.mark.skipif(os.name != "posix", reason="needs a limit on file sizes")
    def test_nothing_is_left_when_the_disk_is_full(self, tiny):
        import resource
        import signal

        classes = load_checkpoint(tiny.source().checkpoint).classes
        weights = {"backbone.x": torch.zeros(99_999)}
        path = tiny.folder / "full.pth"
        before = set(tiny.folder.iterdir())
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limit[1]))
        try:
            with pytest.raises(StorageError, match=r"full\.pth was not written"):
                save_for_inference(
                    path, state_dict=weights, config=tiny.config, classes=classes
                )
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
            signal.signal(signal.SIGXFSZ, handler)
        assert set(tiny.folder.iterdir()) == before


def test_sha256_is_that_of_the_bytes(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert sha256_of(path).startswith("ba7816bf8f01cfea414140de5dae2223")

import hashlib
import os
import subprocess
import sys
from collections import Counter
from urllib.parse import urlsplit

import msgspec
import pytest

from segdesk.core.classes import ClassList
from segdesk.core.errors import DownloadError, InputError, ModelError
from segdesk.jobs.control import JobContext, StopFlag
from segdesk.jobs.events import ModelFacts, Progress
from segdesk.jobs.runner import InProcessRunner
from segdesk.library import zoo, zoo_package
from segdesk.library.download import Downloader, Limits
from segdesk.library.model_card import ModelState
from segdesk.library.model_library import ModelLibrary
from segdesk.library.zoo import (
    MIRRORS,
    fetch_into,
    filter_zoo,
    find_in_zoo,
    read_zoo,
    with_library,
    zoo_subtitle,
)
from segdesk.library.zoo_metafile import read_index
from segdesk.library.zoo_package import mim_folder

WEIGHTS = os.urandom(50_000)


@pytest.fixture(scope="module")
def entries(tmp_path_factory):
    return read_zoo(tmp_path_factory.mktemp("cache"))


def test_read_zoo_tells_every_model_of_the_installed_index(entries):
    assert len(entries) == 626
    assert len({entry.id for entry in entries}) == 626
    assert all(entry.dataset and not entry.dataset.startswith("#") for entry in entries)
    assert all((mim_folder() / entry.config).is_file() for entry in entries)
    assert len({entry.config for entry in entries}) == 626


def test_read_zoo_offers_known_servers_in_order_and_no_other(entries):
    for entry in entries:
        hosts = [f"https://{urlsplit(url).hostname}" for url in entry.weights]
        assert hosts in ([], list(MIRRORS))
    (stranger,) = [entry for entry in entries if not entry.weights]
    assert stranger.state is ModelState.BROKEN
    assert "unknown server" in stranger.why


def test_read_zoo_marks_what_will_not_run_here(entries, monkeypatch):
    states = {entry.id: entry.state for entry in entries}
    families = Counter(
        (entry.config.split("/")[1], entry.state)
        for entry in entries
        if entry.state is not ModelState.NOT_DOWNLOADED
    )

    assert families["psanet", ModelState.NEEDS_OPS] == 16
    assert families["vpd", ModelState.BROKEN] == 2
    assert states["ccnet_r50-d8_4xb2-40k_cityscapes-512x1024"] == "not_downloaded"
    assert states["pointrend_r50_4xb2-80k_cityscapes-512x1024"] == "not_downloaded"
    monkeypatch.setattr(zoo_package, "_is_installed", lambda _: False)
    need = zoo_package.need_of("mask2former")
    assert need.state is ModelState.NEEDS_EXTRA
    assert "the extra mask2former" in need.why
    assert "pip install 'segdesk[mask2former]'" in need.hint
    assert zoo_package.need_of_architecture("unet-small") is None
    for name in ("mask2former-r18", "zoo:maskformer_r50-d32_8xb2-160k_ade20k-512x512"):
        assert zoo_package.need_of_architecture(name) == need
    assert "onedl-mmpretrain" in zoo_package.need_of("convnext").hint


@pytest.mark.parametrize(
    ("hash_prefix", "config"),
    [
        ("c6b32c3b", "bisenetv1_r101-d32_4xb4-160k_coco-stuff164k-512x512"),
        ("d3c8a29e", "deeplabv3plus_r101-d8_4xb4-40k_pascal-context-480x480"),
        ("c43fcef1", "emanet_r50-d8_4xb2-80k_cityscapes-512x1024"),
        ("3e2cae61", "twins_svt-l_uperhead_8xb2-160k_ade20k-512x512"),
    ],
)
def test_read_zoo_pairs_weights_with_the_config_they_were_trained_by(
    entries, hash_prefix, config
):
    (entry,) = [entry for entry in entries if entry.hash_prefix == hash_prefix]

    assert entry.id == config


def test_read_zoo_reckons_the_size_of_a_download(entries):
    pspnet = find_in_zoo(entries, "pspnet_r50-d8_4xb2-40k_cityscapes-512x1024")

    assert pspnet.parameters == 48_975_494
    assert zoo_subtitle(pspnet) == "Not downloaded · 196 MB · mIoU 77.8"
    usable = [e for e in entries if e.state is ModelState.NOT_DOWNLOADED]
    assert all(entry.size_bytes for entry in usable)


def test_read_zoo_takes_the_kept_index_until_the_package_changes(tmp_path, monkeypatch):
    first = read_zoo(tmp_path)
    (kept,) = tmp_path.glob("zoo-*.json")
    monkeypatch.setattr(zoo, "_read_anew", lambda _: ())
    assert read_zoo(tmp_path) == first

    kept.write_bytes(b"damaged")
    assert read_zoo(tmp_path) == ()

    monkeypatch.setattr(zoo, "_CACHE_LAYOUT", 99)
    read_zoo(tmp_path)
    assert kept not in tmp_path.glob("zoo-*.json")


def test_read_zoo_imports_neither_mmseg_nor_yaml_when_the_index_is_kept(segdesk_home):
    read_zoo()
    code = (
        "import sys; from segdesk.library.zoo import read_zoo; assert len(read_zoo());"
        "print([m for m in ('mmseg', 'torch', 'yaml', 'ssl') if m in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-P", "-c", code], check=True, capture_output=True, text=True
    )

    assert done.stdout.strip() == "[]"


def test_read_index_survives_damaged_files_and_entries(tmp_path, caplog):
    (tmp_path / "model-index.yml").write_text(
        "Import:\n- gone.yaml\n- broken.yaml\n- list.yaml\n- a/metafile.yaml\n"
    )
    (tmp_path / "broken.yaml").write_text("a: [")
    (tmp_path / "list.yaml").write_text("- 1")
    (tmp_path / "a").mkdir()
    (tmp_path / "a/metafile.yaml").write_text(
        "Models:\n- 3\n- Name: nothing\n"
        "- Name: x\n  Config: configs/a/x.py\n  Weights: https://h/x-00000001.pth\n"
        "  Metadata: oops\n  Results: {Metrics: {mIoU: many, aAcc: 9}}\n"
        "- Name: x\n  Config: configs/a/x.py\n  Weights: https://h/x-00000002.pth\n"
    )

    with caplog.at_level("ERROR"):
        models = read_index(tmp_path)

    assert [model.id for model in models] == ["x", "x-00000002"]
    assert models[0].metrics == {"aAcc": 9.0}


def test_mim_folder_says_what_to_install_when_there_is_no_mmseg(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(ModelError, match="onedl-mmsegmentation"):
        mim_folder()


def test_filter_zoo_meets_all_that_is_asked(entries):
    found = filter_zoo(
        entries,
        "segformer b0",
        architecture="segformer",
        dataset="ade20k",
        min_miou=30,
        max_bytes=20_000_000,
    )

    assert [entry.id for entry in found] == [
        "segformer_mit-b0_8xb2-160k_ade20k-512x512"
    ]
    assert len(filter_zoo(entries)) == 626
    assert all(entry.miou >= 85 for entry in filter_zoo(entries, min_miou=85))
    assert filter_zoo(entries, "no such thing") == ()


def test_find_in_zoo_names_what_is_close(entries):
    with pytest.raises(InputError, match="pspnet_r50-d8_4xb2-40k_cityscapes-512x1024"):
        find_in_zoo(entries, "pspnet_r50-d8_4xb2_40k_cityscapes-512x1024")


def inspect(spec, _):
    data = spec.model.checkpoint.read_bytes()
    assert spec.model.config.is_file()
    return ModelFacts(
        architecture="PSPNet",
        classes=ClassList.from_names(("road", "sky")),
        num_classes=2,
        config_text="model = dict()\n",
        sha256=hashlib.sha256(data).hexdigest(),
        checkpoint_bytes=len(data),
    )


@pytest.fixture
def served(entries, file_server, monkeypatch):
    """A zoo of one model whose weights lie on this machine."""
    file_server.put("/pspnet-1.pth", WEIGHTS, drops=[20_000])
    entry = msgspec.structs.replace(
        find_in_zoo(entries, "pspnet_r50-d8_4xb2-40k_cityscapes-512x1024"),
        weights=(file_server.url("/gone.pth"), file_server.url("/pspnet-1.pth")),
        hash_prefix=hashlib.sha256(WEIGHTS).hexdigest()[:8],
    )
    monkeypatch.setattr(zoo, "read_zoo", lambda: (entry,))
    return entry


def get(library, zoo_id, folder, report=lambda _: None):
    downloader = Downloader(folder, Limits(backoff_s=0, tries=2), loopback_http=True)
    context = JobContext(report, StopFlag())
    return fetch_into(library, zoo_id, InProcessRunner(inspect), context, downloader)


def test_fetch_into_makes_a_model_of_the_library(served, tmp_path):
    library = ModelLibrary(tmp_path / "models", tmp_path / "none")
    said = []

    added = get(library, served.id, tmp_path / "downloads", said.append)

    card = added.entry.card
    assert added.entry.id == served.id
    assert library.get(served.id).checkpoint.read_bytes() == WEIGHTS
    assert (card.origin, card.dataset) == (served.weights[1], "Cityscapes")
    assert card.licence.startswith("Apache-2.0")
    assert card.metrics == served.metrics
    assert any(isinstance(event, Progress) for event in said)
    assert list((tmp_path / "downloads").iterdir()) == []
    (marked,) = with_library((served,), library.list())
    assert zoo_subtitle(marked) == "Downloaded · mIoU 77.8"
    assert get(library, served.id, tmp_path / "downloads").existed


def test_fetch_into_refuses_before_it_downloads(served, tmp_path, monkeypatch):
    library = ModelLibrary(tmp_path / "models", tmp_path / "none")
    barred = msgspec.structs.replace(
        served, state=ModelState.NEEDS_OPS, why="It needs PSAMask.", hint="Install it."
    )
    monkeypatch.setattr(zoo, "read_zoo", lambda: (barred,))

    with pytest.raises(ModelError, match="PSAMask"):
        get(library, served.id, tmp_path / "downloads")
    with pytest.raises(InputError, match="no published model"):
        get(library, "nothing", tmp_path / "downloads")
    assert not (tmp_path / "downloads").exists()


def test_fetch_into_adds_nothing_when_the_download_fails(served, file_server, tmp_path):
    library = ModelLibrary(tmp_path / "models", tmp_path / "none")
    file_server.put("/pspnet-1.pth", WEIGHTS, drops=[20_000, 0, 0])

    with pytest.raises(DownloadError, match="20 kB came and stay"):
        get(library, served.id, tmp_path / "downloads")

    assert library.list() == ()
    assert not get(library, served.id, tmp_path / "downloads").existed

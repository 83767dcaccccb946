from pathlib import Path

import numpy as np

from segdesk.app.proposals.kept_proposals import KeptProposals
from segdesk.app.proposals.proposals import pack, unpack
from segdesk.app.session import ProposalView
from segdesk.core.classes import ClassList
from segdesk.core.label_map import class_stats
from segdesk.core.paths import user_cache_dir
from segdesk.core.prediction import Prediction
from segdesk.core.scores import ScoreMap, Taps

CLASSES = ClassList.from_names(("a", "b"))
PATHS = tuple(Path(f"/{number}.png") for number in range(4))


def scores(seed: int) -> ScoreMap:
    values = np.random.default_rng(seed).normal(size=(2, 1, 1)).astype(np.float16)
    rows, columns = (
        Taps(np.zeros(size, np.int32), np.ones((size, 1), np.float32))
        for size in (40, 60)
    )
    return ScoreMap(values, rows, columns, "softmax")


def proposal(seed: int) -> ProposalView:
    labels = np.random.default_rng(seed).integers(0, 2, (40, 60), np.uint8)
    prediction = Prediction(labels, labels * 9, CLASSES, "m", "cpu", {}, scores(seed))
    return ProposalView(prediction, class_stats(labels, 2, None))


def files() -> list[Path]:
    return list((user_cache_dir() / "proposals").rglob("*.proposal"))


def test_kept_goes_to_the_disk_when_memory_has_no_room(executor):
    views = [proposal(seed) for seed in range(4)]
    packed = [pack(view) for view in views]
    kept = KeptProposals(executor, budget_bytes=2 * packed[0].size + 100)
    for path, one in zip(PATHS, packed, strict=True):
        kept.put(path, one)
    executor.run_all()
    assert len(files()) == 2
    for path, view in zip(PATHS, views, strict=True):
        found = unpack(kept.get(path, "m")).prediction
        np.testing.assert_array_equal(found.labels, view.prediction.labels)
        np.testing.assert_array_equal(found.confidence, view.prediction.confidence)
        there = view.prediction.scores.at(3, 4)
        np.testing.assert_array_equal(found.scores.at(3, 4), there)
    kept.drop(PATHS[0], "m")
    assert not kept.has(PATHS[0])
    assert len(files()) == 1
    kept.close()
    assert not files()


def test_kept_forgets_the_oldest_when_the_disk_has_no_room(executor):
    packed = [pack(proposal(seed)) for seed in range(4)]
    kept = KeptProposals(executor, 0, disk_budget_bytes=packed[0].size + 100)
    for path, one in zip(PATHS, packed, strict=True):
        kept.put(path, one)
        executor.run_all()
    assert [kept.has(path) for path in PATHS] == [False, False, True, True]
    assert len(files()) == 1
    kept.close()


def test_kept_leaves_no_file_when_it_is_dropped_while_it_is_written(executor):
    kept = KeptProposals(executor, 0)
    for path in PATHS[:2]:
        kept.put(path, pack(proposal(1)))
    kept.drop_model("m")
    executor.run_all()
    assert not files()
    assert not kept.has(PATHS[0])
    kept.close()

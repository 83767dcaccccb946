"""A ledger loses what nobody names any more, and nothing else."""

import pytest

from segdesk.formats import ledger_compaction
from segdesk.formats.outputs import LEDGER_FOLDER
from segdesk.formats.prediction_ledger import Entry, Ledger

NAMES = ("a", "b", "c")


def entry(name: str) -> Entry:
    return Entry(
        name=name,
        source=f"/images/{name}.jpg",
        digest="0" * 64,
        made_by="model",
        size=(4, 3),
        counts=(12,),
    )


def content(name: str, number: int) -> bytes:
    return f"{name}{number}".encode() * 200_000


def predicted(out_dir, rounds: int, *, settled: bool) -> int:
    """Write some images' pieces several times; returns the bytes that are kept."""
    with Ledger(out_dir) as ledger:
        for number in range(rounds):
            for name in NAMES:
                ledger.add(entry(name), {"coco": content(name, number)})
        if settled:
            ledger.settle()
    files = (out_dir / LEDGER_FOLDER).glob("*.*")
    return sum(path.stat().st_size for path in files)


def assert_last(out_dir, rounds: int) -> None:
    with Ledger(out_dir) as ledger:
        assert len(ledger) == len(NAMES)
        for name in NAMES:
            piece = ledger.piece(ledger.get(name), "coco")
            assert piece == content(name, rounds - 1)


def test_ledger_drops_what_was_made_again_when_a_batch_ends_well(tmp_path):
    once = predicted(tmp_path / "once", 1, settled=True)
    assert predicted(tmp_path / "kept", 3, settled=False) >= 3 * once
    assert predicted(tmp_path / "less", 3, settled=True) == once
    for folder in ("kept", "less"):
        assert_last(tmp_path / folder, 3)


@pytest.mark.parametrize("is_whole", [False, True])
def test_ledger_is_right_when_a_kill_comes_between(tmp_path, monkeypatch, is_whole):
    def kill(_folder: object) -> None:
        raise KeyboardInterrupt

    place = "finish" if is_whole else "_copy"
    with monkeypatch.context() as patch:
        # The ledger finishes at its opening too: only the one at the end is cut off.
        real = getattr(ledger_compaction, place)
        calls: list[int] = []

        def cut(*given: object) -> None:
            calls.append(1)
            if len(calls) < (2 if is_whole else 1):
                real(*given)
            else:
                kill(given)

        patch.setattr(ledger_compaction, place, cut)
        with pytest.raises(KeyboardInterrupt):
            predicted(tmp_path, 3, settled=True)
    (tmp_path / LEDGER_FOLDER / "lock").unlink(missing_ok=True)
    assert_last(tmp_path, 3)
    assert not (tmp_path / LEDGER_FOLDER / "compacting").exists()
    assert not (tmp_path / LEDGER_FOLDER / "compacted").exists()

"""What is known of the images of a batch, asked as the page asks it."""

from pathlib import Path

import pytest
from fake_batches import done, failed

from segdesk.app.batch.pace import Pace
from segdesk.app.batch.rows import BatchRows, RowFilter, RowOrder, RowState
from segdesk.jobs.events import ItemStarted
from segdesk.jobs.specs import BatchItem


@pytest.fixture
def rows() -> BatchRows:
    names = ("Tile 1/a", "Tile 1/b", "Tile 2/a", "Tile 2/c", "d")
    return BatchRows([BatchItem(Path(f"/s/{name}.jpg"), name) for name in names])


def test_rows_tell_what_became_of_each_image_when_the_engine_says_it(rows):
    rows.take(ItemStarted(0), ItemStarted(1))
    rows.take(done(0, 0.5, confidences=(0.9, None, 0.4)), failed(1))
    first, second, third = (rows.row(index) for index in range(3))
    assert (first.state, first.width, first.is_low) == (RowState.DONE, 80, True)
    assert first.title == "Tile 1 / a.jpg"
    assert first.shares == pytest.approx((0.5, 0.3, 0.2), abs=1e-3)
    assert first.confidences[1] is None
    assert second.error == "The file ends early. Copy it again."
    assert (third.state, third.shares) == (RowState.WAITING, ())
    counts = rows.counts()
    assert [counts[one] for one in RowFilter] == [5, 1, 1, 1, 3]


def test_rows_keep_what_was_done_when_a_batch_goes_on(rows):
    rows.take(done(0, 0.9), failed(1), ItemStarted(2))
    rows.retry()
    assert rows.counts()[RowFilter.WAITING] == 4
    rows.take(ItemStarted(0), done(0, None, skipped=True, seconds=0.0))
    rows.take(done(1, skipped=True))
    kept, earlier = rows.row(0), rows.row(1)
    assert (kept.state, kept.seconds, kept.confidence) == (
        RowState.DONE,
        0.5,
        pytest.approx(0.9),
    )
    assert earlier.state is RowState.SKIPPED
    assert rows.worked == 1
    assert rows.pixels == 80 * 60


@pytest.mark.parametrize(
    ("wanted", "text", "order", "found"),
    [
        (RowFilter.ALL, "", RowOrder.PLACE, [0, 1, 2, 3, 4]),
        (RowFilter.DONE, "", RowOrder.PLACE, [0, 2, 3]),
        (RowFilter.ALL, "TILE a", RowOrder.PLACE, [0, 2]),
        (RowFilter.ALL, "tile 2", RowOrder.PLACE, [2, 3]),
        (RowFilter.ALL, "x", RowOrder.PLACE, []),
        (RowFilter.WAITING, "jpg", RowOrder.PLACE, [4]),
        (RowFilter.LOW, "", RowOrder.PLACE, [2]),
        (RowFilter.ALL, "", RowOrder.CONFIDENCE, [2, 3, 0, 1, 4]),
        (RowFilter.ALL, "", RowOrder.SIZE, [3, 0, 2, 1, 4]),
    ],
)
def test_rows_are_filtered_and_sorted_when_asked(rows, wanted, text, order, found):
    rows.take(done(0, 0.9), failed(1), done(2, 0.3), done(3, 0.7, size=(10, 10)))
    assert rows.matching(wanted, text, order).tolist() == found


def test_rows_come_in_the_other_order_when_sorted_down(rows):
    rows.take(done(0, 0.9), done(2, 0.3))
    found = rows.matching(order=RowOrder.CONFIDENCE, descending=True).tolist()
    assert found == [0, 2, 1, 3, 4]  # what is not known stays last


def test_pace_leaves_out_the_time_in_which_a_batch_waited():
    pace = Pace()
    pace.note(0.0, 0)
    pace.note(10.0, 20)
    assert pace.seconds_left(40) == pytest.approx(20.0)
    pace.note(500.0, 20, waits=True)
    pace.note(505.0, 30)
    assert pace.rate == pytest.approx(2.0)
    assert pace.worked_s == pytest.approx(15.0)


def test_search_goes_in_steps_and_takes_what_comes_later():
    names = [f"Tile {at % 3}/{at}.jpg" for at in range(50_000)]
    rows = BatchRows([BatchItem(Path(name), name.partition(".")[0]) for name in names])
    search = rows.search("tile 1")
    assert sum(1 for _ in search.steps()) == 3
    assert rows.matching(text=search).tolist() == list(range(1, 50_000, 3))
    arrived = Path("Tile 1/late.jpg")
    rows.name_of = lambda _source, _outputs: "Tile 1/late"
    rows.take(ItemStarted(50_000, arrived))
    assert rows.matching(text=search)[-1] == 50_000
    apart = rows.search("1 tile late")
    assert rows.matching(text=apart).tolist() == [50_000]

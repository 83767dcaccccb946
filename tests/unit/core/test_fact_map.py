"""The facts on items: as a plain dict, but never changed and cheap to add to."""

from hypothesis import given
from hypothesis import strategies as st

from segdesk.core.fact_map import FactMap
from segdesk.core.item_status import ItemFacts, ItemStatus

ITEMS = st.sampled_from([f"{number}.png" for number in range(30)])
FACTS = st.sampled_from([ItemFacts(status) for status in ItemStatus])


@given(st.dictionaries(ITEMS, FACTS), st.lists(st.tuples(ITEMS, FACTS), max_size=40))
def test_fact_map_is_a_dict_at_every_moment_when_items_are_put(first, puts):
    plain, facts = dict(first), FactMap.of(first)
    moments = []
    for item, known in puts:
        moments.append((dict(plain), facts))
        plain[item] = known
        facts = facts.put(item, known)
    for was, then in [*moments, (plain, facts)]:
        assert dict(then) == was
        assert len(then) == len(was)
        assert sorted(then) == sorted(was)
        assert (then == facts) is (was == plain)


def test_put_copies_little_when_there_are_many_items():
    facts = FactMap({str(number): ItemFacts() for number in range(100_000)})
    for number in range(100):
        before, facts = facts, facts.put(str(number), ItemFacts(ItemStatus.DONE))
        shared = sum(
            part is kept for part, kept in zip(before._parts, facts._parts, strict=True)
        )
        assert shared == len(before._parts) - 1
    assert max(map(len, facts._parts)) < 1000

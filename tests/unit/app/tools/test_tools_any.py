"""Whatever is done with whichever tool: locks hold, and undo leads back."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segdesk.app.tools.box import ToolBox
from segdesk.app.tools.catalog import INFO, TOOL_IDS, TOOLS
from segdesk.app.tools.options import Combine, FillMode, ToolOptions
from segdesk.app.tools.pointer import Button, Key, Mod
from segdesk.core.rules import NOT_LOCKED, ONLY_UNLABELLED, replacing_only

SIZE = (90, 120)
LOCKED = frozenset({3})
places = st.tuples(st.integers(-9, 130), st.integers(-9, 100))
buttons = st.sampled_from([Button.LEFT, Button.LEFT, Button.LEFT, Button.RIGHT])
mods = st.sampled_from(
    [Mod.NONE, Mod.NONE, Mod.NONE, Mod.SHIFT, Mod.CTRL, Mod.ALT, Mod.SHIFT | Mod.ALT]
)
deeds = st.one_of(
    st.tuples(st.just("drag"), st.lists(places, min_size=1, max_size=4), buttons, mods),
    st.tuples(st.just("click"), places, buttons, mods),
    st.tuples(st.just("click"), places, buttons, mods),
    st.tuples(st.just("hover"), places, mods),
    st.tuples(st.just("key"), st.sampled_from(Key), mods),
    st.tuples(st.just("class"), st.sampled_from([0, 1, 2, 255])),
    st.tuples(
        st.just("rule"),
        st.sampled_from([NOT_LOCKED, ONLY_UNLABELLED, replacing_only(2)]),
    ),
    st.tuples(st.just("combine"), st.sampled_from(Combine)),
)


def do(it, deed):
    what, *more = deed
    if what == "class":
        it.use(selected_class=more[0])
    elif what == "rule":
        it.use(rule=more[0])
    elif what == "combine":
        it.use(combine=more[0])
    else:
        it.mods = more[-1]
        if what == "drag":
            it.drag(*more[0], button=more[1])
        elif what == "click":
            it.click(*more[0], more[1])
        elif what == "hover":
            it.hover(*more[0])
        else:
            it.key(more[0], more[1])


def draw_shapes(it):
    it.tool = it.box["polygon"]
    for place in ((10, 10), (60, 15), (40, 70)):
        it.click(*place)
    it.key("Enter")
    it.tool = it.box["ellipse"]
    it.drag((30, 30), (100, 80))
    it.tool = it.box["edit"]
    assert len(it.shapes) == 2


@pytest.mark.parametrize("tool", TOOL_IDS)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(deeds, max_size=10), st.integers(0, 99))
def test_locks_hold_and_undo_leads_back_when_anything_is_done(hand, tool, some, seed):
    rng = np.random.default_rng(seed)
    image = np.kron(rng.integers(0, 256, (9, 12, 3)), np.ones((10, 10, 1), int)).astype(
        np.uint8
    )
    it = hand(tool, size=SIZE, image=image)
    it.labels[...] = np.kron(rng.integers(0, 4, (9, 12)), np.ones((10, 10), int))
    it.shown[...] = it.labels
    first = it.labels.copy()
    it.use(
        locked=LOCKED,
        brush_size=float(rng.integers(1, 40)),
        fill_closed=bool(seed % 2),
        fill_mode=list(FillMode)[seed % 2],
        superpixel_size=12,
    )
    if tool == "edit":
        draw_shapes(it)
    for deed in some:
        do(it, deed)
        assert np.array_equal(it.labels == 3, first == 3)
    it.leave()
    count = it.document.history.position
    assert len(it.steps) == count
    last, shapes = it.labels.copy(), it.shapes
    for _ in range(count):
        it.undo()
    assert it.shapes == ()
    assert np.array_equal(it.labels, first)
    for _ in range(count):
        it.document.redo()
    assert np.array_equal(it.labels, last)
    assert it.shapes == shapes


def test_catalog_lists_the_box_when_the_strip_is_built():
    box = ToolBox()
    assert tuple(box) == TOOL_IDS
    assert len(box) == len(TOOLS) == 16
    assert all(box[tool].id == tool for tool in TOOL_IDS)
    fields = set(ToolOptions.__dataclass_fields__)
    assert {name for tool in TOOLS for name in tool.options} == fields
    assert len({tool.key for tool in TOOLS}) == len({tool.icon for tool in TOOLS}) == 16
    for info in INFO.values():
        assert len(info.tip) <= 90
        assert info.tip.endswith(".")

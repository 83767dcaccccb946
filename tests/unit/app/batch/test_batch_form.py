"""The form of a batch: what it finds, what stops it, what it starts."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from segdesk.app.batch.choice import BatchChoice, BatchMemory
from segdesk.app.batch.doors import BatchDoors
from segdesk.app.batch.finding import BatchSource, SourceKind
from segdesk.app.batch.form import BatchForm
from segdesk.app.batch.plan import BatchModel
from segdesk.core.classes import ClassList
from segdesk.core.errors import InputError
from segdesk.core.image_view import AS_STORED
from segdesk.formats.classes_file import ModelMark, write_classes
from segdesk.formats.prediction_ledger import Entry, Ledger, Made
from segdesk.jobs.batch_record import write_record
from segdesk.jobs.model_source import LARGE_IN_WINDOWS
from segdesk.jobs.specs import BatchSpec, ModelSource, Windows

CLASSES = ClassList.from_names(("background", "road"))


@pytest.fixture
def flight(tmp_path) -> Path:
    for name in ("a.jpg", "Tile 1/b.jpg", "Tile 2/b.jpg"):
        path = tmp_path / "flight" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (100, 50), "grey").save(path)
    (tmp_path / "model.pth").write_bytes(b"weights")
    return tmp_path / "flight"


@pytest.fixture
def doors(executor, tmp_path):
    started, told = [], []
    made = BatchDoors(
        executor=executor,
        memory=BatchMemory(tmp_path / "batch.json"),
        source_of=lambda name: ModelSource(id=name, checkpoint=tmp_path / "model.pth"),
        models=lambda: (BatchModel("steady", "Steady", CLASSES, is_loaded=True),),
        sources=lambda: (),
        device=lambda: ("auto", "fp32", "cpu"),
        view=lambda _: AS_STORED,
        drafts_folder=tmp_path / "drafts",
        why_busy=lambda: "",
        start=started.append,
        told=told.append,
    )
    return made, started


def opened(doors, source, executor) -> BatchForm:
    form = BatchForm(doors[0], source)
    form.open()
    executor.run_all()
    return form


def test_form_finds_measures_and_proposes_a_folder_beside(doors, flight, executor):
    form = opened(doors, BatchSource(SourceKind.FOLDER, flight), executor)
    assert [item.name for item in form.found.items] == ["a", "Tile 1/b", "Tile 2/b"]
    assert (form.measured.pixels, form.measured.least) == (15_000, 5_000)
    assert form.into == flight.parent / "flight_out"
    assert form.blocker == ""
    form.set(recursive=False)
    executor.run_all()
    assert form.found.count == 1


def test_form_starts_what_was_chosen_and_remembers_it(doors, flight, executor):
    form = opened(doors, BatchSource(SourceKind.FOLDER, flight), executor)
    form.set(windows_px=1024, augments=True, polygons="coco", legend=True)
    form.set_card("polygons", is_on=True)
    form.set_card("mask", is_on=False)
    form.start()
    executor.run_all()
    (plan,) = doors[1]
    assert plan.spec.save == ("overlay", "coco")
    assert plan.spec.windows == Windows(size=1024)
    assert plan.spec.tta.flip
    assert plan.spec.legend
    assert plan.spec.measure_confidence
    assert (plan.name, plan.model_name) == ("flight", "Steady")
    again = BatchMemory(doors[0].memory._kept.path)
    assert again.choice == form.choice
    assert again.sources == (flight,)


def test_form_tells_what_a_list_names_and_what_is_missing_in_it(
    doors, flight, executor
):
    listed = flight / "list.txt"
    listed.write_text("a.jpg\n\nTile 1/b.jpg\ngone.jpg\n", encoding="utf-8")
    form = opened(doors, BatchSource(SourceKind.LIST, listed), executor)
    assert [item.name for item in form.found.items] == ["a", "Tile 1/b", "gone"]
    assert form.measured.looked_at == 2


@pytest.mark.parametrize(
    ("cards", "words"),
    [((), "Choose what is written"), (("drafts",), "Drafts need an open project")],
)
def test_form_says_what_stops_it(doors, flight, executor, cards, words):
    form = opened(doors, BatchSource(SourceKind.FOLDER, flight), executor)
    form.set(cards=cards)
    assert form.blocker == words
    with pytest.raises(InputError, match="was not started"):
        form.start()


def test_form_says_that_a_folder_holds_no_image(doors, tmp_path, executor, flight):
    (tmp_path / "empty").mkdir()
    form = opened(doors, BatchSource(SourceKind.FOLDER, tmp_path / "empty"), executor)
    assert form.problem("source").level == "bad"
    assert form.blocker


def test_form_takes_an_empty_folder_when_it_watches_it(doors, tmp_path, executor):
    (tmp_path / "in").mkdir()
    (tmp_path / "model.pth").write_bytes(b"weights")
    form = opened(doors, BatchSource(SourceKind.FOLDER, tmp_path / "in"), executor)
    form.set(watches=True)
    executor.run_all()
    assert form.blocker == ""
    form.start()
    executor.run_all()
    (plan,) = doors[1]
    assert plan.spec.watch == (tmp_path / "in",)
    assert not BatchForm(doors[0], None).choice.watches  # asked anew each time


def test_form_says_that_a_folder_is_taken_by_another_model(
    doors, flight, executor, tmp_path
):
    out = tmp_path / "out"
    out.mkdir()
    write_classes(out / "classes.json", CLASSES, ModelMark("other", 1, 1))
    form = opened(doors, BatchSource(SourceKind.FOLDER, flight), executor)
    form.set_into(out)
    executor.run_all()
    assert form.blocker == "The folder holds results of other"
    form.set_overwrite(True)
    assert form.blocker == ""
    form.set_into(flight / "a.jpg" / "below")
    executor.run_all()
    assert form.problem("into").words == "a.jpg is a file"


def test_form_makes_drafts_of_the_project_without_files(doors, flight, executor):
    files = tuple(sorted(flight.rglob("*.jpg")))
    source = BatchSource(SourceKind.PROJECT, flight, files, "The project: flight")
    made = replace(doors[0], sources=lambda: (source,))
    form = opened((made, doors[1]), None, executor)
    form.set(cards=("drafts",))
    assert form.estimate.size_bytes == 0
    form.start()
    executor.run_all()
    (plan,) = doors[1]
    assert plan.name == "flight"
    assert plan.makes_drafts
    assert not plan.keeps_files
    assert plan.spec.save == ("mask",)
    assert plan.spec.out_dir.parent == doors[0].drafts_folder


def test_form_reckons_time_and_room_once_the_model_has_run(doors, flight, executor):
    form = opened(doors, BatchSource(SourceKind.FOLDER, flight), executor)
    assert form.estimate.seconds is None
    doors[0].memory.keep_cost("cpu", "steady", 2.0)
    assert form.estimate.seconds == pytest.approx(0.03)
    plain = form.estimate.seconds
    form.set(augments=True)
    assert form.estimate.seconds > 4 * plain


def results_in(folder, flight, names, model) -> None:
    """What an earlier batch leaves in its folder, but for the files."""
    write_classes(folder / "classes.json", CLASSES, ModelMark.of("steady", model))
    spec = BatchSpec(
        model=ModelSource(id="steady", checkpoint=model),
        items=(),
        out_dir=folder,
        windows=LARGE_IN_WINDOWS,
        precision="fp32",
        legend=True,
    )
    write_record(spec, "its way")
    with Ledger(folder) as ledger:
        for name in names:
            entry = Entry(
                name=name,
                source=str(flight / f"{name}.jpg"),
                digest="",
                made_by="its way",
                size=(100, 50),
                counts=(5000, 0),
                files={kind: Made("", 1) for kind in ("mask", "overlay")},
            )
            ledger.add(entry, {})


def test_form_reckons_with_what_is_done_already(doors, flight, executor):
    out = flight.parent / "flight_out"
    results_in(out, flight, ["a", "Tile 1/b"], flight.parent / "model.pth")
    doors[0].memory.keep_cost("cpu", "steady", 2.0)
    form = opened(doors, BatchSource(SourceKind.FOLDER, flight), executor)
    assert form.into == out
    assert form.choice.legend  # as the pictures that are there
    assert form.estimate.done == 2
    assert form.estimate.seconds == pytest.approx(0.01)
    form.set_card("side", is_on=True)
    assert form.estimate.done == 0
    form.set_card("side", is_on=False)
    form.set(augments=True)
    executor.run_all()
    assert form.estimate.done == 0
    form.set(augments=False)
    executor.run_all()
    assert form.estimate.done == 2
    form.set_overwrite(True)
    assert form.estimate.done == 0
    form.set_overwrite(False)
    form.set_into(flight.parent / "elsewhere")
    executor.run_all()
    assert form.estimate.done == 0


def test_form_takes_the_model_of_the_last_batch_when_none_is_loaded(
    doors, flight, executor
):
    made, _ = doors
    models = (BatchModel("abacus", "Abacus"), BatchModel("steady", "Steady"))
    made = replace(made, models=lambda: models)
    form = opened((made,), BatchSource(SourceKind.FOLDER, flight), executor)
    assert form.model_id == "abacus"
    form.set_model("steady")
    executor.run_all()
    form.start()
    executor.run_all()
    made = replace(made, memory=BatchMemory(made.memory._kept.path))
    assert BatchForm(made, None).model_id == "steady"


def test_form_warns_when_results_go_among_the_images(doors, flight, executor):
    form = opened(doors, BatchSource(SourceKind.FOLDER, flight), executor)
    form.set_into(flight)
    executor.run_all()
    assert form.problem("into").words == "Results go among the images"
    assert form.blocker == ""


def test_choice_writes_geotiff_beside_masks_when_it_is_wanted():
    choice = BatchChoice(cards=("mask", "overlay"), geotiff=True)
    assert choice.save == ("mask", "geotiff", "overlay")
    assert BatchChoice(cards=("overlay",), geotiff=True).save == ("overlay",)

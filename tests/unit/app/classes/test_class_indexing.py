import numpy as np
from PIL import Image

from segdesk.app.classes.indexing import ClassIndexing
from segdesk.app.project.shelf import ProjectShelf
from segdesk.core.item_status import ItemFilter
from segdesk.core.project import PROJECT_FILE

SIZE = (12, 9)


def test_classes_of_a_data_set_used_in_place_are_found_when_it_is_opened(
    tmp_path, desk, executor, engine
):
    for number in range(3):
        image = tmp_path / "img_dir" / "train" / f"{number}.jpg"
        mask = tmp_path / "ann_dir" / "train" / f"{number}.png"
        image.parent.mkdir(parents=True, exist_ok=True)
        mask.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", SIZE).save(image)
        labels = np.full(SIZE[::-1], number, np.uint8)
        labels[0] = 255
        Image.fromarray(labels).save(mask)
    (tmp_path / "ann_dir" / "train" / "0.png").write_bytes(b"")
    shelf = ProjectShelf(executor, desk.notices)
    indexing = ClassIndexing(desk, engine, shelf)

    shelf.open(tmp_path)
    executor.run_all()
    assert len(indexing.missing()) == 3
    engine.run_work()  # finds out which
    engine.run_work()

    assert shelf.matching(ItemFilter(class_index=2)) == [2]
    assert shelf.facts("img_dir/train/1.jpg").classes == (1,)
    assert shelf.facts("img_dir/train/1.jpg").size == SIZE
    assert indexing.missing() == ("img_dir/train/0.jpg",)
    assert not (tmp_path / PROJECT_FILE).exists()
    shelf.close()

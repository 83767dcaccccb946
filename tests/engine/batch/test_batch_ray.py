"""A batch on Ray: what is asked of its API, and what becomes of its answers."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch
from batch_desk import Desk, Threshold

from segdesk.core.errors import JobCancelledError, ModelError
from segdesk.engine import predictor
from segdesk.engine.batch import watch as batch_watch
from segdesk.jobs.events import ItemDone, ItemFailed

pytestmark = pytest.mark.engine


class RayError(Exception):
    """What Ray raises when an actor and those after it died."""


class FakeRay(ModuleType):
    """As much of Ray as a batch uses, in this process.

    Parameters
    ----------
    resources
        Of the cluster.
    kills
        Names of images of which every worker dies.
    """

    exceptions = SimpleNamespace(RayError=RayError)

    def __init__(self, resources, kills=()):
        super().__init__("ray")
        self.resources, self.kills = resources, kills
        self.asked, self.options, self.workers = {}, {}, []
        self.is_up = False

    def init(self, **options):
        if options["address"] == "gone:1":
            raise ConnectionError("no answer")
        self.asked, self.is_up = options, True

    def shutdown(self):
        self.is_up = False

    def cluster_resources(self):
        return self.resources

    def remote(self, **options):
        self.options = options
        return lambda kind: SimpleNamespace(
            remote=lambda *args: self._actor(kind, args)
        )

    def _actor(self, kind, args):
        worker = kind(*args)
        self.workers.append(worker)

        def remote(item, known, kinds):
            dies = item.name in self.kills
            return lambda: self._died() if dies else worker.make(item, known, kinds)

        return SimpleNamespace(make=SimpleNamespace(remote=remote))

    def _died(self):
        raise RayError("the actor died")

    def get(self, call):
        return call()


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def start_ray(monkeypatch):
    """Put a fake in Ray's place; its workers have a model that needs no network."""

    def start(resources, **more):
        fake = FakeRay(resources, **more)
        monkeypatch.setitem(sys.modules, "ray", fake)
        monkeypatch.setattr(predictor, "Predictor", lambda *_, **__: Threshold())
        monkeypatch.setattr(torch, "set_num_threads", lambda _count: None)
        return fake

    return start


def files_of(out):
    return {
        path.relative_to(out): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and ".segdesk-batch" not in path.parts
    }


def test_ray_gives_the_same_files_when_workers_do_the_images(desk, start_ray):
    for index in range(5):
        desk.add(f"day/{index}.png", share=0.2 * index)
    kinds = ("mask", "overlay", "coco", "measurements")
    desk.run(save=kinds)
    alone = files_of(desk.out)
    fake = start_ray({"CPU": 2.0})
    done = desk.run(save=kinds, ray="10.0.0.1:6379", overwrite=True)
    assert (done.done, desk.predictor.calls, len(fake.workers)) == (5, 0, 2)
    assert files_of(desk.out) == alone
    assert fake.asked["address"] == "10.0.0.1:6379"
    assert (fake.options["num_gpus"], fake.options["max_restarts"]) == (0, -1)
    assert not fake.is_up
    assert desk.run(save=kinds, ray="local").skipped == 5


@pytest.mark.parametrize(
    ("address", "device", "resources", "workers", "gpus"),
    [
        ("local", "cpu", {"CPU": 64.0, "GPU": 2.0}, 4, 0),
        ("head:1", "cpu", {"CPU": 6.0}, 6, 0),
        ("head:1", "auto", {"CPU": 64.0, "GPU": 3.0}, 3, 1),
    ],
)
def test_ray_makes_a_worker_for_each_gpu_or_core(
    desk, start_ray, address, device, resources, workers, gpus
):
    desk.add("1.png")
    fake = start_ray(resources)
    desk.run(ray=address, device=device)
    assert (len(fake.workers), fake.options["num_gpus"]) == (workers, gpus)


def test_ray_fails_the_image_alone_that_ends_every_worker(desk, start_ray):
    for name in ("1.png", "2.png", "3.png"):
        desk.add(name)
    (desk.images / "3.png").write_bytes(b"\x89PNG\r\n\x1a\nno")
    start_ray({"CPU": 1.0}, kills={"2"})
    done = desk.run(ray="local")
    assert (done.done, done.failed) == (1, 2)
    causes = {event.source.name: event.cause for event in desk.of(ItemFailed)}
    assert "The worker that had it ended" in causes["2.png"]
    assert "worker" not in causes["3.png"]
    assert np.count_nonzero([event.index for event in desk.of(ItemDone)]) == 0


def test_ray_says_what_is_missing_when_it_cannot_start(desk, start_ray, monkeypatch):
    desk.add("1.png")
    start_ray({"CPU": 1.0})
    with pytest.raises(ModelError, match="No Ray cluster answers at gone:1"):
        desk.run(ray="gone:1")
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ModelError, match="not installed"):
        desk.run(ray="local")


def test_ray_takes_what_arrives_when_it_watches(desk, start_ray, monkeypatch):
    monkeypatch.setattr(batch_watch, "_EVERY_S", 0.01)
    monkeypatch.setattr(batch_watch, "_SETTLED_S", 0.0)
    desk.add("1.png")
    fake = start_ray({"CPU": 1.0})

    class Until(list):
        def append(self, event):
            super().append(event)
            done = len(desk.of(ItemDone))
            if isinstance(event, ItemDone) and done == 1:
                desk.add("late.png")
            if done == 2:
                desk.stop.set()

    desk.events = Until()
    with pytest.raises(JobCancelledError):
        desk.run(ray="local", watch=(desk.images,))
    assert (desk.out / "masks" / "late.png").is_file()
    assert not fake.is_up

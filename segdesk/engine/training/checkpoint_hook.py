"""mmengine's `CheckpointHook` in an order that a crash cannot harm.

mmengine deletes an old checkpoint before it writes the new one: a power cut between
the two, or a disk that is full, would lose both. Here a file goes only once what takes
its place lies there whole.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from segdesk.engine.bootstrap import prepare

prepare()

from mmengine.dist import is_main_process  # noqa: E402 - after the adapter
from mmengine.hooks import CheckpointHook  # noqa: E402
from mmengine.registry import HOOKS  # noqa: E402

from segdesk.engine.training.run_folder import INTERRUPTED_FILE, part_name  # noqa: E402


@HOOKS.register_module()
class SafeCheckpointHook(CheckpointHook):  # type: ignore[misc, unused-ignore]
    """Writes a checkpoint first and deletes outdated ones afterwards.

    Beside what mmengine counts as outdated go: a best checkpoint that a crash cut off
    from its run, the state of a training that was stopped once a later one is saved,
    and what a crash left half written.
    """

    out_dir: str
    file_backend: Any

    def before_train(self, runner: Any) -> None:  # noqa: ANN401 - mmengine's Runner
        """Delete what an earlier part of the run left half written."""
        super().before_train(runner)
        if is_main_process():
            for path in Path(self.out_dir).glob(part_name("*")):
                path.unlink(missing_ok=True)

    def _save_checkpoint_with_step(
        self,
        runner: Any,  # noqa: ANN401 - mmengine's Runner
        step: int,
        meta: dict[str, Any],
    ) -> None:
        with self._deletes_later():
            super()._save_checkpoint_with_step(runner, step, meta)
        if is_main_process():
            Path(self.out_dir, INTERRUPTED_FILE).unlink(missing_ok=True)

    def _save_best_checkpoint(self, runner: Any, metrics: dict[str, float]) -> None:  # noqa: ANN401 - mmengine's Runner
        before = self.best_ckpt_path
        with self._deletes_later():
            super()._save_best_checkpoint(runner, metrics)
        best = self.best_ckpt_path
        if best and best != before and is_main_process():
            for path in Path(best).parent.glob(f"best_{self.key_indicators[0]}_*.pth"):
                if path.name != Path(best).name:
                    path.unlink(missing_ok=True)

    @contextmanager
    def _deletes_later(self) -> Iterator[None]:
        backend = self.file_backend
        later = _Later(backend)
        self.file_backend = later
        try:
            yield
        finally:
            self.file_backend = backend
        for path in later.paths - {self.best_ckpt_path, self.last_ckpt}:
            backend.remove(path)


class _Later:
    """A file backend that only notes what it is told to remove."""

    def __init__(self, backend: Any) -> None:  # noqa: ANN401 - mmengine's backend
        self._backend = backend
        self.paths: set[str] = set()

    def remove(self, path: str) -> None:
        """Note a file."""
        self.paths.add(path)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the backend's own
        return getattr(self._backend, name)

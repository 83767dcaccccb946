"""What is remembered of the queues: what was decided, and of which model they are."""

from pathlib import Path

import msgspec

from segdesk.app.review.entry import Decision, Key, QueueKind

_MOST_ROOTS = 30


class KeptDecision(msgspec.Struct, frozen=True, array_like=True):
    """What became of one entry.

    Parameters
    ----------
    since
        It counts for the ten until the next training.
    """

    path: str
    box: tuple[int, int, int, int]
    word: Decision
    since: bool = True

    @property
    def key(self) -> Key:
        """What tells the entry from all others."""
        return self.path, self.box


class KeptQueue(msgspec.Struct, frozen=True, kw_only=True):
    """The queue of one project.

    Parameters
    ----------
    folder
        Of the project.
    model_id, model_name
        Of the model that ranked it; "": none has.
    other_id
        Of the second model that was asked; "": the mirrored image was.
    """

    folder: str
    model_id: str = ""
    model_name: str = ""
    other_id: str = ""
    kind: QueueKind = QueueKind.REGIONS
    decided: tuple[KeptDecision, ...] = ()

    def with_decision(self, key: Key, word: Decision) -> "KeptQueue":
        """Return it with one more decision; an earlier one of the entry goes."""
        others = tuple(one for one in self.decided if one.key != key)
        return msgspec.structs.replace(
            self, decided=(*others, KeptDecision(*key, word))
        )

    def without(self, key: Key) -> "KeptQueue":
        """Return it without the decision of an entry."""
        others = tuple(one for one in self.decided if one.key != key)
        return msgspec.structs.replace(self, decided=others)

    def trained(self) -> "KeptQueue":
        """Return it after a training: counted anew, what was skipped may come again."""
        kept = (one for one in self.decided if one.word is not Decision.SKIPPED)
        counted = (msgspec.structs.replace(one, since=False) for one in kept)
        return msgspec.structs.replace(self, decided=tuple(counted))

    @property
    def root(self) -> Path:
        """Folder of the project."""
        return Path(self.folder)

    @property
    def worked(self) -> int:
        """How many entries were accepted or corrected since the last training."""
        return sum(
            one.since and one.word is not Decision.SKIPPED for one in self.decided
        )


class KeptQueues(msgspec.Struct):
    """All queues, the one used last at the end."""

    queues: tuple[KeptQueue, ...] = ()

    def of(self, root: Path) -> KeptQueue:
        """Return what is remembered of a project; nothing: an empty one."""
        found = (one for one in self.queues if one.root == root)
        return next(found, KeptQueue(folder=str(root)))

    def put(self, queue: KeptQueue) -> None:
        """Remember a queue; those of projects long not used are forgotten."""
        others = tuple(one for one in self.queues if one.root != queue.root)
        self.queues = (*others, queue)[-_MOST_ROOTS:]

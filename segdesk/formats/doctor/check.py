"""The check of a data set: survey, facts, rules, and the fixes that are asked for."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from segdesk.core.data_check import Diagnosis
from segdesk.core.errors import InputError
from segdesk.core.language import joined, tr
from segdesk.formats.doctor.backup import Backup
from segdesk.formats.doctor.case import Case, PlannedTraining
from segdesk.formats.doctor.catalogue import RULE_NAMES, look
from segdesk.formats.doctor.fingerprint import fingerprint, split_facts
from segdesk.formats.doctor.fixes import FIX_NAMES, FIXES, FixContext, apply_fix
from segdesk.formats.doctor.gather import FactReader
from segdesk.formats.doctor.survey import survey

ALL_FIXES = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """What to check, and what to mend first.

    Parameters
    ----------
    fixes
        Names of fixes; ("all",): every one.
    rules
        Names of the findings to look for; empty: all.
    plan
        The training that the data are for.
    """

    data_dir: Path
    fixes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    plan: PlannedTraining = field(default_factory=PlannedTraining)


def check_data(
    request: CheckRequest,
    looked_at: Callable[[int, int], None],
    check: Callable[[], None],
) -> Diagnosis:
    """Check training data by every rule.

    Parameters
    ----------
    looked_at
        Takes the number of pairs that are read and their total; may raise to end it.
    check
        Called between the files that are mended; may raise to end it.

    Raises
    ------
    InputError
        The folder cannot be read as a data set, or a rule or fix is unknown.
    StorageError
        A fix could not write; what it did before is in the backup.
    """
    started_s = time.monotonic()
    _check_names("rule", request.rules, RULE_NAMES)
    _check_names("fix", request.fixes, (*FIX_NAMES, ALL_FIXES))
    reader = FactReader()

    def examined() -> Case:
        found = survey(request.data_dir)
        return Case(found, reader.read(found.pairs, looked_at), request.plan)

    case = examined()
    backup = Backup(case.survey.root)
    fixed: list[str] = []
    try:
        case = _mended(case, examined, request, (backup, fixed, check))
    finally:
        backup.close()
    return Diagnosis(
        data_dir=case.survey.root,
        classes=case.survey.classes,
        findings=tuple(one.finding() for one in look(case, request.rules)),
        splits=split_facts(case),
        fingerprint=fingerprint(case),
        seconds=time.monotonic() - started_s,
        fixed=tuple(fixed),
        backup=backup.folder,
    )


_Deeds = tuple[Backup, list[str], Callable[[], None]]


def _mended(
    case: Case, examined: Callable[[], Case], request: CheckRequest, deeds: _Deeds
) -> Case:
    """Apply the fixes in their order, each to what the one before left."""
    backup, fixed, check = deeds
    wanted = set(FIX_NAMES if ALL_FIXES in request.fixes else request.fixes)
    for fix in FIXES:
        if fix.name not in wanted:
            continue
        paths = dict.fromkeys(
            path
            for one in look(case, request.rules)
            if one.fix == fix.name
            for path in one.to_fix()
        )
        if not paths:
            continue
        pairs = {p.image.path: p for p in case.pairs}
        pairs |= {p.mask.path: p for p in case.pairs}
        context = FixContext(backup, case.survey.classes, pairs)
        fixed.append(apply_fix(fix, tuple(paths), context, check))
        case = examined()
    return case


def _check_names(kind: str, given: Iterable[str], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise InputError(
                tr("The data were not checked."),
                cause=tr("There is no {kind} {name!r}.", kind=kind, name=name),
                hint=tr("Choose from: {known}.", known=joined(", ", sorted(known))),
            )

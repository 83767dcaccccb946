"""An import in words."""

from segdesk.app.exchange.import_draft import ImportDraft

_MOST = 4
_TOLD_OTHERWISE = ("#", "masks without an image")


def import_notes(draft: ImportDraft) -> list[str]:
    """Return what the user should know before anything is written."""
    look = draft.look
    if look is None:
        return []
    notes = [
        f"{' and '.join(of)} both become {name}."
        if len(of) == 2
        else f"{len(of)} of them become {name}: {', '.join(of[:3])}."
        for name, of in draft.joined
    ]
    matches = look.matches
    if matches.without_image:
        names = ", ".join(matches.without_image[:2])
        count = counted(len(matches.without_image), "file")
        notes.append(f"{count} without an image in the project: {names}.")
    if matches.unclear:
        names = ", ".join(matches.unclear[:2])
        count = counted(len(matches.unclear), "file")
        notes.append(f"{count} left out, several fit one image: {names}.")
    if look.existing and not draft.replaces:
        count = counted(len(look.existing), "image")
        notes.append(f"{count} with an annotation already: left as they are.")
    if look.preview.failed:
        name, error = look.preview.failed[0]
        count = counted(len(look.preview.failed), "file")
        notes.append(f"{count} cannot be read: {name}. {error.cause}")
    findings = [
        one for one in look.preview.findings if not one.text.startswith(_TOLD_OTHERWISE)
    ]
    notes += [
        _sentence(one.text)
        + ("." if one.unit == "files" else f": {one.count:,} {one.unit}.")
        for one in findings
    ]
    return notes[:_MOST]


def counted(count: int, word: str) -> str:
    """Return "1 file" or "2 files"."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def _sentence(text: str) -> str:
    """Begin with a capital, but leave the name of a file as it is."""
    first = text.partition(" ")[0]
    return text if "." in first else text[:1].upper() + text[1:]

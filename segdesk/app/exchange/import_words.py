"""An import in words."""

from segdesk.app.exchange.import_draft import ImportDraft
from segdesk.core.language import capitalised, joined, plural, tr

_MOST = 4
_TOLD_OTHERWISE = ("#", tr("masks without an image"))


def import_notes(draft: ImportDraft) -> list[str]:
    """Return what the user should know before anything is written."""
    look = draft.look
    if look is None:
        return []
    notes = [
        tr("{sources} both become {name}.", sources=joined(" and ", of), name=name)
        if len(of) == 2
        else tr(
            "{count} of them become {name}: {sources}.",
            count=len(of),
            name=name,
            sources=joined(", ", of[:3]),
        )
        for name, of in draft.joined
    ]
    matches = look.matches
    if matches.without_image:
        names = joined(", ", matches.without_image[:2])
        count = plural(len(matches.without_image), "{n} file", "{n:,} files")
        notes.append(
            tr(
                "{count} without an image in the project: {names}.",
                count=count,
                names=names,
            )
        )
    if matches.unclear:
        names = joined(", ", matches.unclear[:2])
        count = plural(len(matches.unclear), "{n} file", "{n:,} files")
        notes.append(
            tr(
                "{count} left out, several fit one image: {names}.",
                count=count,
                names=names,
            )
        )
    if look.existing and not draft.replaces:
        count = plural(len(look.existing), "{n} image", "{n:,} images")
        notes.append(
            tr("{count} with an annotation already: left as they are.", count=count)
        )
    if look.preview.failed:
        name, error = look.preview.failed[0]
        count = plural(len(look.preview.failed), "{n} file", "{n:,} files")
        notes.append(
            tr(
                "{count} cannot be read: {name}. {cause}",
                count=count,
                name=name,
                cause=error.cause,
            )
        )
    findings = [
        one for one in look.preview.findings if not one.text.startswith(_TOLD_OTHERWISE)
    ]
    notes += [
        _sentence(one.text)
        + (
            "."
            if one.unit == "files"
            else tr(": {count:,} {unit}.", count=one.count, unit=one.unit)
        )
        for one in findings
    ]
    return notes[:_MOST]


def _sentence(text: str) -> str:
    """Begin with a capital, but leave the name of a file as it is."""
    first = text.partition(" ")[0]
    return text if "." in first else capitalised(text)

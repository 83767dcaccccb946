"""XML files of strangers, read without entities.

A document type can name files of this machine or grow a line into gigabytes. No
annotation format needs one, so a file that declares one is refused, and the standard
library's parser is enough.
"""

from pathlib import Path
from typing import NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from segdesk.core.errors import InputError, UnsafeFileError
from segdesk.core.language import tr


def read_xml(path: Path) -> Element:
    """Read an XML file.

    Raises
    ------
    UnsafeFileError
        When it declares a document type.
    InputError
        When it cannot be read, or is no complete XML.
    """
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.buffer_text = True

    def refuse(*_: object) -> NoReturn:
        raise UnsafeFileError(
            tr("{name} was not read.", name=path.name),
            cause=tr("It declares a document type, which may pull in other files."),
            hint=tr("Take the DOCTYPE out of it, if you trust the file."),
        )

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(path.read_bytes(), True)
        return builder.close()
    except (OSError, expat.ExpatError, AssertionError) as error:
        raise InputError(
            tr("{name} was not read.", name=path.name),
            cause=tr("It is not a complete XML file: {error}.", error=error),
            hint=tr("Export or copy it again."),
            detail=str(error),
        ) from error

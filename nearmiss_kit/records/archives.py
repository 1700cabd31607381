"""Archives opened within limits, and XML read without entities: the guard in front of every ZIP, XLSX and DOCX."""

import posixpath
import zipfile
from collections.abc import Callable
from typing import BinaryIO
from xml.parsers import expat

from nearmiss_kit.errors import RecordsError

MOST_FILES = 5_000  # in one archive; a year of records in single Word files is a few hundred
MOST_BYTES = 2_000_000_000  # unpacked, all files of an archive together
HIGHEST_RATIO = 100  # unpacked to packed; sheets of numbers reach 30, a bomb 1,000
ALWAYS_OPENED = 10_000_000  # bytes unpacked below which the ratio does not matter
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old Office files, and new ones with a password


def open_archive(stream: BinaryIO, name: str) -> zipfile.ZipFile:
    """The archive in a stream, once its list of files is within the limits. Nothing is ever unpacked to disk.

    Raises RecordsError, with the limit, where it is no archive or too much would come out of it.
    """
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise RecordsError(f"{name}: the file is damaged or not what its ending says. Save it again and try again.") from None
    members = archive.infolist()
    unpacked, packed = sum(member.file_size for member in members), sum(member.compress_size for member in members)
    if len(members) > MOST_FILES:
        raise RecordsError(f"{name}: it holds {len(members):,} files, and the kit opens {MOST_FILES:,} at most. Divide it.")
    if unpacked > MOST_BYTES or (unpacked > ALWAYS_OPENED and unpacked > HIGHEST_RATIO * max(packed, 1)):
        what = f"{packed:,} bytes would become {unpacked:,}, which is more than records need"
        raise RecordsError(f"{name}: {what}. It was not opened. Save the records again, without empty formatted rows.")
    return archive


def leads_outside(member: str) -> bool:
    """Whether the name of a file in an archive points outside of the folder it would be unpacked into."""
    name = member.replace("\\", "/")
    return name.startswith("/") or ".." in name.split("/") or name[1:2] == ":"


def read_xml(
    archive: zipfile.ZipFile, part: str, name: str, *, start: Callable, end: Callable | None = None, text: Callable | None = None
) -> None:
    """Read one XML file of an archive, piece by piece. Handlers get names without their prefix.

    Raises RecordsError where it declares a document type, the only way to entities, or is not well formed.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise RecordsError(f"{name}: it declares entities ({part}), which records never need. It was not read.")

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
    if end:
        parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
    if text:
        parser.CharacterDataHandler = text
    with archive.open(part) as stream:
        try:
            parser.ParseFile(stream)
        except expat.ExpatError as fault:
            raise RecordsError(
                f"{name}: {part} is damaged in line {fault.lineno}. Open the file, save it again and try again."
            ) from None


def read_relations(archive: zipfile.ZipFile, part: str, name: str) -> dict[str, tuple[str, str]]:
    """The parts a part leads to: {id: (kind, path inside the archive)}; what lies outside the file is left out."""
    folder, file = posixpath.split(part)
    relations: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            relations[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], target)

    rels = posixpath.join(folder, "_rels", f"{file}.rels")
    if rels in archive.namelist():
        read_xml(archive, rels, name, start=start)
    return relations

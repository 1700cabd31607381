"""Where records come from: files, folders, and archives of these, each once, and nothing outside of them."""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from nearmiss_kit.errors import RecordsError
from nearmiss_kit.records.archives import leads_outside, open_archive
from nearmiss_kit.records.remarks import RemarkBook

READABLE = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".json", ".jsonl", ".docx", ".txt", ".md", ".pdf")
ARCHIVE = ".zip"
_KINDS = ", ".join((*READABLE, ARCHIVE))
NOT_RECORDS = (".", "~$", "__MACOSX")  # what systems put beside files: hidden files, locks, forks


@dataclass(frozen=True)
class Source:
    """One file of records: its name as shown, how to open it, and whether somebody named it (or a folder held it)."""

    name: str
    open: Callable[[], BinaryIO]
    size: int
    named: bool

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem

    def open_whole(self) -> BinaryIO:
        """The file as a stream that can be read from any place, as archives need it."""
        stream = self.open()
        if stream.seekable() and not isinstance(stream, zipfile.ZipExtFile):
            return stream
        with stream:
            return io.BytesIO(stream.read())


def find_sources(paths: Iterable[str | Path], book: RemarkBook) -> list[Source]:
    """The readable files in files, folders and archives, each once; what is not readable is remarked."""
    found: dict[tuple[Path, str], Source] = {}  # a file that is given twice is read once
    for path in map(Path, paths):
        try:
            for key, source in _list_sources(path, book):
                found.setdefault(key, source)
        except OSError as fault:
            raise RecordsError(f"{path} cannot be opened ({fault.strerror}). Check who may read it, and try again.") from None
    return list(found.values())


def _list_sources(path: Path, book: RemarkBook) -> Iterator[tuple[tuple[Path, str], Source]]:
    if path.is_dir():
        yield from _list_folder(path, book)
    elif not path.exists():
        raise RecordsError(f"There is no file or folder {path}. Check the name, or give the folder that holds the records.")
    elif not path.is_file() or path.suffix.lower() not in (*READABLE, ARCHIVE):
        raise RecordsError(f"{path.name}: the kit reads {_KINDS} files. Save it as one of these and try again.")
    else:
        yield from _list_file(path, path.name, book, named=True)


def _list_folder(folder: Path, book: RemarkBook) -> Iterator[tuple[tuple[Path, str], Source]]:
    home = folder.resolve()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or _is_no_record(name):
            continue
        if home not in path.resolve().parents:
            book.note(name, "not read: it is a link that leads outside the folder.", kept=False)
        elif path.suffix.lower() in (*READABLE, ARCHIVE):
            yield from _list_file(path, name, book, named=False)
        else:
            book.note(name, f"not read: the kit reads {_KINDS} files.", kept=False)


def _list_file(path: Path, name: str, book: RemarkBook, *, named: bool) -> Iterator[tuple[tuple[Path, str], Source]]:
    if path.suffix.lower() != ARCHIVE:
        yield (path.resolve(), ""), Source(name, lambda: path.open("rb"), path.stat().st_size, named)
        return
    try:
        with path.open("rb") as stream, open_archive(stream, name) as archive:
            members = archive.infolist()
    except RecordsError as fault:
        if named:
            raise
        book.note(name, f"not read: {str(fault).removeprefix(f'{name}: ')}", kept=False)
        return
    yield from _list_members(path, name, members, book)


def _list_members(
    path: Path, name: str, members: list[zipfile.ZipInfo], book: RemarkBook
) -> Iterator[tuple[tuple[Path, str], Source]]:
    for member in members:
        inside, reason = f"{name}/{member.filename}", ""
        if member.is_dir() or _is_no_record(member.filename):
            continue
        if leads_outside(member.filename):
            reason = "its name leads outside the archive"
        elif member.flag_bits & 1:
            reason = "it has a password. Take the password out and try again"
        elif PurePosixPath(member.filename).suffix.lower() not in READABLE:
            reason = f"the kit reads {', '.join(READABLE)} files in an archive"
        if reason:
            book.note(inside, f"not read: {reason}.", kept=False)
        else:
            yield (path.resolve(), member.filename), Source(inside, _opener(path, member), member.file_size, named=False)


def _opener(path: Path, member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    return lambda: zipfile.ZipFile(path).open(member)


def _is_no_record(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return any(part.startswith(NOT_RECORDS) and part != ".." for part in parts) or parts[-1].upper().startswith("README")

"""Old Office files checked before any library opens them: a compound file (OLE) whose chains run in circles never ends."""

import struct

from nearmiss_kit.errors import RecordsError

_FREE, _END, _LAST = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFA  # marks of the table of sectors, and the last true number
_ENTRY = 128  # bytes of an entry in the folder of a compound file
_STREAM, _ROOT = 2, 5


def list_streams(data: bytes, name: str) -> dict[str, bytes]:
    """The streams of a compound file, by name. Only those in whole sectors are given whole; small ones are empty.

    Raises RecordsError where a chain of sectors runs in a circle or out of the file. The layout is MS-CFB's.
    """
    try:
        size = 1 << struct.unpack_from("<H", data, 30)[0]
        first_folder, small_limit, small_table, _, more_table, _ = struct.unpack_from("<I4xIIIII", data, 48)
        if size not in (512, 4096):
            raise ValueError
        table = _read_table(data, size, more_table)
        folder = _follow(data, size, table, first_folder)
        _follow(data, size, table, small_table)
        return dict(_read_entry(data, size, table, folder[at : at + _ENTRY], small_limit) for at in range(0, len(folder), _ENTRY))
    except (struct.error, ValueError, IndexError, UnicodeDecodeError):
        raise RecordsError(f"{name}: the file is damaged. Open it in Excel and save it as .xlsx.") from None


def _sector(data: bytes, size: int, number: int) -> bytes:
    start = (number + 1) * size
    if number > _LAST or start >= len(data):
        raise ValueError
    return data[start : start + size].ljust(size, b"\0")


def _read_table(data: bytes, size: int, more: int) -> list[int]:
    """The number of the sector that follows each sector."""
    places = list(struct.unpack_from("<109I", data, 76))
    seen: set[int] = set()
    while more <= _LAST:
        if more in seen:
            raise ValueError
        seen.add(more)
        *found, more = struct.unpack(f"<{size // 4}I", _sector(data, size, more))
        places += found
    used = [place for place in places if place <= _LAST]
    if len(set(used)) < len(used):
        raise ValueError
    return [number for place in used for number in struct.unpack(f"<{size // 4}I", _sector(data, size, place))]


def _follow(data: bytes, size: int, table: list[int], number: int) -> bytes:
    pieces: list[bytes] = []
    while number <= _LAST:
        if len(pieces) > len(table):
            raise ValueError
        pieces.append(_sector(data, size, number))
        number = table[number]
    return b"".join(pieces)


def _read_entry(data: bytes, size: int, table: list[int], entry: bytes, small_limit: int) -> tuple[str, bytes]:
    length, kind = struct.unpack_from("<HB", entry, 64)
    start, stream_size = struct.unpack_from("<II", entry, 116)
    name = entry[: max(min(length, 64) - 2, 0)].decode("utf-16-le")
    if kind == _ROOT or (kind == _STREAM and stream_size >= small_limit):
        return name, _follow(data, size, table, start)
    return name, b""

"""JSON and JSON Lines opened: one object is one record."""

import json
from collections.abc import Iterator

from nearmiss_kit.errors import RecordsError
from nearmiss_kit.records.columns import Known
from nearmiss_kit.records.remarks import RemarkBook
from nearmiss_kit.records.sheets import MOST_COLUMNS, Sheet
from nearmiss_kit.records.sources import Source
from nearmiss_kit.records.text_files import open_text, read_text


class _RecordError(ValueError):
    """What is wrong with one object, in words."""


def read_json_lines(source: Source, book: RemarkBook, known: Known) -> Iterator[Sheet]:
    """One object on each line; a line that cannot be read is left out and listed."""
    objects = []
    with open_text(source, book) as file:
        for number, line in enumerate(_split_lines(file), start=1):
            if line.strip():
                try:
                    objects.append((number, _check_record(_parse(line.rstrip("\r\n")), known)))
                except _RecordError as fault:
                    book.note(source.name, f"left out, because it is {fault}.", kept=False, row=number)
    if objects:
        yield _lay_out(source, objects)


def read_json(source: Source, book: RemarkBook, known: Known) -> Iterator[Sheet]:
    """A list of objects, alone or under one name. An object that is no record is left out and listed."""
    try:
        whole = _parse(read_text(source, book))
    except _RecordError as fault:
        raise RecordsError(f"{source.name}: it is {fault}. Save it again from the program it comes from.") from None
    if isinstance(whole, dict):
        lists = [value for value in whole.values() if isinstance(value, list) and any(isinstance(one, dict) for one in value)]
        whole = lists[0] if len(lists) == 1 else [whole]
    if not isinstance(whole, list):
        raise RecordsError(f"{source.name}: it holds no list of records. Save it as a list of objects, or as .csv.")
    if not whole:
        raise RecordsError(f"{source.name}: it holds no records. Save it again from the program it comes from.")
    objects = []
    for number, one in enumerate(whole, start=1):
        try:
            objects.append((number, _check_record(one, known)))
        except _RecordError as fault:
            book.note(source.name, f"left out, because it is {fault}.", kept=False, row=number)
    if objects:
        yield _lay_out(source, objects)


def _split_lines(file: Iterator[str]) -> Iterator[str]:
    """Lines end at a line feed; a lone carriage return inside one stays inside."""
    kept = ""
    for piece in file:
        kept += piece
        if piece.endswith("\n"):
            yield kept
            kept = ""
    if kept:
        yield from kept.split("\r") if "\n" not in kept and kept.count("\r") and not _is_json(kept) else [kept]


def _is_json(text: str) -> bool:
    try:
        _parse(text)
    except _RecordError:
        return False
    return True


def _parse(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_refuse_doubles, parse_int=str, parse_float=str, parse_constant=lambda _: "")
    except json.JSONDecodeError as fault:
        line = f"line {fault.lineno}, " if fault.lineno > 1 else ""
        raise _RecordError(f"not valid JSON ({line}character {fault.colno})") from None
    except RecursionError:
        raise _RecordError("nested too deeply to be a record") from None


def _refuse_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _RecordError("an object that holds the same name twice")
    return found


def _check_record(record: object, known: Known) -> dict[str, str]:
    if not isinstance(record, dict):
        raise _RecordError("no record: a record must stand in curly brackets, with names and values")
    for key, value in record.items():
        if isinstance(value, dict) and known(key):
            raise _RecordError(f"not clear: “{key}” holds several values. Give it one text")
    try:
        texts = {key: _say_value(value) for key, value in record.items()}
        "".join([*texts, *texts.values()]).encode("utf-8")
    except UnicodeEncodeError:
        raise _RecordError("damaged: it holds half a character. Save the file as UTF-8 and try again") from None
    except RecursionError:
        raise _RecordError("nested too deeply to be a record") from None
    return texts


def _say_value(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and not any(isinstance(one, (dict, list)) for one in value):
        return "; ".join(_say_value(one) for one in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)


def _lay_out(source: Source, objects: list[tuple[int, dict[str, str]]]) -> Sheet:
    headings = list(dict.fromkeys(key for _, record in objects for key in record))
    if len(headings) > MOST_COLUMNS:
        raise RecordsError(f"{source.name}: it has {len(headings):,} names; the kit reads {MOST_COLUMNS:,} at most.")
    rows = [[record.get(key, "") for key in headings] for _, record in objects]
    return Sheet([heading.strip() for heading in headings], rows, [number for number, _ in objects])

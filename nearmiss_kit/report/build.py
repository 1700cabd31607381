"""From tables to facts: everything a cross-service learning review says, and what it must say first."""

from datetime import date
from importlib.metadata import version

import pandas as pd

from nearmiss_kit.analysis.themes import count_named, count_pairs, count_themes, count_themes_by, list_months, select_counted
from nearmiss_kit.analysis.wording import list_words, lower_first, say_day, say_month, say_number
from nearmiss_kit.decisions.verdicts import apply_decisions
from nearmiss_kit.errors import ReportError
from nearmiss_kit.report.evidence import EvidenceBook
from nearmiss_kit.report.facts import AUDIENCES, Count, FamilyOfThemes, Finding, Grid, Provenance, Report, Scope, Theme
from nearmiss_kit.report.findings import state_findings
from nearmiss_kit.shipped import shipped
from nearmiss_kit.tagging.lexicon import Family, Lexicon, load_lexicon
from nearmiss_kit.tagging.measured import LEXICON_ALONE, name_layer, say_measured
from nearmiss_kit.tagging.voice import VOICE_NAMES, VOICES, VoiceReader

GRID_FAMILIES = ("pressure_source", "near_miss_signal")  # the families shown service by service


def build_report(
    records: pd.DataFrame,
    tags: pd.DataFrame,
    decisions: pd.DataFrame,
    *,
    audience: str,
    lexicon: Lexicon | None = None,
    title: str = "Learning from near misses",
    made_on: date | None = None,
) -> Report:
    """The facts of a cross-service learning review.

    `records`, `tags` and `decisions` are the tables of load_records, tag_records and load_decisions; `lexicon` is
    the one that tagged (the shipped one by default); `made_on` is the printed date (today by default). Counts are of
    records with at least one affirmed and not rejected tag. Raises ReportError for an audience that is unknown, or
    that this version cannot serve safely.
    """
    check_audience(audience)
    lexicon = lexicon or load_lexicon(shipped("lexicons"))
    _check_codes(decisions, lexicon)
    reviewed = apply_decisions(tags, decisions, records)
    counted = select_counted(reviewed)
    book = EvidenceBook(records, counted, lexicon)
    voices = _read_voices(records, lexicon)
    themes = count_themes(records, counted, lexicon)
    families = tuple(_gather_family(family, themes, counted, lexicon, book) for family in lexicon.families)
    shown = [family for family in lexicon.families if family.id in GRID_FAMILIES]
    cells = count_themes_by(records, counted, lexicon, records["service"])
    services = tuple(_lay_out_services(family, cells, records, counted, book) for family in shown)
    findings = tuple(Finding(text, book.quote(evidence)) for text, evidence in state_findings(records, counted, lexicon, book))
    return Report(
        title=title,
        audience=audience,
        made_on=made_on or date.today(),
        scope=_describe_scope(records, counted, voices, book),
        limits=_state_limits(records, reviewed, voices, lexicon),
        findings=findings,
        families=families,
        services=services,
        together=_lay_out_pairs(records, counted, lexicon, book),
        months=_lay_out_months(records, counted, lexicon, book),
        evidence=book.entries(),
        provenance=_describe_provenance(reviewed, lexicon),
    )


def check_audience(audience: str) -> None:
    """Refuse an audience that is unknown, or that this version cannot serve safely, with a ReportError."""
    if audience not in AUDIENCES:
        raise ReportError(f"The audience must be one of {', '.join(AUDIENCES)}; “{audience}” is none of them.")
    if audience != "internal":
        raise ReportError(
            f"This version writes internal reports only. A “{audience}” report needs small-number rules and cleared "
            "quotations, which the kit does not have yet. Use --audience internal, and do not pass that report on."
        )


def _check_codes(decisions: pd.DataFrame, lexicon: Lexicon) -> None:
    known = {(code.family, code.code) for code in lexicon.codes}
    unknown = sorted(
        {f"{family}/{code}" for family, code in set(zip(decisions["family"], decisions["code"], strict=True)) - known}
    )
    if unknown:
        raise ReportError(
            f"Decisions were made on codes this lexicon does not have: {', '.join(unknown)}. Give the lexicon they belong to."
        )


def _gather_family(
    family: Family, table: pd.DataFrame, counted: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook
) -> FamilyOfThemes:
    themes = []
    for row in table[table["family"] == family.id].to_dict("records"):
        tags = _tags_of(counted, family.id, row["code"])
        evidence = book.pick(tags)
        themes.append(
            Theme(
                code=row["code"],
                name=row["name"],
                definition=lexicon.find_code(family.id, row["code"]).definition,
                records=Count(row["records_with"], row["records_read"], evidence),
                people=Count(row["people"], row["people_read"], evidence),
                services=Count(row["services"], row["services_read"], evidence),
            )
        )
    return FamilyOfThemes(family.id, family.name, family.question, tuple(themes))


def _lay_out_services(
    family: Family, cells: pd.DataFrame, records: pd.DataFrame, counted: pd.DataFrame, book: EvidenceBook
) -> Grid:
    cells = cells[cells["family"] == family.id]
    services = tuple(dict.fromkeys(cells["group"]))
    service_of = dict(zip(records["record_id"], records["service"], strict=True))
    rows = []
    for (code, name), here in cells.groupby(["code", "name"], sort=False):
        tags = _tags_of(counted, family.id, code)
        by_service = tags["record_id"].map(service_of)
        rows.append((name, tuple(_count(cell, tags[by_service == cell["group"]], book) for cell in here.to_dict("records"))))
    title = _say_widest(family.name, rows, len(services))
    return Grid(
        id=f"services-{family.id.replace('_', '-')}",
        title=title,
        alt=f"{title}. Each theme in the records of each service; the numbers stand in the table below.",
        row_heading=family.name,
        column_ids=services,
        columns=services,
        rows=tuple(rows),
    )


def _lay_out_pairs(records: pd.DataFrame, counted: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook) -> Grid:
    pairs = count_pairs(records, counted, lexicon, family="pressure_source")
    names = list(dict.fromkeys([*pairs["name_a"], *pairs["name_b"]]))
    counts = {}
    for pair in pairs.to_dict("records"):
        evidence = book.pick(_tags_of_both(counted, pair["code_a"], pair["code_b"])) if pair["records_with_both"] else ""
        counts[pair["name_b"], pair["name_a"]] = Count(pair["records_with_both"], pair["records_read"], evidence)
    rows = tuple((row, tuple(counts.get((row, column)) for column in names[:-1])) for row in names[1:])
    title, alt = _say_pairs(pairs)
    return Grid("together", title, alt, "Pressure source", tuple(names[:-1]), tuple(names[:-1]), rows)


def _lay_out_months(records: pd.DataFrame, counted: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook) -> Grid:
    months = list_months(records)
    month_of = dict(zip(records["record_id"], months, strict=True))
    columns = [family for family in lexicon.families if family.id in ("near_miss_signal", "early_sign", "pressure_source")]
    rows = []
    for month in sorted(set(months) - {""}):
        read = int((months == month).sum())
        counts = []
        for family in columns:
            tags = counted[(counted["family"] == family.id) & (counted["record_id"].map(month_of) == month)]
            counts.append(Count(tags["record_id"].nunique(), read, book.pick(tags)))
        rows.append((say_month(month), tuple(counts)))
    title = _say_months([family.id for family in columns], rows)
    return Grid(
        id="months",
        title=title,
        alt=f"{title}. The numbers stand in the table below.",
        row_heading="Month",
        column_ids=tuple(family.id for family in columns),
        columns=tuple(family.name for family in columns),
        rows=tuple(rows),
    )


def _say_months(families: list[str], rows: list) -> str:
    column = families.index("near_miss_signal") if "near_miss_signal" in families else 0
    counts = {name: counts[column] for name, counts in rows}
    with_signal = {name: count for name, count in counts.items() if count.number}
    if not with_signal:
        return f"No near-miss signal stands in any of the {say_number(len(rows), 'month')} read"
    most = max(count.number for count in with_signal.values())
    peaks = list_words(f"{name} ({count})" for name, count in with_signal.items() if count.number == most)
    return f"Near-miss signals stand in records of {len(with_signal)} of {say_number(len(rows), 'month')} read; in most records in {peaks}"


def _tags_of(counted: pd.DataFrame, family: str, code: str) -> pd.DataFrame:
    return counted[(counted["family"] == family) & (counted["code"] == code)]


def _tags_of_both(counted: pd.DataFrame, code_a: str, code_b: str) -> pd.DataFrame:
    first, second = (_tags_of(counted, "pressure_source", code) for code in (code_a, code_b))
    both = set(first["record_id"]) & set(second["record_id"])
    same_sentence = first.merge(second[["record_id", "sentence_start"]].drop_duplicates(), on=["record_id", "sentence_start"])
    return same_sentence if len(same_sentence) else first[first["record_id"].isin(both)]


def _count(cell: dict, tags: pd.DataFrame, book: EvidenceBook) -> Count:
    return Count(cell["records_with"], cell["records_read"], book.pick(tags))


def _say_widest(family_name: str, rows: list, services: int) -> str:
    reach = {name: sum(count.number > 0 for count in counts) for name, counts in rows}
    most = max(reach.values(), default=0)
    if not most:
        return f"{family_name}: none is evidenced at any of the {services} services"
    first, *others = [name for name, number in reach.items() if number == most]
    verb = "are" if others else "is"
    return (
        f"{list_words([first, *map(lower_first, others)])} {verb} evidenced at more services than any other: {most} of {services}"
    )


def _say_pairs(pairs: pd.DataFrame) -> tuple[str, str]:
    most = pairs["records_with_both"].max() if len(pairs) else 0
    if not most:
        return "No two pressure sources stand in the same record", "No two pressure sources stand in the same record."
    top = pairs[pairs["records_with_both"] == most].to_dict("records")
    said = list_words(f"{pair['name_a']} with {lower_first(pair['name_b'])}" for pair in top)
    title = f"{said}: no two pressure sources stand in more records together, {most} of {top[0]['records_read']}"
    return title, f"{title}. The numbers for every pair stand in the table below."


def _read_voices(records: pd.DataFrame, lexicon: Lexicon) -> pd.Series:
    reader = VoiceReader(lexicon.voices)
    return records["author"].map(reader.read)


def _describe_scope(records: pd.DataFrame, counted: pd.DataFrame, voices: pd.Series, book: EvidenceBook) -> Scope:
    days = records["event_date"]
    remarks = records.attrs.get("remarks")
    return Scope(
        records=len(records),
        services=_tally(records["service"], records, counted, book),
        voices=_tally(voices.map(VOICE_NAMES), records, counted, book, order=[VOICE_NAMES[voice] for voice in VOICES]),
        forms=_tally(records["form"], records, counted, book),
        people=count_named(records["person"]),
        first_day=say_day(days.min()),
        last_day=say_day(days.max()),
        undated=int(days.isna().sum()),
        remarks_known=remarks is not None,
        left_out=tuple(str(remark) for remark in remarks or () if not remark.kept),
    )


def _tally(
    values: pd.Series, records: pd.DataFrame, counted: pd.DataFrame, book: EvidenceBook, *, order: list[str] | None = None
) -> tuple[tuple[str, Count], ...]:
    named = values.where(values.str.strip() != "", "not stated")
    rows = []
    for name in order or sorted(set(named)):
        here = records.loc[named == name, "record_id"]
        rows.append((name, Count(len(here), len(records), book.pick(counted[counted["record_id"].isin(here)]))))
    return tuple(rows)


def _state_limits(records: pd.DataFrame, reviewed: pd.DataFrame, voices: pd.Series, lexicon: Lexicon) -> tuple[str, ...]:
    return (
        f"The themes were proposed by software from the words of the records: they show where to read, not what is so. "
        f"{_say_decided(reviewed)}",
        say_measured(lexicon, name_layer(reviewed)),
        _say_who_was_not_heard(records, voices),
        "A theme in more records of one service does not mean that service does worse: services write different "
        "records, and more of them. Nothing here compares how well services do.",
        "A record is a piece of writing, not an event: one event may stand in several records, and many in none. "
        "That two themes stand in one record, or one before the other, does not show that one caused the other.",
    )


def _say_decided(reviewed: pd.DataFrame) -> str:
    passages = reviewed.drop_duplicates(["record_id", "sentence_start", "family", "code"])
    proposed = passages[passages["source"] != "reader"]
    decided = int((proposed["verdict"] != "").sum())
    added = len(passages) - len(proposed)
    text = f"People have decided on {decided:,} of {say_number(len(proposed), 'proposal')}"
    return f"{text} and counted {say_number(added, 'passage')} of their own." if added else f"{text}."


def _say_who_was_not_heard(records: pd.DataFrame, voices: pd.Series) -> str:
    own = records[voices == "person"]
    services = sorted(set(records["service"]) - {""})
    silent = [service for service in services if service not in set(own["service"])]
    text = f"People’s own words are {len(own)} of {say_number(len(records), 'record')}."
    if silent:
        text += f" From {list_words(silent)} there are none."
    return text


def _describe_provenance(reviewed: pd.DataFrame, lexicon: Lexicon) -> Provenance:
    return Provenance(
        kit_version=version("nearmiss-kit"),
        lexicon=f"{lexicon.name}, {lexicon.version}",
        pipeline=_describe_pipeline(reviewed),
        decided=_say_decided(reviewed),
    )


def _describe_pipeline(reviewed: pd.DataFrame) -> str:
    layer = name_layer(reviewed)
    ran = "the lexicon ran alone" if layer == LEXICON_ALONE else f"beside the lexicon ran: {layer}"
    return f"spaCy, blank English pipeline (no trained model); {ran}"

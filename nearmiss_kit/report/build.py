"""From tables to facts: everything a cross-service learning review says, and what it must say first."""

from collections.abc import Iterable
from datetime import date
from importlib.metadata import version

import numpy as np
import pandas as pd

from nearmiss_kit.analysis.release import INTERNAL, Release, check_release, screen_again
from nearmiss_kit.analysis.themes import (
    add_theme_intervals,
    count_named,
    count_pairs,
    count_themes,
    count_themes_by,
    list_months,
    select_counted,
)
from nearmiss_kit.analysis.wording import list_words, lower_first, say_day, say_month, say_number
from nearmiss_kit.decisions.verdicts import apply_decisions
from nearmiss_kit.errors import ReportError
from nearmiss_kit.report.comparing import compare_family, lay_out_pairs, lay_out_voices, lay_out_voices_by_service
from nearmiss_kit.report.evidence import NOTHING, EvidenceBook
from nearmiss_kit.report.facts import (
    Between,
    Checked,
    Count,
    FamilyOfThemes,
    Finding,
    Grid,
    Provenance,
    Report,
    Scope,
    Theme,
)
from nearmiss_kit.report.findings import state_findings
from nearmiss_kit.report.groups import lay_out_groups
from nearmiss_kit.report.learning import gather_learning_points
from nearmiss_kit.report.published import build_published
from nearmiss_kit.report.published_facts import PublishedReport
from nearmiss_kit.report.sides import lay_side_by_side
from nearmiss_kit.report.trust import list_checked, say_common, say_trust
from nearmiss_kit.review.reading import Review
from nearmiss_kit.review.releasing import withhold_words
from nearmiss_kit.shipped import shipped
from nearmiss_kit.tagging.lexicon import Family, Lexicon, load_lexicon
from nearmiss_kit.tagging.measured import LEXICON_ALONE, is_local, name_layer, say_measured
from nearmiss_kit.tagging.voice import VOICE_NAMES, VOICES, VoiceReader

VOICED_FAMILIES = ("pressure_source", "near_miss_signal", "early_sign", "protective_factor")
GRID_FAMILIES = ("pressure_source", "near_miss_signal")  # the families shown service by service, and by circumstance


def build_report(
    records: pd.DataFrame,
    tags: pd.DataFrame,
    decisions: pd.DataFrame,
    *,
    audience: str,
    lexicon: Lexicon | None = None,
    corrected: pd.DataFrame | None = None,
    reviews: Iterable[Review] = (),
    entries: pd.DataFrame | None = None,
    release: Release = INTERNAL,
    title: str = "Learning from near misses",
    made_on: date | None = None,
) -> Report | PublishedReport:
    """The facts of a cross-service learning review; for the audience `published` those of one that anybody may read.

    `records`, `tags` and `decisions` are the tables of load_records, tag_records and load_decisions; `lexicon` is
    the one that tagged (the shipped one by default); `corrected` is what correct_prevalence says after people read a
    sample, `reviews` what read_reviews gives, and `entries` (load_entries) holds the group's learning points, where there
    are any; `release` is what was settled for an audience other than `internal`; `made_on` is the printed date (today by
    default). Counts are of records with at least one affirmed and not rejected tag. Raises ReportError where the audience is
    unknown or the release lacks something, and RecordsError where a report is to leave the house and direct identifiers
    stand in the records.
    """
    check_release(audience, release)
    kept = screen_again(records, release) if audience != "internal" else ()
    lexicon = lexicon or load_lexicon(shipped("lexicons"))
    _check_codes(decisions, lexicon)
    reviewed = apply_decisions(tags, decisions, records)
    voices, checked, layer = _read_voices(records, lexicon), list_checked(corrected), name_layer(reviewed)
    if audience == "published":
        return build_published(
            records, select_counted(reviewed), lexicon, release=release, kept=kept, own_words=voices == "person",
            decided=bool(len(decisions)), layer=layer, pipeline=_describe_pipeline(reviewed), title=title,
            made_on=made_on or date.today(),
        )  # fmt: skip
    cleared = release.cleared if audience == "named" else None
    book = EvidenceBook(records, select_counted(reviewed), lexicon, cleared=cleared)
    readers = release.name_readers(audience, kept)
    if audience == "named":
        reviews = [withhold_words(review, release) for review in reviews]
    statements = state_findings(records, lexicon, book)
    findings = tuple(
        Finding(said.text, say_trust(said.themes, checked, lexicon, layer), book.quote(said.evidence)) for said in statements
    )
    themes = add_theme_intervals(count_themes(records, book.tags, lexicon))
    families = tuple(_gather_family(family, themes, lexicon, book, checked) for family in lexicon.families)
    shown = [family for family in lexicon.families if family.id in GRID_FAMILIES]
    cells = count_themes_by(records, book.tags, lexicon, records["service"])
    service_of = book.spread(records["service"])
    pairs, pairs_say = lay_out_pairs(records, lexicon, book)
    return Report(
        title=title,
        readers=readers,
        made_on=made_on or date.today(),
        scope=_describe_scope(records, voices, book, name_files=audience == "internal"),
        first=_say_first(reviewed),
        limits=(*_state_limits(records, reviewed, voices, lexicon), *readers.kept),
        findings=findings,
        families=families,
        services=tuple(_lay_out_services(family, cells, book, service_of) for family in shown),
        funnels=tuple((family.id, compare_family(family, cells, book, service_of)) for family in shown),
        together=_lay_out_pairs(records, lexicon, book),
        pairs=pairs,
        pairs_say=pairs_say,
        voices=lay_out_voices(lexicon, book, VOICED_FAMILIES),
        voices_by_service=lay_out_voices_by_service(book, service_of),
        side_by_side=lay_side_by_side(records, lexicon, book, reviews),
        months=_lay_out_months(records, lexicon, book),
        groups=lay_out_groups(records, lexicon, book, GRID_FAMILIES) if audience == "internal" else (),  # uncleared words
        points=gather_learning_points(entries, records) if entries is not None and audience == "internal" else (),
        evidence=book.entries(),
        provenance=_describe_provenance(reviewed, lexicon),
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
    family: Family, table: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook, checked: dict[tuple[str, str], Checked]
) -> FamilyOfThemes:
    themes = []
    for row in table[table["family"] == family.id].to_dict("records"):
        evidence = book.pick(book.find(family.id, row["code"]))
        themes.append(
            Theme(
                code=row["code"],
                name=row["name"],
                definition=lexicon.find_code(family.id, row["code"]).definition,
                records=Count(row["records_with"], row["records_read"], evidence),
                people=Count(row["people"], row["people_read"], evidence),
                services=Count(row["services"], row["services_read"], evidence),
                between=Between(row["records_share"], row["records_low"], row["records_high"]) if row["records_read"] else None,
                checked=checked.get((family.id, row["code"])),
            )
        )
    title = say_common(themes, none="No theme")
    said = "; ".join(f"{theme.name} {theme.records} ({theme.between})" for theme in themes)
    return FamilyOfThemes(family.id, family.name, family.question, title, f"{title}. {said}.", tuple(themes))


def _lay_out_services(family: Family, cells: pd.DataFrame, book: EvidenceBook, service_of: pd.Series) -> Grid:
    cells = cells[cells["family"] == family.id]
    services = tuple(dict.fromkeys(cells["group"]))
    rows = []
    for (code, name), here in cells.groupby(["code", "name"], sort=False):
        tags = book.find(family.id, code)
        found = tags.groupby(service_of[tags.index]).groups
        counts = [
            Count(cell["records_with"], cell["records_read"], book.pick(found.get(cell["group"], NOTHING)))
            for cell in here.to_dict("records")
        ]
        rows.append((name, tuple(counts)))
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


def _lay_out_pairs(records: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook) -> Grid:
    pairs = count_pairs(records, book.tags, lexicon, family="pressure_source")
    names = list(dict.fromkeys([*pairs["name_a"], *pairs["name_b"]]))
    counts = {}
    for pair in pairs.to_dict("records"):
        evidence = book.pick(_tags_of_both(book, pair["code_a"], pair["code_b"])) if pair["records_with_both"] else ""
        counts[pair["name_b"], pair["name_a"]] = Count(pair["records_with_both"], pair["records_read"], evidence)
    rows = tuple((row, tuple(counts.get((row, column)) for column in names[:-1])) for row in names[1:])
    title, alt = _say_pairs(pairs)
    return Grid(
        "together",
        title,
        alt,
        "Pressure source",
        tuple(names[:-1]),
        tuple(names[:-1]),
        rows,
        counts="with both, out of all records read",
    )


def _lay_out_months(records: pd.DataFrame, lexicon: Lexicon, book: EvidenceBook) -> Grid:
    months = list_months(records)
    month_of = book.spread(months)
    columns = [family for family in lexicon.families if family.id in ("near_miss_signal", "early_sign", "pressure_source")]
    found = {key: (here["record_id"].nunique(), here.index) for key, here in book.tags.groupby([book.tags["family"], month_of])}
    read, rows = months.value_counts(), []
    for month in sorted(set(months) - {""}):
        cells = [found.get((family.id, month), (0, NOTHING)) for family in columns]
        rows.append((say_month(month), tuple(Count(number, int(read[month]), book.pick(here)) for number, here in cells)))
    title = _say_months([family.id for family in columns], rows)
    return Grid(
        id="months",
        title=title,
        alt=f"{title}. The numbers stand in the table below.",
        row_heading="Month",
        column_ids=tuple(family.id for family in columns),
        columns=tuple(family.name for family in columns),
        rows=tuple(rows),
        counts="with at least one such theme, out of the records read of that month",
    )


def _say_months(families: list[str], rows: list) -> str:
    column = families.index("near_miss_signal") if "near_miss_signal" in families else 0
    counts = {name: counts[column] for name, counts in rows}
    with_signal = {name: count for name, count in counts.items() if count.number}
    if not rows:
        return "No record has a date, so nothing can be shown month by month"
    if not with_signal:
        return f"No near-miss signal stands in any of the {say_number(len(rows), 'month')} read"
    most = max(count.number for count in with_signal.values())
    peaks = list_words(f"{name} ({count})" for name, count in with_signal.items() if count.number == most)
    return f"Near-miss signals stand in records of {len(with_signal)} of {say_number(len(rows), 'month')} read; in most records in {peaks}"


def _tags_of_both(book: EvidenceBook, code_a: str, code_b: str) -> pd.DataFrame:
    first, second = (book.find("pressure_source", code) for code in (code_a, code_b))
    same_sentence = first[np.isin(book.sentences[first.index], book.sentences[second.index])]
    return same_sentence if len(same_sentence) else first[first["record_id"].isin(second["record_id"])]


def _say_widest(family_name: str, rows: list, services: int) -> str:
    reach = {name: sum(count.number > 0 for count in counts) for name, counts in rows}
    most = max(reach.values(), default=0)
    if not services:
        return f"{family_name}: no record names its service, so services cannot be set side by side"
    if services == 1:
        return f"{family_name} at the one service that is named: {len([name for name in reach if reach[name]])} of {len(rows)} marked"
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
    return records["author"].map({author: reader.read(author) for author in records["author"].unique()})


def _describe_scope(records: pd.DataFrame, voices: pd.Series, book: EvidenceBook, *, name_files: bool) -> Scope:
    days = records["event_date"]
    remarks = records.attrs.get("remarks")
    left_out = tuple(str(remark) for remark in remarks or () if not remark.kept)
    if left_out and not name_files:
        left_out = (
            f"{say_number(len(left_out), 'thing')} offered could not be read or was left out; the internal report lists each.",
        )
    return Scope(
        records=len(records),
        services=_tally(records["service"], records, book),
        voices=_tally(voices.map(VOICE_NAMES), records, book, order=[VOICE_NAMES[voice] for voice in VOICES]),
        forms=_tally(records["form"], records, book),
        people=count_named(records["person"]),
        first_day=say_day(days.min()),
        last_day=say_day(days.max()),
        undated=int(days.isna().sum()),
        remarks_known=remarks is not None,
        left_out=left_out,
    )


def _tally(
    values: pd.Series, records: pd.DataFrame, book: EvidenceBook, *, order: list[str] | None = None
) -> tuple[tuple[str, Count], ...]:
    named = values.where(values.str.strip() != "", "not stated")
    found, read, rows = book.tags.groupby(book.spread(named)).groups, named.value_counts(), []
    for name in order or sorted(set(named)):
        rows.append((name, Count(int(read.get(name, 0)), len(records), book.pick(found.get(name, NOTHING)))))
    return tuple(rows)


def _say_first(reviewed: pd.DataFrame) -> str:
    return f"Themes were proposed by software: they show where to read, not what is so. {_say_decided(reviewed)}"


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
    place = ["record_id", "sentence_start", "family", "code"]
    passages = reviewed.loc[~reviewed[place].astype("category").duplicated(), ["source", "verdict"]]
    proposed = passages[passages["source"] != "reader"]
    decided = int((proposed["verdict"] != "").sum())
    added = len(passages) - len(proposed)
    text = f"People have decided on {decided:,} of {say_number(len(proposed), 'proposal')}"
    return f"{text} and counted {say_number(added, 'passage')} of their own." if added else f"{text}."


def _say_who_was_not_heard(records: pd.DataFrame, voices: pd.Series) -> str:
    own = records[voices == "person"]
    silent = sorted(set(records["service"]) - {""} - set(own["service"]))
    text = f"{len(own)} of {say_number(len(records), 'record')} {'is' if 1 in (len(own), len(records)) else 'are'} in people’s own words."
    if silent and len(own):
        text += f" None is from {list_words(silent)}."
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
    learned = ", corrected by what the kit learned from readers’ own decisions" if is_local(layer) else ""
    return f"spaCy, blank English pipeline (no trained model); {ran}{learned}"

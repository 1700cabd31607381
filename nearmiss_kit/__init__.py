"""The Near-Miss Learning Kit: the public names, in order of use."""

from nearmiss_kit.errors import DecisionsError, LexiconError, NearMissError, RecordsError, ReportError
from nearmiss_kit.shipped import shipped
from nearmiss_kit.records.reading import load_records
from nearmiss_kit.records.identifiers import screen_identifiers
from nearmiss_kit.tagging.lexicon import load_lexicon
from nearmiss_kit.tagging.tagger import tag_records
from nearmiss_kit.tagging.tables import write_tags
from nearmiss_kit.tagging.evaluation import load_gold, score_tags
from nearmiss_kit.decisions.store import append_decision, load_decisions, undo_decision
from nearmiss_kit.decisions.verdicts import apply_decisions, list_lapsed
from nearmiss_kit.decisions.entries import append_entry, load_entries, undo_entry
from nearmiss_kit.decisions.keeping import check_store, erase_person, export_store, warn_of_folder
from nearmiss_kit.analysis.themes import count_pairs, count_themes, count_themes_by
from nearmiss_kit.review.story import list_people, read_story
from nearmiss_kit.report.build import build_report
from nearmiss_kit.report.render import write_report
from nearmiss_kit.report.pages import (
    show_findings,
    show_lexicon,
    show_limits,
    show_months,
    show_records,
    show_services,
    show_story,
    show_themes,
    show_together,
)
from nearmiss_kit.panels.evidence_browser import browse_evidence

__all__ = [
    "DecisionsError",
    "LexiconError",
    "NearMissError",
    "RecordsError",
    "ReportError",
    "append_decision",
    "append_entry",
    "apply_decisions",
    "browse_evidence",
    "build_report",
    "check_store",
    "count_pairs",
    "count_themes",
    "count_themes_by",
    "erase_person",
    "export_store",
    "list_lapsed",
    "list_people",
    "load_decisions",
    "load_entries",
    "load_gold",
    "load_lexicon",
    "load_records",
    "read_story",
    "score_tags",
    "screen_identifiers",
    "shipped",
    "show_findings",
    "show_lexicon",
    "show_limits",
    "show_months",
    "show_records",
    "show_services",
    "show_story",
    "show_themes",
    "show_together",
    "tag_records",
    "undo_decision",
    "undo_entry",
    "warn_of_folder",
    "write_report",
    "write_tags",
]

"""The Near-Miss Learning Kit: the public names, in order of use."""

from nearmiss_kit.errors import DecisionsError, LexiconError, NearMissError, RecordsError, ReportError
from nearmiss_kit.shipped import shipped
from nearmiss_kit.records.reading import load_records
from nearmiss_kit.records.identifiers import list_unresolved, screen_identifiers
from nearmiss_kit.records.pseudonyms import pseudonymise_records
from nearmiss_kit.records.small_groups import list_small_groups
from nearmiss_kit.tagging.lexicon import load_lexicon
from nearmiss_kit.tagging.tagger import tag_records
from nearmiss_kit.tagging.tables import write_tags
from nearmiss_kit.tagging.evaluation import load_gold, score_tags
from nearmiss_kit.decisions.store import append_decision, load_decisions
from nearmiss_kit.decisions.verdicts import apply_decisions
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
    "apply_decisions",
    "browse_evidence",
    "build_report",
    "count_pairs",
    "count_themes",
    "count_themes_by",
    "list_people",
    "list_small_groups",
    "list_unresolved",
    "load_decisions",
    "load_gold",
    "load_lexicon",
    "load_records",
    "pseudonymise_records",
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
    "write_report",
    "write_tags",
]

"""The Near-Miss Learning Kit: the public names, in order of use."""

from nearmiss_kit.errors import (
    AnalysisError,
    DecisionsError,
    LexiconError,
    NearMissError,
    RecordsError,
    ReportError,
    ReviewError,
)
from nearmiss_kit.shipped import shipped
from nearmiss_kit.records.mapping import propose_mapping, save_mapping
from nearmiss_kit.records.reading import load_records
from nearmiss_kit.records.saving import save_records
from nearmiss_kit.records.identifiers import list_unresolved, screen_identifiers
from nearmiss_kit.records.pseudonyms import pseudonymise_records
from nearmiss_kit.records.small_groups import list_small_groups, say_small_groups
from nearmiss_kit.tagging.lexicon import load_lexicon
from nearmiss_kit.tagging.tagger import stream_tags, tag_records
from nearmiss_kit.tagging.tables import write_tags
from nearmiss_kit.tagging.gold import load_gold
from nearmiss_kit.tagging.evaluation import score_tags
from nearmiss_kit.tagging.bank import load_bank
from nearmiss_kit.tagging.workshop import try_term
from nearmiss_kit.tagging.own_lexicon import copy_lexicon, find_lexicon, keep_term
from nearmiss_kit.decisions.store import append_decision, load_decisions, undo_decision
from nearmiss_kit.decisions.verdicts import apply_decisions, list_lapsed
from nearmiss_kit.decisions.learning import forget_local_learning, learn_from_decisions, load_local_learning
from nearmiss_kit.decisions.entries import append_entry, load_entries, undo_entry
from nearmiss_kit.decisions.quotations import clear_quotation
from nearmiss_kit.decisions.clearing import clear_identifiers, refuse_unresolved
from nearmiss_kit.decisions.keeping import check_store, erase_person, export_store, warn_of_folder
from nearmiss_kit.analysis.themes import count_pairs, count_themes, count_themes_by
from nearmiss_kit.analysis.reading_sample import draw_reading_sample, list_family
from nearmiss_kit.analysis.corrected import correct_prevalence
from nearmiss_kit.analysis.readings import list_readings, pair_readings
from nearmiss_kit.analysis.agreement import list_disagreements, measure_agreement
from nearmiss_kit.analysis.series import count_by_month, list_event_days
from nearmiss_kit.analysis.xmr import chart_measure
from nearmiss_kit.analysis.days_between import chart_days_between
from nearmiss_kit.analysis.release import Release
from nearmiss_kit.review.story import list_people, read_story
from nearmiss_kit.review.form import load_form
from nearmiss_kit.review.house_rules import load_house_rules, propose_review
from nearmiss_kit.review.room import (
    add_action,
    add_learning_point,
    add_participant,
    add_request,
    answer_field,
    answer_request,
    change_action,
    close_review,
    decline_review,
    open_review,
    quote_record,
    quote_words,
    reopen_review,
    set_action_status,
    withdraw_answer,
)
from nearmiss_kit.review.reading import list_reviews, read_learning_points, read_review, read_reviews
from nearmiss_kit.review.gate import judge_findings
from nearmiss_kit.review.timeline import read_timeline
from nearmiss_kit.review.checks import check_review, study_person, study_review, study_reviews
from nearmiss_kit.review.proposals import list_sentences, list_stop_passages, propose_evidence
from nearmiss_kit.review.actions import list_actions, write_actions
from nearmiss_kit.review.return_watch import watch_return
from nearmiss_kit.review.summary import build_agenda, build_invitation, build_review_facts
from nearmiss_kit.review.releasing import release_review
from nearmiss_kit.review.plain_words import check_easy_read, load_plain_words
from nearmiss_kit.review.outcome import build_easy_read
from nearmiss_kit.review.feedback import build_you_said
from nearmiss_kit.review.examples import write_examples
from nearmiss_kit.report.build import build_report
from nearmiss_kit.report.render import write_report
from nearmiss_kit.report.review_page import write_agenda, write_invitation, write_review_report
from nearmiss_kit.report.board import build_board_summary
from nearmiss_kit.report.framework_files import load_framework, load_frameworks
from nearmiss_kit.report.evidence_pack import build_evidence_pack
from nearmiss_kit.report.kind_pages import write_board_summary, write_easy_read, write_evidence_pack, write_you_said
from nearmiss_kit.report.pages import (
    show_circumstances,
    show_comparison,
    show_findings,
    show_lexicon,
    show_limits,
    show_mapping,
    show_months,
    show_records,
    show_services,
    show_side_by_side,
    show_story,
    show_themes,
    show_together,
    show_voices,
)
from nearmiss_kit.report.readings import show_agreement, show_trust
from nearmiss_kit.report.changes import show_change, show_measures
from nearmiss_kit.report.learning import show_learning_points
from nearmiss_kit.panels.evidence_browser import browse_evidence
from nearmiss_kit.panels.reading_panel import read_sample
from nearmiss_kit.panels.review_panel import run_review, show_examples
from nearmiss_kit.panels.change_panel import choose_change
from nearmiss_kit.panels.learning_panel import write_learning_point
from nearmiss_kit.panels.clearing_panel import clear_quotations
from nearmiss_kit.panels.term_workshop import open_workshop

__all__ = [
    "AnalysisError",
    "DecisionsError",
    "LexiconError",
    "NearMissError",
    "RecordsError",
    "Release",
    "ReportError",
    "ReviewError",
    "add_action",
    "add_learning_point",
    "add_participant",
    "add_request",
    "answer_field",
    "answer_request",
    "append_decision",
    "append_entry",
    "apply_decisions",
    "browse_evidence",
    "build_agenda",
    "build_board_summary",
    "build_easy_read",
    "build_evidence_pack",
    "build_invitation",
    "build_report",
    "build_review_facts",
    "build_you_said",
    "change_action",
    "chart_days_between",
    "chart_measure",
    "check_easy_read",
    "check_review",
    "check_store",
    "choose_change",
    "clear_identifiers",
    "clear_quotation",
    "clear_quotations",
    "close_review",
    "copy_lexicon",
    "correct_prevalence",
    "count_by_month",
    "count_pairs",
    "count_themes",
    "count_themes_by",
    "decline_review",
    "draw_reading_sample",
    "erase_person",
    "export_store",
    "find_lexicon",
    "forget_local_learning",
    "judge_findings",
    "keep_term",
    "learn_from_decisions",
    "list_actions",
    "list_disagreements",
    "list_event_days",
    "list_family",
    "list_lapsed",
    "list_people",
    "list_readings",
    "list_reviews",
    "list_sentences",
    "list_small_groups",
    "list_stop_passages",
    "list_unresolved",
    "load_bank",
    "load_decisions",
    "load_entries",
    "load_form",
    "load_framework",
    "load_frameworks",
    "load_gold",
    "load_house_rules",
    "load_lexicon",
    "load_local_learning",
    "load_plain_words",
    "load_records",
    "measure_agreement",
    "open_review",
    "open_workshop",
    "pair_readings",
    "propose_evidence",
    "propose_mapping",
    "propose_review",
    "pseudonymise_records",
    "quote_record",
    "quote_words",
    "read_learning_points",
    "read_review",
    "read_reviews",
    "read_sample",
    "read_story",
    "read_timeline",
    "refuse_unresolved",
    "release_review",
    "reopen_review",
    "run_review",
    "save_mapping",
    "save_records",
    "say_small_groups",
    "score_tags",
    "screen_identifiers",
    "set_action_status",
    "shipped",
    "show_agreement",
    "show_change",
    "show_circumstances",
    "show_comparison",
    "show_examples",
    "show_findings",
    "show_learning_points",
    "show_lexicon",
    "show_limits",
    "show_mapping",
    "show_measures",
    "show_months",
    "show_records",
    "show_services",
    "show_side_by_side",
    "show_story",
    "show_themes",
    "show_together",
    "show_trust",
    "show_voices",
    "stream_tags",
    "study_person",
    "study_review",
    "study_reviews",
    "tag_records",
    "try_term",
    "undo_decision",
    "undo_entry",
    "warn_of_folder",
    "watch_return",
    "withdraw_answer",
    "write_actions",
    "write_agenda",
    "write_board_summary",
    "write_easy_read",
    "write_evidence_pack",
    "write_examples",
    "write_invitation",
    "write_learning_point",
    "write_report",
    "write_review_report",
    "write_tags",
    "write_you_said",
]

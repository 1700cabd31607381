"""The action log: what is planned, how it stands, what is overdue, and a copy for a spreadsheet without live formulas."""

import re
from datetime import date
from pathlib import Path

import pandas as pd

from nearmiss_kit.decisions.keeping import write_table
from nearmiss_kit.errors import ReviewError
from nearmiss_kit.review.contents import LASTING, STATUSES
from nearmiss_kit.review.gate import judge_findings
from nearmiss_kit.review.reading import Action, Review

ACTION_COLUMNS = (
    "action_id", "person", "service", "what", "owner", "due", "status", "overdue", "finding", "kind_of_change", "know_by",
    "restricts_anyone", "restriction_review", "plan_to_end", "added_on", "history",
)  # fmt: skip
ACTION_FILES = (".csv", ".xlsx")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # a workbook is XML and cannot hold these


def list_actions(reviews: tuple[Review, ...], *, today: date) -> pd.DataFrame:
    """The actions of one review or several: one row is one action (ACTION_COLUMNS), overdue ones first, then by due day.

    `finding` is its name as people read it; `history` is what was said about it, oldest first, in one text.
    """
    rows = [_make_row(review, action, today) for review in reviews for action in review.actions]
    table = pd.DataFrame(rows, columns=list(ACTION_COLUMNS))
    return table.sort_values(["overdue", "due"], ascending=[False, True], kind="stable", ignore_index=True)


def _make_row(review: Review, action: Action, today: date) -> dict[str, object]:
    plan = action.plan
    names = {finding.finding: finding.name for finding in judge_findings(review)}
    return {
        "action_id": action.action_id,
        "person": review.opening.person,
        "service": review.opening.service,
        "what": plan.what,
        "owner": plan.owner,
        "due": plan.due.isoformat(),
        "status": STATUSES[action.status].split(",")[0],
        "overdue": action.is_overdue(today),
        "finding": names.get(plan.finding, plan.finding),
        "kind_of_change": LASTING[plan.lasting],
        "know_by": plan.know_by,
        "restricts_anyone": plan.restricts_anyone,
        "restriction_review": plan.restriction_review.isoformat() if plan.restriction_review else "",
        "plan_to_end": plan.plan_to_end,
        "added_on": action.added_on.isoformat(),
        "history": "; ".join(f"{said.on.isoformat()} {said.status}: {said.note} ({who})" for said, who in action.history),
    }


def write_actions(actions: pd.DataFrame, path: str | Path) -> Path:
    """Write list_actions as .csv or .xlsx by the suffix of its name; no cell is a live formula.

    Raises ReviewError for another suffix, or where the file cannot be written.
    """
    path = Path(path)
    writers = {".csv": _write_csv, ".xlsx": _write_workbook}
    if path.suffix.lower() not in writers:
        raise ReviewError(
            f"{path.name}: actions are written as {' or '.join(ACTION_FILES)}. Give a name with one of these endings."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writers[path.suffix.lower()](actions, path)
    except OSError as fault:
        raise ReviewError(f"{path}: the actions cannot be written there ({fault.strerror}). Choose another folder.") from None
    return path


def _write_csv(actions: pd.DataFrame, path: Path) -> None:
    rows = actions.to_dict("records")
    write_table(rows or [dict.fromkeys(actions.columns, "")], path)


def _write_workbook(actions: pd.DataFrame, path: Path) -> None:
    from openpyxl import Workbook  # only here: it takes longer to import than most commands take to run

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Actions")
    sheet.freeze_panes = "A2"
    for row in [list(actions.columns), *actions.itertuples(index=False, name=None)]:
        sheet.append([_make_cell(sheet, value) for value in row])
    book.save(path)


def _make_cell(sheet: object, value: object) -> object:
    """A cell that stays text, whatever it begins with: openpyxl would make a formula of “=”."""
    from openpyxl.cell import WriteOnlyCell

    words = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    cell = WriteOnlyCell(sheet, value=_NOT_IN_XML.sub("", str(words)))
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell

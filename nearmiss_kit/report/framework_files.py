"""Frameworks of regulators as data files: their statements, their version, and what the kit sets against each."""

import re
from functools import cache
from pathlib import Path

from pydantic import model_validator

from nearmiss_kit.errors import ReportError, ReviewError
from nearmiss_kit.review.form import Strict, read_yaml

FOLDER = Path(__file__).with_name("frameworks")
SHIPPED = ("cqc_quality_statements.yaml", "cqc_draft_key_lines.yaml")
REQUESTS = "requests"  # stands in `asked` for what was asked of funders, health and housing


class FrameworkStatement(Strict):
    """One statement: its name, which is the regulator's, and what we set against it and why, which is ours.

    `codes` are themes as family/code; `asked` are questions of the review form, or REQUESTS.
    """

    name: str
    codes: tuple[str, ...]
    asked: tuple[str, ...]
    why: str


class KeyQuestion(Strict):
    """One key question with its statements, in the regulator's order."""

    name: str
    statements: tuple[FrameworkStatement, ...]


class Framework(Strict):
    """One framework. `version` and `status` are printed wherever it is used; `mapping` is the version of what is ours."""

    id: str
    name: str
    body: str
    version: str
    status: str
    looked_up: str
    mapping: str
    questions: tuple[KeyQuestion, ...]

    @model_validator(mode="after")
    def _check(self) -> "Framework":
        if not re.fullmatch("[a-z0-9-]+", self.id):
            raise ValueError("the id of a framework is made of small letters, numbers and hyphens")
        names = [statement.name for statement in self.statements]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"these statements stand twice: {', '.join(twice)}")
        return self

    @property
    def statements(self) -> tuple[FrameworkStatement, ...]:
        """Every statement in the regulator's order."""
        return tuple(statement for question in self.questions for statement in question.statements)


def load_framework(path: str | Path) -> Framework:
    """A framework file of your own, made after one of the kit's. Raises ReportError with file and line for every fault."""
    try:
        return read_yaml(path, Framework)
    except ReviewError as fault:
        raise ReportError(str(fault)) from None


@cache
def load_frameworks() -> tuple[Framework, ...]:
    """The frameworks that come with the kit: CQC's 34 quality statements, and its 24 draft key lines."""
    return tuple(load_framework(FOLDER / name) for name in SHIPPED)

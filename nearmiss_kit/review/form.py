"""The review form, read from form.yaml: every question of a learning review, with the twelve of the first pass marked."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from nearmiss_kit.errors import ReviewError, raise_all
from nearmiss_kit.tagging.yaml_text import YamlError, YamlText

FIRST_PASS_AT_MOST = 12  # answers; what fits into the first 45 minutes
NOT_LOOKED_AT = "not looked at"
Kind = Literal["text", "date", "choice", "many", "actions"]
Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """A block of a YAML file in which every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(Strict):
    """Something that can be chosen, or a row that is asked about: its id, and its name as people read it."""

    id: str
    name: str


class Question(Strict):
    """One question. With rows it is asked once for each of them."""

    id: str
    ask: str
    kind: Kind
    options: tuple[Option, ...] = ()
    answers: str = ""
    rows: tuple[Option, ...] = ()
    first_pass: bool = False


class Section(Strict):
    """A step of the review: its questions in reading order."""

    id: str
    name: str
    says: str = ""
    questions: tuple[Question, ...]


class Field(Strict):
    """One place for one answer. `id` is section.question, with .row behind it where the question has rows."""

    id: str
    ask: str
    row: str
    kind: Kind
    options: tuple[Option, ...]
    first_pass: bool


class Form(Strict):
    """The form: its sections, and the lists of answers that several questions share."""

    version: str
    answers: Mapping[str, tuple[Option, ...]]
    sections: tuple[Section, ...]

    @model_validator(mode="after")
    def _check(self) -> "Form":
        ids = [field.id for field in self.fields]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"these questions stand twice: {', '.join(twice)}")
        unknown = sorted({q.answers for s in self.sections for q in s.questions} - {"", *self.answers})
        if unknown:
            raise ValueError(f"there is no list of answers {', '.join(unknown)}")
        if len(self.first_pass) > FIRST_PASS_AT_MOST:
            raise ValueError(f"the first pass asks {len(self.first_pass)} questions; it may ask {FIRST_PASS_AT_MOST}")
        return self

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every place for an answer, in reading order."""
        return tuple(
            Field(
                id=f"{section.id}.{question.id}" + (f".{row.id}" if row.id else ""),
                ask=question.ask,
                row=row.name,
                kind=question.kind,
                options=question.options or self.answers.get(question.answers, ()),
                first_pass=question.first_pass,
            )
            for section in self.sections
            for question in section.questions
            for row in (question.rows or (Option(id="", name=""),))
        )

    @property
    def first_pass(self) -> tuple[str, ...]:
        """The questions of the first pass, as section.question."""
        return tuple(f"{s.id}.{q.id}" for s in self.sections for q in s.questions if q.first_pass)

    def find_field(self, field_id: str) -> Field:
        """The field of that id. Raises ReviewError where there is none."""
        for field in self.fields:
            if field.id == field_id:
                return field
        raise ReviewError(f"The form has no question “{field_id}”.")

    def list_options(self, field_id: str) -> dict[str, str]:
        """What can be answered to a question, or which rows it has where `field_id` names a question with rows: {id: name}."""
        for section in self.sections:
            for question in section.questions:
                if f"{section.id}.{question.id}" == field_id:
                    return {
                        option.id: option.name
                        for option in (*question.rows, *(() if question.rows else self.find_field(field_id).options))
                    }
        return {option.id: option.name for option in self.find_field(field_id).options}


def load_form(path: str | Path | None = None) -> Form:
    """The review form at `path`, or the kit's own. Raises ReviewError with file and line for every fault."""
    return _load_own_form() if path is None else read_yaml(path, Form)


@cache
def _load_own_form() -> Form:
    return read_yaml(Path(__file__).with_name("form.yaml"), Form)


def read_yaml(path: str | Path, model: type[Model]) -> Model:
    """A YAML file checked whole against a model. Raises ReviewError with file and line for every fault."""
    path = Path(path)
    try:
        text = YamlText(path.read_text(encoding="utf-8"))
        return model.model_validate(text.data)
    except OSError as fault:
        raise ReviewError(f"{path} cannot be opened ({fault.strerror}). Check the name.") from None
    except UnicodeDecodeError:
        raise ReviewError(f"{path.name} is not written in UTF-8. Save it as UTF-8 and try again.") from None
    except YamlError as fault:
        raise ReviewError(f"{path.name}, line {fault.line}: {fault.problem}. Mend this line and try again.") from None
    except ValidationError as refusal:
        faults = [f"{path.name}, line {text.line_of(fault['loc'])}: {_say_fault(fault)}" for fault in refusal.errors()]
    raise_all(faults, ReviewError, "This file cannot be used yet. Please put right:")
    raise AssertionError  # a refusal always has a fault


def _say_fault(fault: Mapping[str, Any]) -> str:
    where = str(fault["loc"][-1]) if fault["loc"] else "the file"
    words = {"missing": "is missing", "extra_forbidden": "is not known here; check the spelling"}
    return f"“{where}” {words.get(fault['type'], fault['msg'].removeprefix('Value error, '))}."


def check_answer(form: Form, field_id: str, value: Any) -> None:
    """Refuse an answer that does not fit its question, with a ReviewError that says what would."""
    field = form.find_field(field_id)
    known = {option.id for option in field.options}
    if field.kind == "actions":
        raise ReviewError("This question is answered in the action log: add an action.")
    if field.kind == "text" and not (isinstance(value, str) and value.strip()):
        raise ReviewError(f"“{field.ask}” asks for words.")
    if field.kind == "date" and not _is_day(value):
        raise ReviewError(f"“{field.ask}” asks for a day, written as 2026-01-31.")
    if field.kind == "choice" and not (isinstance(value, str) and value in known):
        raise ReviewError(f"“{field.ask}” asks for one of {', '.join(option.name for option in field.options)}.")
    if field.kind == "many" and not (isinstance(value, list) and value and all(isinstance(v, str) and v in known for v in value)):
        raise ReviewError(f"“{field.ask}” asks for some of {', '.join(option.name for option in field.options)}.")
    if field.kind == "many" and "none" in value and len(value) > 1:
        raise ReviewError(f"“{field.ask}” cannot be answered with none of these and something as well.")


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False

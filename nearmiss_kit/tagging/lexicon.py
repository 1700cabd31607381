"""Lexicon files: what people edit, read whole, checked whole, refused with file and line."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, RootModel, StrictInt, StrictStr, StringConstraints, ValidationError

from nearmiss_kit.errors import LexiconError, raise_all
from nearmiss_kit.tagging.terms import GAP, Place, TermError, parse_term
from nearmiss_kit.tagging.yaml_text import YamlError, YamlText

Assertion = Literal["affirmed", "negated", "historical", "hypothetical", "uncertain"]
BRITISH_CUES = "assertion.yaml"
ASSERTED = ("affirmed", "negated", "historical", "hypothetical", "uncertain")
Voice = Literal["person", "staff", "family", "clinical", "commissioner", "other"]
Text = Annotated[StrictStr, StringConstraints(strip_whitespace=True, min_length=1)]
OfTen = Annotated[StrictInt, Field(ge=0, le=10)]
COUNTS_ALONE = 7  # a term that holds in fewer of ten passages is proposed, and waits for the learned layer or a reader


Model = TypeVar("Model", bound=BaseModel)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Term(_Entry):
    """One term: an expression, when it is wrong, and examples it must tag and must leave alone.

    `holds_in_ten` says in how many of ten passages with these words a reader would mark the code. It stands only where that
    is below eight; a term without it counts.
    """

    term: Text
    sub_theme: Text
    example: Text
    wrong_when: Text
    counter_example: Text | None = None
    unless: tuple[Text, ...] = ()
    needs: tuple[Text, ...] = ()
    exact_case: bool = False
    assertion: Assertion = "affirmed"
    holds_in_ten: OfTen | None = None

    @property
    def counts_alone(self) -> bool:
        """Whether these words count without the learned layer."""
        return self.holds_in_ten is None or self.holds_in_ten >= COUNTS_ALONE


class Code(_Entry):
    """One code: its definition, what to include and exclude, examples, and its terms."""

    family: Text
    code: Text
    name: Text
    definition: Text
    include: tuple[Text, ...]
    exclude: tuple[Text, ...]
    examples: tuple[Text, ...]
    counter_examples: tuple[Text, ...]
    terms: tuple[Term, ...]


class Family(_Entry):
    """One family of codes, with the question it answers and its codes in reading order."""

    id: Text
    name: Text
    question: Text
    codes: tuple[Text, ...]


class _Contents(_Entry):
    name: Text
    version: Text
    families: tuple[Family, ...]


class Reaches(_Entry):
    """Cues of one assertion: before a term, before a list of terms, after a term, right after it, or anywhere near it."""

    forward: tuple[Text, ...] = ()
    list: tuple[Text, ...] = ()
    backward: tuple[Text, ...] = ()
    next: tuple[Text, ...] = ()
    sentence: tuple[Text, ...] = ()


class AssertionRules(_Entry):
    """The cues and headings that set an assertion, what ends a cue, and how far it reaches forward and back (in words)."""

    negated: Reaches
    hypothetical: Reaches
    historical: Reaches
    uncertain: Reaches
    affirmed: Reaches
    not_a_cue: tuple[Text, ...]
    questions: tuple[Text, ...]
    stops: tuple[Text, ...]
    subjects: tuple[Text, ...]
    joins: tuple[Text, ...]
    present: tuple[Text, ...]
    breaks: tuple[Text, ...]
    reach: int
    reach_back: int
    opening: int
    deniable: tuple[Text, ...]
    threats: tuple[Text, ...]
    threatened: tuple[Text, ...]
    headings: Mapping[Assertion, tuple[Text, ...]]


class VoiceRules(_Entry):
    """The words that say whose voice it is: in an author's role, in reported speech, in a heading, and said of oneself."""

    roles: Mapping[Voice, tuple[Text, ...]]
    reported: Mapping[Voice, tuple[Text, ...]]
    headings: Mapping[Voice, tuple[Text, ...]]
    first_person: Mapping[Voice, tuple[Text, ...]]


class _WordLists(RootModel[dict[Text, tuple[Text, ...]]]):
    pass


@dataclass(frozen=True)
class Lexicon:
    """Everything the lexicon layer knows, read from a folder of YAML files.

    `codes` are in reading order. `version` is the version people gave it and eight characters of the
    files' fingerprint, so that an edited lexicon never passes for the one that was published.
    """

    name: str
    version: str
    families: tuple[Family, ...]
    codes: tuple[Code, ...]
    assertion: AssertionRules
    voices: VoiceRules
    word_lists: Mapping[str, tuple[str, ...]] = field(repr=False)
    _parsed: dict[str, list[list[Place]]] = field(default_factory=dict, repr=False, compare=False)

    def find_code(self, family: str, code: str) -> Code:
        """The code `family`/`code`. Raises KeyError where there is none."""
        for entry in self.codes:
            if (entry.family, entry.code) == (family, code):
                return entry
        raise KeyError(f"{family}/{code}")

    def parse(self, expression: str) -> list[list[Place]]:
        """The parts of a term or cue, each a list of places; parsed once. Raises TermError as parse_term does."""
        if expression not in self._parsed:
            self._parsed[expression] = parse_term(expression, self.word_lists)
        return self._parsed[expression]

    def name_of(self, family: str, code: str) -> str:
        """The name of a code as people read it."""
        return self.find_code(family, code).name


def load_lexicon(folder: str | Path, *, cues: str = BRITISH_CUES) -> Lexicon:
    """Read the lexicon in `folder` (lexicon.yaml, word_lists.yaml, assertion.yaml, voices.yaml, one file a code).

    `cues` is the file of assertion cues; beside the British one stands assertion_clinical_us.yaml, for American
    clinical notes.

    Every file is read and every fault collected before anything is refused. Raises LexiconError, with
    file and line for each fault, where a file is missing or is no YAML, where a key is unknown or
    missing, where a term is not text or cannot be understood, or where the folders and lexicon.yaml disagree.
    """
    reader = _Reader(Path(folder))
    contents = reader.read("lexicon.yaml", _Contents)
    word_lists = reader.read("word_lists.yaml", _WordLists)
    assertion = reader.read(cues, AssertionRules)
    voices = reader.read("voices.yaml", VoiceRules)
    codes = tuple(reader.read_codes(contents)) if contents else ()
    reader.refuse_faults()
    assert contents and word_lists and assertion and voices
    version = f"{contents.version}+{reader.fingerprint.hexdigest()[:8]}"
    lexicon = Lexicon(contents.name, version, contents.families, codes, assertion, voices, word_lists.root)
    reader.check_terms(lexicon, cues)
    reader.refuse_faults()
    return lexicon


class _Reader:
    """Reads the files of one folder, collecting faults and a fingerprint of what was read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[str] = []
        self.files: dict[str, YamlText] = {}
        self.fingerprint = hashlib.sha256()
        if not folder.is_dir():
            raise LexiconError(f"There is no lexicon folder {folder}. Give the folder that holds lexicon.yaml.")

    def load(self, name: str) -> YamlText | None:
        try:
            text = (self.folder / name).read_text(encoding="utf-8")
            self.fingerprint.update(f"{name}\n{text}\n".encode())
            self.files[name] = YamlText(text)
            return self.files[name]
        except FileNotFoundError:
            self.faults.append(f"{name}: the file is missing.")
        except OSError as fault:
            self.faults.append(f"{name}: the file cannot be read ({fault.strerror}).")
        except UnicodeDecodeError:
            self.faults.append(f"{name}: the file is not UTF-8 text. Save it again as UTF-8.")
        except YamlError as fault:
            self.faults.append(f"{name}, line {fault.line}: not valid YAML ({fault.problem}). {_YAML_CURE}")
        return None

    def read(self, name: str, model: type[Model]) -> Model | None:
        file = self.load(name)
        return None if file is None else self._validate(name, file, model)

    def read_codes(self, contents: _Contents) -> Iterator[Code]:
        for family in contents.families:
            self._check_folder(family)
            for code in family.codes:
                name = f"{family.id}/{code}.yaml"
                entry = self.read(name, Code)
                if entry and (entry.family, entry.code) != (family.id, code):
                    self.faults.append(f"{name}: it says {entry.family}/{entry.code}; its place says {family.id}/{code}.")
                elif entry:
                    yield entry

    def check_terms(self, lexicon: Lexicon, cues: str) -> None:
        for code in lexicon.codes:
            name = f"{code.family}/{code.code}.yaml"
            for index, term in enumerate(code.terms):
                for expression in (term.term, *term.unless, *term.needs):
                    self._check_expression(lexicon, name, ("terms", index), expression)
                if term.exact_case and GAP in term.term:
                    self._add_fault(name, ("terms", index), f"“{term.term}” cannot have both “{GAP}” and exact_case.")
        for key, expressions in _list_cues(lexicon.assertion):
            for expression in expressions:
                self._check_expression(lexicon, cues, (key,), expression, gaps=False)
        for key in ("reported", "headings", "first_person"):
            for voice, expressions in getattr(lexicon.voices, key).items():
                for expression in expressions:
                    self._check_expression(lexicon, "voices.yaml", (key, voice), expression, gaps=False)

    def _check_expression(
        self, lexicon: Lexicon, name: str, place: tuple[str | int, ...], expression: str, *, gaps: bool = True
    ) -> None:
        try:
            parts = lexicon.parse(expression)
            if not gaps and len(parts) > 1:
                raise TermError(f"“{GAP}” has no place here")
        except TermError as fault:
            self._add_fault(name, place, f"the term “{expression}” cannot be used: {fault}.")

    def _add_fault(self, name: str, place: tuple[str | int, ...], text: str) -> None:
        self.faults.append(f"{name}, line {self.files[name].line_of(place)}: {text}")

    def refuse_faults(self) -> None:
        raise_all(self.faults, LexiconError, f"The lexicon in {self.folder} cannot be used yet. Please put right:")

    def _check_folder(self, family: Family) -> None:
        listed = {f"{code}.yaml" for code in family.codes}
        for path in sorted((self.folder / family.id).glob("*.yaml")):
            if path.name not in listed:
                cure = "Add the code to its family there, or remove the file."
                self.faults.append(f"{family.id}/{path.name}: lexicon.yaml does not list this code. {cure}")

    def _validate(self, name: str, file: YamlText, model: type[Model]) -> Model | None:
        try:
            return model.model_validate(file.data)
        except ValidationError as invalid:
            for error in invalid.errors():
                self._add_fault(name, error["loc"], _say_fault(error))
        return None


_YAML_CURE = "A text that begins with [ { ? : - or a quotation mark, or holds “: ”, must stand in quotation marks."
_PLAIN_FAULTS = {
    "missing": "“{key}” is missing.",
    "extra_forbidden": "“{key}” is not a key the kit knows.",
    "string_type": "“{key}” must be text; put it in quotation marks (YAML reads no, 2:1 or 7 in its own way).",
    "string_too_short": "“{key}” is empty.",
    "tuple_type": "“{key}” must be a list.",
    "model_type": "“{key}” must be a block of keys and values.",
    "int_type": "“{key}” must be a whole number from 0 to 10, without quotation marks.",
    "greater_than_equal": "“{key}” must be a whole number from 0 to 10.",
    "less_than_equal": "“{key}” must be a whole number from 0 to 10.",
}


def _say_fault(error: Any) -> str:
    key = next((part for part in reversed(error["loc"]) if isinstance(part, str)), "this file")
    return _PLAIN_FAULTS.get(error["type"], "“{key}”: " + error["msg"] + ".").format(key=key)


def _list_cues(rules: AssertionRules) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key in ASSERTED:
        yield key, tuple(cue for _, cues in getattr(rules, key) for cue in cues)
    for key in ("not_a_cue", "questions", "stops", "subjects", "joins", "present"):
        yield key, getattr(rules, key)
    yield "headings", tuple(heading for headings in rules.headings.values() for heading in headings)

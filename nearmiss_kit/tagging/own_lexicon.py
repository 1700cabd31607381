"""A reader's own lexicon: a copy of the one that comes with the kit, to which terms are added, comments and order kept."""

import io
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile, mkdtemp

import pandas as pd
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from nearmiss_kit.errors import LexiconError, raise_all
from nearmiss_kit.shipped import shipped
from nearmiss_kit.tagging.lexicon import Lexicon, Term, load_lexicon
from nearmiss_kit.tagging.workshop import catch_sentences, keep_only, list_faults, write_term

CONTENTS = "lexicon.yaml"
_BANK = "sentence_bank"  # stays with the kit; a copy would be eight thousand lines nobody edits
_MUST_STAND = {
    "sub_theme": "the sub-theme is empty. Say in a word or two what part of the theme it is.",
    "example": "the example is empty. Write a sentence that the term must catch.",
    "wrong_when": "nothing says when the term misleads. Write when it stands and the theme is not meant.",
}


def find_lexicon(folder: str | Path) -> Path:
    """The reader's own lexicon in `folder` where there is one, else the one that comes with the kit."""
    return Path(folder) if (Path(folder) / CONTENTS).is_file() else shipped("lexicons")


def copy_lexicon(folder: str | Path) -> Path:
    """Make the reader's own lexicon in `folder`: a copy of the one that comes with the kit, without the sentence bank.

    A lexicon that is there already is left as it is; the copy does not change when the kit does. Raises LexiconError where
    the folder holds something else, or cannot be written.
    """
    folder = Path(folder)
    _refuse_shipped(folder)
    if (folder / CONTENTS).is_file():
        return folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LexiconError(f"{folder} is there already and is no lexicon. Choose a new folder, or an empty one.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        shutil.copytree(shipped("lexicons"), beside / "copy", ignore=shutil.ignore_patterns(_BANK))
        if folder.exists():
            folder.rmdir()
        (beside / "copy").replace(folder)
        beside.rmdir()
    except OSError as fault:
        raise LexiconError(f"{folder}: the lexicon cannot be copied there ({fault.strerror}). Choose another folder.") from None
    return folder


def keep_term(
    folder: str | Path,
    *,
    family: str,
    code: str,
    term: str,
    sub_theme: str,
    example: str,
    wrong_when: str,
    counter_example: str | None = None,
    unless: Sequence[str] | None = None,
    needs: Sequence[str] | None = None,
    exact_case: bool = False,
) -> Path:
    """Write a term at the end of its theme's file in the reader's own lexicon, and return that file.

    Every comment, every other term and their order stay; the file is replaced in one step, or not at all. Raises
    LexiconError, with every fault, for the lexicon that comes with the kit, a folder that is no lexicon, a theme it has
    not, a term that cannot be understood or stands there already, an empty sub-theme, example or note on when it misleads,
    an example that the term does not catch, and a counter-example that it does.
    """
    folder = Path(folder)
    _refuse_shipped(folder)
    lexicon = load_lexicon(folder)
    written = write_term(
        term, sub_theme=sub_theme, example=example, wrong_when=wrong_when, counter_example=counter_example,
        unless=unless or (), needs=needs or (), exact_case=exact_case,
    )  # fmt: skip
    faults = list_faults(lexicon, family, code, written)
    faults += _list_missing(written) if faults else _list_wrong(lexicon, family, code, written)
    raise_all(faults, LexiconError, "The term was not kept. Please put right:")
    path = folder / family / f"{code}.yaml"
    try:
        text, newline = _read(path)
        _replace_file(path, add_term(text, written), newline)
    except OSError as fault:
        raise LexiconError(
            f"{path}: the term cannot be written there ({fault.strerror}). Close the file and try again."
        ) from None
    return path


def _refuse_shipped(folder: Path) -> None:
    if folder.resolve().is_relative_to(shipped("lexicons").resolve()):
        raise LexiconError(f"{folder} is the lexicon that comes with the kit. Keep terms in a copy of your own: copy_lexicon.")


def _list_missing(written: Term) -> list[str]:
    return [fault for key, fault in _MUST_STAND.items() if not getattr(written, key)]


def _list_wrong(lexicon: Lexicon, family: str, code: str, written: Term) -> list[str]:
    """Why a term that can be understood must not be kept as it is."""
    faults = _list_missing(written)
    if written.term.casefold() in {term.term.casefold() for term in lexicon.find_code(family, code).terms}:
        faults.append(f"“{written.term}” is a term of this theme already.")
    alone = keep_only(lexicon, family, code, written)
    if written.example and not _is_caught(written.example, alone):
        faults.append("the example is not caught as so by the term. Mend one or the other.")
    if written.counter_example and _is_caught(written.counter_example, alone):
        faults.append("the counter-example is caught by the term too. Say what it must not stand with, or narrow the term.")
    return faults


def _is_caught(sentence: str, alone: Lexicon) -> bool:
    caught = catch_sentences(pd.DataFrame({"record_id": ["example"], "narrative": [sentence], "author": [""]}), alone)
    return "affirmed" in set(caught["assertion"])


def add_term(text: str, written: Term) -> str:
    """The text of a theme's file with one term more."""
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    contents = yaml.load(text)
    contents["terms"].append(_lay_out(written))
    out = io.StringIO()
    yaml.dump(contents, out)
    return out.getvalue()


def _lay_out(written: Term) -> CommentedMap:
    """A term as it stands in a file: the keys in the house's order, texts in quotation marks, nothing that is not said."""
    keys = ("term", "sub_theme", "example", "wrong_when", "counter_example", "unless", "needs", "exact_case")
    return CommentedMap((key, _quote(getattr(written, key))) for key in keys if getattr(written, key))


def _quote(value: str | tuple[str, ...] | bool) -> object:
    if isinstance(value, tuple):
        listed = CommentedSeq(DoubleQuotedScalarString(text) for text in value)
        listed.fa.set_flow_style()
        return listed
    return DoubleQuotedScalarString(value) if isinstance(value, str) else value


def _read(path: Path) -> tuple[str, str]:
    """The text of a file, and how its lines end."""
    raw = path.read_bytes()
    return raw.decode("utf-8").replace("\r\n", "\n"), "\r\n" if b"\r\n" in raw else "\n"


def _replace_file(path: Path, text: str, newline: str) -> None:
    """Write beside the file first and put it in its place whole: a power cut leaves the old file or the new one."""
    with NamedTemporaryFile("w", dir=path.parent, suffix=".new", encoding="utf-8", newline=newline, delete=False) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside = Path(file.name)
    try:
        shutil.copymode(path, beside)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise

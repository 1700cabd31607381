"""Write a term, see at once what it would catch and change, and keep it in a lexicon of one's own."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nearmiss_kit.analysis.new_language import find_new_language, list_sides, list_unexplained
from nearmiss_kit.errors import NearMissError
from nearmiss_kit.report.render import render_part
from nearmiss_kit.tagging.lexicon import Lexicon, load_lexicon
from nearmiss_kit.tagging.own_lexicon import copy_lexicon, keep_term
from nearmiss_kit.tagging.tagger import tag_records
from nearmiss_kit.tagging.workshop import try_term

if TYPE_CHECKING:
    import ipywidgets as widgets

MOST_PHRASES = 12  # offered at a time; more nobody reads
_WRITTEN = {
    "term": ("Term", "on my own (for|with) {three_up}"),
    "unless": ("Leave alone beside", "words it must not stand with in a sentence, with commas between"),
    "needs": ("Only beside", "words one of which must stand in the sentence, with commas between"),
    "sub_theme": ("Sub-theme", "what part of the theme it is, in a word or two"),
    "example": ("Example", "a sentence the term must catch; invent it, never copy it from a record"),
    "wrong_when": ("Misleads when", "when the words stand there and the theme is not meant"),
    "counter_example": ("Must not catch", "a sentence it must leave alone, if you know one; invent it too"),
}


def open_workshop(
    records: pd.DataFrame, tags: pd.DataFrame, lexicon: Lexicon, *, folder: str | Path, layer: str = "best"
) -> "widgets.VBox":
    """The lexicon workshop: choose a theme, write a term, try it, and keep it in the lexicon in `folder`.

    `tags` are those of tag_records with the same records, lexicon and `layer`. Nothing is pre-chosen, nothing is written
    until “Keep it” is pressed; then `folder` becomes a copy of the kit's lexicon, if there is none, and the records are
    tagged again. Below stand words that no term knows yet, and records that no theme explains.
    """
    return _Workshop(records, tags, lexicon, Path(folder), layer).panel


class _Workshop:
    """What is in sight, and the table each click is about."""

    def __init__(self, records: pd.DataFrame, tags: pd.DataFrame, lexicon: Lexicon, folder: Path, layer: str) -> None:
        import ipywidgets as widgets  # only needed where there is a notebook to show it

        self._widgets, self._folder, self._layer = widgets, folder, layer
        self._records, self._tags, self._lexicon = records, tags, lexicon
        self.theme = self._choose("Theme", "choose a theme …", [(_name(lexicon, code), code) for code in lexicon.codes])
        self.fields = {key: self._write(*words) for key, words in _WRITTEN.items()}
        self.said, self.trial, self.kept, self.phrases = widgets.HTML(), widgets.HTML(), widgets.HTML(), widgets.VBox()
        self.sides = self._choose("Words in", "choose records …", [(name, name) for name in self._list_sides()])
        self.unexplained = self._choose("Record", "choose a record …", self._list_unexplained())
        self.narrative = widgets.HTML()
        self.sides.observe(lambda change: self._guard(lambda: self._offer(change["new"]), self.said), names="value")
        self.unexplained.observe(lambda change: self._show_record(change["new"]), names="value")
        self.try_it, self.keep_it = self._button("Try it", self._try, self.said), self._button("Keep it", self._keep, self.kept)
        self.panel = self._lay_out()

    def _lay_out(self) -> "widgets.VBox":
        first, rest = list(self.fields.values())[:3], list(self.fields.values())[3:]
        parts = [
            *(self._say("heading", "Try a term"), self.theme, *first, self.try_it, self.said, self.trial),
            *(self._say("heading", "Keep it in your own lexicon"), *rest, self.keep_it, self.kept),
            *(self._say("heading", "Words that no term knows yet"), self.sides, self.phrases),
            *(self._say("heading", "Records that no theme explains"), self.unexplained, self.narrative),
        ]
        return self._widgets.VBox(parts, layout=self._widgets.Layout(width="100%", max_width="60rem"))

    def _try(self) -> None:
        self.trial.value = ""
        words = {key: self._read(key) for key in ("term", "unless", "needs")}
        known = {"family": self._chosen().family, "code": self._chosen().code, "layer": self._layer}
        trial = try_term(self._records, self._tags, self._lexicon, **known, **words)
        self.trial.value = render_part("term_trial", trial, trial.records.to_dict("records"), trial.bank.to_dict("records"))
        self._tell(
            f"“{trial.term}” was tried under {trial.name}: the theme would stand in {trial.records_then} of "
            f"{trial.records_read} records; now it stands in {trial.records_now}.", self.said
        )  # fmt: skip

    def _keep(self) -> None:
        code, words = self._chosen(), {key: self._read(key) for key in _WRITTEN}
        self._tell("The term is being kept, and the records are read again …", self.kept)
        path = keep_term(copy_lexicon(self._folder), family=code.family, code=code.code, **words)
        self._lexicon = load_lexicon(self._folder)
        self._tags = tag_records(self._records, self._lexicon, layer=self._layer)
        self._tell(f"Kept in {path}. The records were read again with it. To take it back, delete it there.", self.kept)

    def _offer(self, side: str | None) -> None:
        self.phrases.children = ()
        if side is None:
            return
        inside = list_sides(self._records, self._tags, self._lexicon)[side]
        found = find_new_language(self._records, self._tags, self._lexicon, inside, most=MOST_PHRASES)
        rows = [self._offer_phrase(phrase) for phrase in found.to_dict("records")]
        self.phrases.children = rows or (self._say("nothing_new"),)

    def _offer_phrase(self, phrase: dict) -> "widgets.VBox":
        def take() -> None:
            self.fields["term"].value = phrase["phrase"]
            self._tell(f"“{phrase['phrase']}” now stands in the term field. Choose a theme and press “Try it”.", self.said)
            self.fields["term"].focus()

        return self._widgets.VBox([self._button(f"Take “{phrase['phrase']}”", take, self.said), self._say("new_phrase", phrase)])

    def _show_record(self, record_id: str | None) -> None:
        found = self._records[self._records["record_id"] == record_id].to_dict("records")
        self.narrative.value = render_part("whole_record", found[0]) if found else ""

    def _list_sides(self) -> list[str]:
        return list(list_sides(self._records, self._tags, self._lexicon))

    def _list_unexplained(self) -> list[tuple[str, str]]:
        left = list_unexplained(self._records, self._tags).to_dict("records")
        return [(f"{row['record_id']}, {row['words']} words", row["record_id"]) for row in left]

    def _chosen(self) -> object:
        if self.theme.value is None:
            raise NearMissError("No theme is chosen. Choose the theme that the words are about.")
        return self.theme.value

    def _read(self, key: str) -> str | list[str]:
        value = self.fields[key].value
        return value.split(",") if key in ("unless", "needs") else value

    def _tell(self, text: str, where: "widgets.HTML", *, refused: bool = False) -> None:
        where.value = render_part("status", text, refused)

    def _guard(self, call: Callable[[], None], where: "widgets.HTML") -> None:
        """Make the one call of a click, and say beside it why it was refused."""
        try:
            call()
        except NearMissError as fault:
            self._tell(str(fault), where, refused=True)

    def _say(self, macro: str, *given: object) -> "widgets.HTML":
        return self._widgets.HTML(render_part(macro, *given))

    def _choose(self, label: str, prompt: str, options: list) -> "widgets.Dropdown":
        return self._widgets.Dropdown(options=[(prompt, None), *options], value=None, description=label, **self._wide())

    def _write(self, label: str, hint: str) -> "widgets.Text":
        # Sent when the field is left: sent at each key, the last letters can arrive after the click on a button.
        return self._widgets.Text(description=label, placeholder=hint, continuous_update=False, **self._wide())

    def _wide(self) -> dict:
        layout = self._widgets.Layout(width="auto", max_width="46rem")
        return {"layout": layout, "style": {"description_width": "9.5rem"}}

    def _button(self, label: str, call: Callable[[], None], where: "widgets.HTML") -> "widgets.Button":
        button = self._widgets.Button(description=label, layout=self._widgets.Layout(width="max-content"))
        button.on_click(lambda _: self._guard(call, where))
        return button


def _name(lexicon: Lexicon, code: object) -> str:
    family = next(family for family in lexicon.families if family.id == code.family)
    return f"{family.name}: {code.name}"

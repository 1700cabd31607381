"""What was measured, said: tables for people to read in a terminal, and plain facts for a program."""

from collections.abc import Iterator, Mapping

import pandas as pd

from nearmiss_kit.tagging.calibration import DRAWS, LEAST_CONFIDENCE, SEED, Calibration
from nearmiss_kit.tagging.evaluation import COVERED, RATES, Evaluation

_SECTIONS = (
    ("all", "All codes together (micro: every mark weighs the same; macro: every code does)", ("sentences", "records")),
    ("family", "By family, of sentences", ("sentences",)),
    ("code", "By code, of sentences", ("sentences",)),
    ("code", "By code, of whole records", ("records",)),
    ("voice", "By voice, of sentences", ("sentences",)),
    ("source", "By layer that proposed, of sentences (each on its own against all marks)", ("sentences",)),
    ("assertion", "By assertion, of codes found by readers and kit alike", ("sentences",)),
)
_NONE = "–"


def say_evaluation(measured: Mapping[str, Evaluation]) -> str:
    """The evaluations in words and tables, `measured` being one for each layer, side by side."""
    first = next(iter(measured.values()))
    parts = ["\n".join(_say_scope(first))]
    parts += [_say_scores(measured, title, by, of) for by, title, of in _SECTIONS]
    for layer, one in measured.items():
        parts += [_say_confusion(one.confusion, layer), _say_calibration(one.calibration, layer)]
    return "\n\n".join(part for part in parts if part)


def list_facts(measured: Mapping[str, Evaluation]) -> dict:
    """The evaluations as a dict that JSON can hold; what is undefined is None, with the reason beside it."""
    return {"seed": SEED, "draws": DRAWS, "covered": COVERED, "layers": {layer: _facts(one) for layer, one in measured.items()}}


def _facts(one: Evaluation) -> dict:
    facts = {name: getattr(one, name) for name in ("records", "sentences", "disputed")}
    facts |= {name: list(getattr(one, name)) for name in ("families", "left_out", "unknown")}
    calibration = one.calibration
    facts["scores"], facts["confusion"] = _rows(one.scores), _rows(one.confusion)
    facts["calibration"] = {
        "error": calibration.error if calibration.proposals else None,
        "by_chance": calibration.by_chance if calibration.proposals else None,
        "proposals": calibration.proposals,
        "least_confidence": LEAST_CONFIDENCE,
        "bins": _rows(calibration.bins),
        "undefined": calibration.undefined,
    }
    return facts


def _rows(table: pd.DataFrame) -> list[dict]:
    return [{key: None if pd.isna(value) else value for key, value in row.items()} for row in table.to_dict("records")]


def _say_scope(one: Evaluation) -> Iterator[str]:
    yield f"{one.sentences} coded sentences of {one.records} records; families scored: {', '.join(one.families) or 'none'}."
    yield f"{one.disputed} codes on which readers did not agree count neither way."
    if one.left_out:
        yield f"Not scored: {', '.join(one.left_out)} (marked by readers nowhere here, or not asked for)."
    if one.unknown:
        yield f"Marked by readers, but not in this lexicon, so always missed: {', '.join(one.unknown)}."
    yield (
        f"In brackets, where {COVERED:.0%} of {DRAWS:,} samples of whole records lie, drawn again by chance with seed {SEED} "
        f"(bootstrap, Efron 1979). {_NONE} means that there is no such number; the last column says why."
    )


def _say_scores(measured: Mapping[str, Evaluation], title: str, by: str, of: tuple[str, ...]) -> str:
    rows = [
        _say_row(score, layer, by == "all", len(measured) > 1)
        for layer, one in measured.items()
        for score in one.scores[(one.scores["by"] == by) & one.scores["of"].isin(of)].to_dict("records")
    ]
    if not rows:
        return ""
    table = pd.DataFrame(rows)
    table = table.sort_values("", kind="stable") if by != "all" else table
    return f"{title}\n{_set_table(table if table['why'].any() else table.drop(columns='why'))}"


def _say_row(score: dict, layer: str, with_unit: bool, with_layer: bool) -> dict[str, str]:
    row = {"": f"{score['of']}, {score['name']}" if with_unit else score["name"]}
    if with_layer:
        row["layer"] = layer
    row |= {"marked": str(score["marked_by_readers"]), "proposed": str(score["proposed"]), "agreed": str(score["agreed"])}
    row |= {rate: _say_rate(score[rate], score[f"{rate}_low"], score[f"{rate}_high"]) for rate in RATES}
    return {**row, "why": score["undefined"]}


def _say_rate(rate: float, low: float, high: float) -> str:
    if pd.isna(rate):
        return _NONE
    return f"{rate:.2f}" if pd.isna(low) else f"{rate:.2f} ({low:.2f}–{high:.2f})"


def _say_confusion(confusion: pd.DataFrame, layer: str) -> str:
    if confusion.empty:
        return ""
    crossed = confusion.pivot(index="readers_say", columns="kit_says", values="sentences").fillna(0).astype(int).astype(str)
    table = crossed.rename_axis(None, axis="columns").reset_index(names="readers say")
    return f"Assertions, layer “{layer}”: what readers said (lines) and what the kit said (columns), in sentences\n{_set_table(table)}"


def _say_calibration(calibration: Calibration, layer: str) -> str:
    title = f"Confidence, layer “{layer}”: "
    if calibration.undefined:
        return f"{title}no calibration error, for {calibration.undefined}"
    rows = [
        {
            "confidence": f"{row.from_confidence:.1f}–{row.to_confidence:.1f}",
            "proposals": str(row.proposals),
            "stated": f"{row.mean_confidence:.2f}",
            "held": f"{row.share_that_held:.2f}",
        }
        for row in calibration.bins.itertuples()
    ]
    return (
        f"{title}expected calibration error {calibration.error:.3f} over {calibration.proposals} affirmed proposals of "
        f"{LEAST_CONFIDENCE} or more:\nthe mean distance between the confidence stated and the share that held (Guo et al. 2017). "
        f"By chance alone, were every confidence\nright, it would be {calibration.by_chance:.3f} with so many (Bröcker and Smith 2007).\n"
        f"{_set_table(pd.DataFrame(rows))}"
    )


def _set_table(table: pd.DataFrame) -> str:
    """Columns of text set under their headings: the first to the left, the others to the right, reasons to the left."""
    widths = {column: max(len(column), *table[column].map(len)) for column in table}
    left = {table.columns[0], "layer", "why"}
    lines = [{column: column for column in table}, *table.to_dict("records")]
    return "\n".join(
        (
            "  " + "  ".join(row[name].ljust(size) if name in left else row[name].rjust(size) for name, size in widths.items())
        ).rstrip()
        for row in lines
    )

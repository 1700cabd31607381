"""Pictures of grids of counts, drawn from facts alone: the only room that draws."""

import base64
from io import BytesIO

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nearmiss_kit.analysis.wording import lower_first
from nearmiss_kit.report.facts import Count, Grid

# One hue from light to dark: it prints in grey and is safe for colour-blind readers.
_PALETTE = sns.light_palette("#0b5563", as_cmap=True)
_INK, _FAINT, _SIGNAL, _SIGN = "#1d2b30", "#c9d3d6", "#8a3b12", "#c98a2b"
_STYLE = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so the picture is the same on every machine
    "font.size": 10,
    "svg.hashsalt": "nearmiss-kit",  # ids in the file are the same at every run
    "text.parse_math": False,  # a $ in a service's name is a dollar
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


def draw_shares(grid: Grid) -> str:
    """A grid of counts as a heatmap: shade is the share of the records read, the words in a cell are the count.

    Returns a data URI of an SVG picture. Empty places of the grid stay blank; 0 is written as a dot.
    """
    with plt.rc_context(_STYLE):
        figure, axes = plt.subplots(figsize=(1.7 + 0.92 * len(grid.columns), 0.9 + 0.42 * len(grid.rows)))
        shares = [[_share(count) for count in counts] for _, counts in grid.rows]
        words = [[_words(count) for count in counts] for _, counts in grid.rows]
        sns.heatmap(
            shares, ax=axes, annot=words, fmt="", cmap=_PALETTE, vmin=0, vmax=max(0.01, *_known(shares)), cbar=False,
            linewidths=1.5, linecolor="white", annot_kws={"fontsize": 8.5},
            xticklabels=_wrap(grid.columns), yticklabels=[name for name, _ in grid.rows],
        )  # fmt: skip
        axes.tick_params(length=0)
        axes.xaxis.tick_top()
        axes.tick_params(axis="x", labelrotation=30 if max(map(len, grid.columns)) > 9 else 0)
        axes.tick_params(axis="y", labelrotation=0)
        for label in axes.get_xticklabels():
            label.set_ha("left" if max(map(len, grid.columns)) > 9 else "center")
        return _to_data_uri(figure)


def draw_months(grid: Grid) -> str:
    """A grid of months by family as bars: records read behind, records with a signal and with an early sign before.

    Returns a data URI of an SVG picture.
    """
    with plt.rc_context(_STYLE):
        figure, axes = plt.subplots(figsize=(9.2, 3.1))
        months = [name for name, _ in grid.rows]
        read = [counts[0].out_of for _, counts in grid.rows]
        sns.barplot(x=months, y=read, ax=axes, color=_FAINT, width=0.86, label="records read")
        for family, colour, width in (("early_sign", _SIGN, 0.6), ("near_miss_signal", _SIGNAL, 0.3)):
            if family not in grid.column_ids:
                continue
            column = grid.column_ids.index(family)
            sns.barplot(
                x=months,
                y=[counts[column].number for _, counts in grid.rows],
                ax=axes,
                color=colour,
                width=width,
                label=f"with {lower_first(grid.columns[column])}",
            )
        _dress_months(axes, months)
        return _to_data_uri(figure)


def _dress_months(axes: Axes, months: list[str]) -> None:
    axes.set_ylabel("records")
    axes.set_xlabel("")
    axes.set_xticks(
        range(len(months)), [f"{month[:3]}\n{month[-4:]}" if place % 3 == 0 else month[:3] for place, month in enumerate(months)]
    )
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.legend(frameon=False, ncols=3, loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.2)
    sns.despine(ax=axes, left=True)
    axes.tick_params(length=0)


def _share(count: Count | None) -> float:
    return float("nan") if count is None or not count.out_of else count.number / count.out_of


def _words(count: Count | None) -> str:
    if count is None:
        return ""
    return str(count) if count.number else "·"


def _known(shares: list[list[float]]) -> list[float]:
    return [share for row in shares for share in row if share == share]


def _wrap(labels: tuple[str, ...]) -> list[str]:
    return [label.replace(" ", "\n", 1) if len(label) > 12 else label for label in labels]


def _to_data_uri(figure: Figure) -> str:
    picture = BytesIO()
    figure.savefig(picture, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    return "data:image/svg+xml;base64," + base64.b64encode(picture.getvalue()).decode("ascii")

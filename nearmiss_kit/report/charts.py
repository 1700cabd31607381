"""Pictures drawn from facts alone, one question each: the only room that draws."""

import base64
from io import BytesIO

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.dates import ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from nearmiss_kit.analysis.wording import lower_first
from nearmiss_kit.analysis.xmr import COLOURS, MEANINGS, XmrChart
from nearmiss_kit.report.facts import Count, FamilyOfThemes, Funnel, Grid, Place
from nearmiss_kit.report.published_facts import PublishedFamily

# One hue from light to dark: it prints in grey and is safe for colour-blind readers.
_PALETTE = sns.light_palette("#0b5563", as_cmap=True)
_INK, _FAINT, _SIGNAL, _SIGN = "#1d2b30", "#c9d3d6", "#8a3b12", "#c98a2b"
_SHAPES = {"common_cause": "o", "improvement": "^", "concern": "v", "higher": "s", "lower": "D"}
_MOST_NAMED = 12  # services named in a funnel; with more only those that stand out are
_MOST_WORDED = 250  # cells of a heatmap with a count in each; with more it is shade alone
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

    Returns a data URI of an SVG picture. Empty places of the grid stay blank; 0 is written as a dot. A large grid is
    shade alone: its numbers stand in the table below.
    """
    across, down = len(grid.columns), len(grid.rows)
    crowded = across * down > _MOST_WORDED
    wide = crowded and across > down
    with plt.rc_context(_STYLE):
        size = (1.7 + (0.3 if wide else 0.92) * across, 0.9 + (0.24 if crowded and not wide else 0.42) * down)
        figure, axes = plt.subplots(figsize=size)
        shares = [[_share(count) for count in counts] for _, counts in grid.rows]
        words = [[_words(count) for count in counts] for _, counts in grid.rows]
        sns.heatmap(
            shares, ax=axes, annot=None if crowded else words, fmt="", cmap=_PALETTE, vmin=0,
            vmax=max(0.01, *_known(shares)), cbar=False, linewidths=1.5, linecolor="white", annot_kws={"fontsize": 8.5},
            xticklabels=_wrap(grid.columns), yticklabels=[name for name, _ in grid.rows],
        )  # fmt: skip
        axes.tick_params(length=0)
        axes.xaxis.tick_top()
        axes.tick_params(axis="x", labelrotation=90 if wide else 30 if max(map(len, grid.columns)) > 9 else 0)
        axes.tick_params(axis="y", labelrotation=0)
        for label in axes.get_xticklabels():
            label.set_ha("left" if max(map(len, grid.columns)) > 9 and not wide else "center")
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


def draw_intervals(family: FamilyOfThemes | PublishedFamily) -> str:
    """The share of records with each theme as a dot, and how far the truth may lie as a line through it; in reading order.

    Where people read a sample, a hollow diamond below is the share after reading, with its own line. Returns a data URI.
    """
    themes = [theme for theme in family.themes if theme.between]
    with plt.rc_context(_STYLE):
        figure, axes = plt.subplots(figsize=(7.4, 0.8 + 0.4 * len(themes)))
        places = range(len(themes))
        axes.hlines(places, [t.between.low for t in themes], [t.between.high for t in themes], color=_INK, linewidth=2)
        sns.scatterplot(x=[t.between.share for t in themes], y=places, ax=axes, color=_INK, s=46, zorder=3, label="marked")
        read = [(place + 0.28, t.checked.corrected) for place, t in enumerate(themes) if t.checked and t.checked.corrected]
        if read:
            ys = [y for y, _ in read]
            axes.hlines(ys, [b.low for _, b in read], [b.high for _, b in read], color=_SIGNAL, linewidth=1.4)
            sns.scatterplot(
                x=[b.share for _, b in read], y=ys, ax=axes, color="white", edgecolor=_SIGNAL, marker="D", s=36, linewidth=1.4,
                zorder=3, label="after reading a sample",
            )  # fmt: skip
        axes.set_yticks(places, [theme.name for theme in themes])
        axes.invert_yaxis()
        axes.set_xlim(left=0)
        axes.set_xlabel("share of the records read")
        _dress_shares(axes, "x")
        return _to_data_uri(figure)


def draw_funnel_chart(funnel: Funnel) -> str:
    """Each service by records read and share, between lines for 95 % (solid) and 99.8 % (dashed); outside ones are named.

    Returns a data URI; "" where there are too few services to compare.
    """
    if not funnel.limits:
        return ""
    read, low95, high95, low998, high998 = zip(*funnel.limits, strict=True)
    with plt.rc_context(_STYLE):
        figure, axes = plt.subplots(figsize=(7.4, 3.9))
        for (low, high), style, label in (((low95, high95), "-", "95 %"), ((low998, high998), "--", "99.8 %")):
            axes.plot(read, low, color=_INK, linestyle=style, linewidth=1, label=f"limits {label}")
            axes.plot(read, high, color=_INK, linestyle=style, linewidth=1)
        axes.axhline(funnel.pooled, color="#7a878b", linewidth=1)
        for out, colour, marker, label in ((False, _INK, "o", "services"), (True, _SIGNAL, "D", "ask why")):
            places = [place for place in funnel.places if place.stands_out == out and place.between]
            x, y = [place.records.out_of for place in places], [place.between.share for place in places]
            if places:
                sns.scatterplot(x=x, y=y, ax=axes, color=colour, marker=marker, s=46, zorder=3, label=label, clip_on=False)
            if out or len(funnel.places) <= _MOST_NAMED:
                for point, names in _join_names(places, x, y).items():
                    axes.annotate(names, point, xytext=(5, 5), textcoords="offset points", fontsize=8.5)
        axes.set_xlabel("records read at the service")
        axes.set_ylabel("share with the theme")
        axes.set_ylim(bottom=0)
        axes.margins(x=0.08)
        _dress_shares(axes, "y")
        return _to_data_uri(figure)


def _join_names(places: list[Place], x: list[int], y: list[float]) -> dict[tuple[int, float], str]:
    """The names of the services at each point: two at one point are read one after the other, not one over the other."""
    joined: dict[tuple[int, float], list[str]] = {}
    for place, *point in zip(places, x, y, strict=True):
        joined.setdefault(tuple(point), []).append(place.service)
    return {point: ", ".join(names) for point, names in joined.items()}


def draw_points(chart: XmrChart, *, unit: str, target: float | None = None) -> str:
    """The points of an XmR chart in order of time with mean and limits, or dots alone where there are too few.

    Colours are those of the NHS “Making Data Count”, and each meaning has its own shape too. Returns a data URI.
    """
    points = chart.points[chart.points["value"].notna()]
    with plt.rc_context(_STYLE):
        figure, axes = plt.subplots(figsize=(9.2, 3.6))
        if chart.kind == "xmr":
            sns.lineplot(
                x=points["date"], y=points["value"], ax=axes, estimator=None, color=COLOURS["common_cause"], linewidth=1.6
            )
            for _, part in chart.points.groupby("part"):
                axes.plot(part["date"], part["mean"], color=_INK, linewidth=1)
                for line in ("lower_limit", "upper_limit"):
                    axes.plot(part["date"], part[line], color=_INK, linewidth=1, linestyle="--")
        for meaning, here in points.groupby("meaning"):
            sns.scatterplot(
                x=here["date"], y=here["value"], ax=axes, color=COLOURS[meaning], marker=_SHAPES[meaning], s=62, zorder=3,
                edgecolor=_INK, linewidth=0.5, label=MEANINGS[meaning] if chart.kind == "xmr" else None,
            )  # fmt: skip
        if target is not None:
            axes.axhline(target, color=COLOURS["target"], linewidth=1.4, label="target")
        axes.set_ylabel(unit)
        axes.set_xlabel("")
        axes.xaxis.set_major_formatter(ConciseDateFormatter(axes.xaxis.get_major_locator()))
        _dress(axes)
        return _to_data_uri(figure)


def _dress_shares(axes: Axes, side: str) -> None:
    getattr(axes, f"{side}axis").set_major_formatter(PercentFormatter(xmax=1, decimals=0))
    _dress(axes)


def _dress(axes: Axes) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, ncols=4, loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.2)
    sns.despine(ax=axes, left=True)
    axes.tick_params(length=0)


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

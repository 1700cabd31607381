"""The review panel: choose a person, stop first, open or decline, answer the first pass, look at everything else."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nearmiss_kit.decisions.entries import load_entries
from nearmiss_kit.review.examples import write_examples
from nearmiss_kit.review.house_rules import HouseRules, load_house_rules
from nearmiss_kit.review.reading import list_reviews
from nearmiss_kit.tagging.lexicon import Lexicon

if TYPE_CHECKING:
    import ipywidgets as widgets


def run_review(
    records: pd.DataFrame,
    tags: pd.DataFrame,
    *,
    store: str | Path,
    lexicon: Lexicon,
    rules: HouseRules | None = None,
    now: Callable[[], datetime] = datetime.now,
) -> "widgets.VBox":
    """The review of one person's placement, to click and write in; every click is in `store` before the page says so.

    `records` and `tags` are those of load_records and tag_records. Nothing is chosen beforehand. Reports are written into
    the folder `reports` beside the store.
    """
    from nearmiss_kit.panels.desk import Desk
    from nearmiss_kit.panels.review_page import ReviewPage  # ipywidgets is only needed where there is a notebook to show it

    desk = Desk(records, tags, lexicon, store=store, rules=rules or load_house_rules(), now=now)
    return ReviewPage(desk).box


def show_examples(
    records: pd.DataFrame, tags: pd.DataFrame, *, store: str | Path, lexicon: Lexicon, now: Callable[[], datetime] = datetime.now
) -> "widgets.VBox":
    """The three worked reviews of the sample records in the same panel; they are written into `store` the first time."""
    if list_reviews(load_entries(store)).empty:
        write_examples(store, records)
    return run_review(records, tags, store=store, lexicon=lexicon, now=now)

"""What the commands share: options, exit codes, and how a refusal is said."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path

import click

import nearmiss_kit as nk
from nearmiss_kit.tagging.learned import LAYERS

PUT_RIGHT, WRONG_USE = 1, 2  # exit codes: something to put right in the records; wrong use or unreadable
LAYER = click.option(
    "--layer", type=click.Choice(LAYERS), default="best", show_default=True, help="The learned layer beside the lexicon."
)
LOCAL = click.option(
    "--local", type=click.Path(path_type=Path), help="Correct the learned layer by what was learned in this store of decisions."
)
RECORDS = click.argument("records", nargs=-1, required=True, type=click.Path(path_type=Path))
MAPPING = click.option(
    "--mapping", type=click.Path(path_type=Path), help="Which heading is which column: a file of save_mapping."
)
LEXICON = click.option("--lexicon", type=click.Path(path_type=Path), help="A lexicon folder of your own.  [default: the kit's]")


def say_refusals(command: Callable) -> Callable:
    """Let a refusal of the kit end a command with its message and exit code 2, without a traceback."""

    @wraps(command)
    def guarded(*args: object, **kwargs: object) -> None:
        try:
            command(*args, **kwargs)
        except nk.NearMissError as refusal:
            click.echo(str(refusal), err=True)
            sys.exit(WRONG_USE)

    return guarded


def refuse_overwriting(records: tuple[Path, ...], out: Path, *, option: str = "--out") -> None:
    """Refuse to write where the records are: over a file that is read, or into a folder that is read."""
    target = out.resolve()
    for path in records:
        if target == path.resolve() or path.resolve() in target.parents:
            raise nk.NearMissError(f"{out} would be written among the records. Give {option} a name in another folder.")

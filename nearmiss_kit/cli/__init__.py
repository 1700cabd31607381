"""The command line: `nearmiss demo | check | pseudonymise | clear | tag | evaluate | report | store | lab | app`."""

import click

from nearmiss_kit.cli.opening import app, lab
from nearmiss_kit.cli.reading import check, clear, pseudonymise
from nearmiss_kit.cli.reporting import demo, report
from nearmiss_kit.cli.storing import store
from nearmiss_kit.cli.tagging import evaluate, tag


@click.group()
@click.version_option(package_name="nearmiss-kit")
def main() -> None:
    """Learn from placements that nearly broke down and held. Nothing leaves this machine."""


for command in (demo, check, pseudonymise, clear, tag, evaluate, report, store, lab, app):
    main.add_command(command)

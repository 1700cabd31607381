"""Commands that open the notebooks: `nearmiss lab | app`."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import click

import nearmiss_kit as nk
from nearmiss_kit.cli.common import say_refusals

FOLDER = click.option(
    "--folder", type=click.Path(path_type=Path), default=Path("my_notebooks"), show_default=True, help="Your own folder."
)
# Quiet: no news, no look for updates, no new extensions, no terminal. Nothing leaves the machine.
LAB_OPTIONS = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
    f"--LabApp.app_settings_dir={Path(nk.__file__).parent / 'lab_settings'}",
    "--ServerApp.terminals_enabled=False",
    "--ServerApp.ip=127.0.0.1",
)

VOILA_TEMPLATES = Path(nk.__file__).parent / "panels" / "jupyter"
APP_OPTIONS = (
    "--template=nearmiss",
    "--Voila.ip=127.0.0.1",
    "--Voila.port_retries=0",
    "--VoilaConfiguration.file_allowlist=nothing",
)


@click.command()
@FOLDER
@say_refusals
def lab(folder: Path) -> None:
    """Open the notebooks in JupyterLab, from a folder of your own."""
    copy_notebooks(folder)
    click.echo(f"The notebooks are in {folder}. JupyterLab opens in your browser; close it with Ctrl+C here.")
    start = folder / "00_start_here.ipynb"
    sys.exit(subprocess.call([sys.executable, "-m", "jupyterlab", str(start), *LAB_OPTIONS]))


@click.command()
@FOLDER
@click.option("--notebook", default="03_review_one_near_miss", show_default=True, help="Which notebook, by its name.")
@click.option("--port", default=8866, show_default=True, help="Where on this computer it answers.")
@click.option("--no-browser", is_flag=True, help="Open no browser; say the address.")
@say_refusals
def app(folder: Path, notebook: str, port: int, no_browser: bool) -> None:
    """Open a notebook as a page without any code, from a folder of your own."""
    if find_spec("voila") is None:
        raise nk.NearMissError("Voilà is not installed here. Install it with: pip install 'nearmiss-kit[app]'")
    copy_notebooks(folder)
    page = folder / f"{notebook.removesuffix('.ipynb')}.ipynb"
    if not page.exists():
        raise nk.NearMissError(f"There is no notebook {page.name} in {folder}. Give --notebook the name of one that is.")
    click.echo(f"The page is at http://127.0.0.1:{port}/ and takes a minute to begin. Close it with Ctrl+C here.")
    templates = os.pathsep.join(filter(None, (str(VOILA_TEMPLATES), os.environ.get("JUPYTER_PATH", ""))))
    options = [*APP_OPTIONS, f"--port={port}", *(["--no-browser"] if no_browser else [])]
    sys.exit(subprocess.call([sys.executable, "-m", "voila", str(page), *options], env=os.environ | {"JUPYTER_PATH": templates}))


def copy_notebooks(folder: Path) -> None:
    """Copy the kit's notebooks into a folder, leaving alone those that are there already."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise nk.NearMissError(f"{folder} cannot be a folder ({fault.strerror}). Choose another name.") from None
    for notebook in sorted(nk.shipped("notebooks").glob("*.ipynb")):
        if not (folder / notebook.name).exists():
            shutil.copyfile(notebook, folder / notebook.name)

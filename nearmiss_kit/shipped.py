"""The only way to the folders that come with the kit: lexicons, notebooks and sample records."""

from pathlib import Path

from nearmiss_kit.errors import NearMissError

SHIPPED_FOLDERS = ("lexicons", "notebooks", "sample_records")


def shipped(name: str) -> Path:
    """The folder `name` that came with the kit.

    In a repository (editable install) it is the repository's own folder, so that an edited lexicon is
    the one that is used; in a wheel it is the copy inside the package. Raises NearMissError for any
    other name, or where the folder is missing.
    """
    if name not in SHIPPED_FOLDERS:
        raise NearMissError(f"The kit ships {', '.join(SHIPPED_FOLDERS)}; it ships no “{name}”.")
    package = Path(__file__).resolve().parent
    in_repository = (package.parent / "pyproject.toml").is_file()
    folder = (package.parent if in_repository else package / "shipped_folders") / name
    if folder.is_dir():
        return folder
    raise NearMissError(f"The folder “{name}” that belongs to the kit is missing. Install the kit again.")

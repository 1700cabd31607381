"""The house: rooms in order, thin notebooks, documented names and commands, one list of packages."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click import Group

import nearmiss_kit as nk
from nearmiss_kit.cli import main

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "nearmiss_kit"
ROOMS = ("records", "tagging", "decisions", "analysis", "review", "report", "exchange", "panels", "demo", "cli")
OPEN_TO_ALL = {"errors", "shipped"}
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_LINES_IN_A_CELL = 8
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def imported_rooms(path: Path) -> set[str]:
    modules = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            modules.append(node.module)
        elif isinstance(node, ast.Import):
            modules += [name.name for name in node.names]
    return {module.split(".")[1] for module in modules if module.startswith("nearmiss_kit.")}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_a_room_imports_only_from_rooms_before_it():
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        room = room_of(path)
        if room in ("__init__", "__main__", *OPEN_TO_ALL):
            continue
        allowed = {*ROOMS[: ROOMS.index(room) + 1], *OPEN_TO_ALL}
        wrong += [f"{path.relative_to(ROOT)} imports {other}" for other in imported_rooms(path) - allowed]
    assert wrong == []


@pytest.mark.parametrize(
    ("library", "room"), [("seaborn", "report"), ("matplotlib", "report"), ("ipywidgets", "panels"), ("spacy", "tagging")]
)
def test_only_one_room_knows_a_library(library, room):
    users = {
        room_of(path)
        for path in PACKAGE.rglob("*.py")
        if re.search(rf"^\s*(?:import|from) {library}\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert users == {room}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_thin_collapsed_and_stored_without_outputs(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        tree = ast.parse(source)
        imports = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        imports |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        kinds = {type(node).__name__ for node in ast.walk(tree)}
        checked = "nbval-check-output" in cell["metadata"].get("tags", [])
        assert (
            imports <= {"nearmiss_kit", "pathlib"},
            kinds & {"FunctionDef", "ClassDef", "Lambda", "For", "While", "If"},
            len(source.splitlines()) <= MOST_LINES_IN_A_CELL,
            cell["metadata"].get("jupyter", {}).get("source_hidden"),
            checked or cell["outputs"] == [],
        ) == (True, set(), True, True, True)


@pytest.mark.parametrize("name", nk.__all__)
def test_a_public_name_is_documented_and_stands_in_the_readme_or_a_notebook(name):
    shown = README + "".join(path.read_text(encoding="utf-8") for path in NOTEBOOKS)
    documentation = (getattr(nk, name).__doc__ or "").strip()
    assert (len(documentation) > 20, bool(re.search(rf"\b{name}\b", shown))) == (True, True)


def test_the_public_names_are_all_there_and_no_more():
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    imported = {name.asname or name.name for node in tree.body if isinstance(node, ast.ImportFrom) for name in node.names}
    assert imported == set(nk.__all__)


def test_every_command_and_option_stands_in_the_readme():
    assert isinstance(main, Group)
    missing = [f"nearmiss {name}" for name in main.commands if f"nearmiss {name}" not in README]
    for command in main.commands.values():
        missing += [
            option
            for parameter in command.params
            for option in parameter.opts
            if option.startswith("--") and option not in README
        ]
    assert missing == []


def names_of(requirements: list[str]) -> dict[str, str]:
    split = [re.match(r"([\w.-]+)\s*(.*)", requirement).groups() for requirement in requirements]
    return {re.sub(r"[-_.]+", "-", name).lower(): limits.replace(" ", "") for name, limits in split}


def test_the_conda_environment_names_the_same_packages_and_limits():
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    listed = names_of([line.strip(" -") for line in lines if re.match(r" +- (?!pip\b|conda-forge)", line)])
    wanted = names_of(
        [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"], "python" + PROJECT["requires-python"]]
    )
    assert listed == wanted


def test_every_declared_package_is_pinned_with_hashes_and_no_host_is_named():
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pinned = {re.sub(r"[-_.]+", "-", name).lower() for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}
    blocks = re.split(r"\n(?=\S)", text.strip())
    declared = names_of([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]])
    assert (set(declared) - pinned, [block[:40] for block in blocks if "--hash=sha256:" not in block], "://" in text) == (
        set(),
        [],
        False,
    )


def test_every_declared_package_has_its_reason_in_contributing():
    declared = names_of([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]])
    assert [name for name in declared if f"**{name}**" not in CONTRIBUTING] == []


def test_every_imported_package_is_declared():
    import_names = {
        "yaml": "pyyaml",
        "stdnum": "python-stdnum",
        "markupsafe": "jinja2",
        "traitlets": "nbconvert",
        "python_calamine": "python-calamine",
        "resvg_py": "resvg-py",
        "ruamel": "ruamel-yaml",
    }
    declared = set(names_of([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["pdf"]]))
    used = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = (
                [name.name for name in node.names]
                if isinstance(node, ast.Import)
                else [node.module]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            used |= {module.split(".")[0] for module in modules if module}
    others = {name for name in used if name not in sys.stdlib_module_names and name != "nearmiss_kit"}
    assert {import_names.get(name, name) for name in others} - declared == set()


def test_no_file_names_a_machine_or_reads_outside_the_project():
    tracked = [
        path for path in ROOT.rglob("*") if path.suffix in {".py", ".md", ".toml", ".yml", ".yaml", ".ipynb", ".j2", ".css"}
    ]
    ours = [path for path in tracked if not {".venv", "reports", "my_notebooks"} & set(path.relative_to(ROOT).parts)]
    pattern = re.compile(r"(?<![\w.])/(?:work|root|home|tmp)/\w|\.\./shared")
    assert [
        str(path.relative_to(ROOT))
        for path in ours
        if path != Path(__file__) and pattern.search(path.read_text(encoding="utf-8"))
    ] == []


def test_the_code_is_tidy():
    for arguments in (("check",), ("format", "--check")):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "."], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_wheel_carries_lexicons_notebooks_samples_and_templates(tmp_path):
    import zipfile

    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(command, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        "nearmiss_kit/shipped_folders/lexicons/lexicon.yaml",
        "nearmiss_kit/shipped_folders/notebooks/00_start_here.ipynb",
        "nearmiss_kit/shipped_folders/sample_records/alder.csv",
        "nearmiss_kit/report/templates/style.css",
        "nearmiss_kit/records/column_aliases.csv",
        "nearmiss_kit/tagging/measured.json",
    }
    assert wanted - inside == set()

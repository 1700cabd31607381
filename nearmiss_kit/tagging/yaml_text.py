"""YAML files read by the rules of YAML 1.2, quickly, with the line of everything in them.

PyYAML's own rules are those of YAML 1.1, which read `no` as False and `2:1` as 121; so its rules are replaced here.
"""

import re
from collections.abc import Hashable
from typing import Any

import yaml


class YamlError(Exception):
    """A file that is not valid YAML: the line, and what is wrong."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line, self.problem = line, problem


class _CoreLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """The fast loader with the core schema of YAML 1.2, refusing a key that stands twice."""

    yaml_implicit_resolvers: dict = {}  # noqa: RUF012  (PyYAML reads this name from the class)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a list or block cannot be a key", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"“{key.value}” stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


for _tag, _pattern, _first in (
    ("bool", "true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", "~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    _CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))


class YamlText:
    """One YAML file: its `data`, and `line_of` any place in it. Raises YamlError where it is no valid YAML."""

    def __init__(self, text: str) -> None:
        self._text = text
        try:
            self.data = yaml.load(text, _CoreLoader)
        except yaml.MarkedYAMLError as fault:
            mark = fault.problem_mark or fault.context_mark
            raise YamlError(mark.line + 1 if mark else 1, fault.problem or "it cannot be read") from None
        except yaml.YAMLError as fault:
            raise YamlError(1, str(fault).splitlines()[0]) from None

    def line_of(self, place: tuple[str | int, ...]) -> int:
        """The line (from 1) of a place such as ("terms", 3, "example"), or of the nearest place above it."""
        node = yaml.compose(self._text, _CoreLoader)
        line = 1
        for step in place:
            found = _step_into(node, step)
            if found is None:
                break
            line, node = found
        return line


def _step_into(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark.line + 1, value) for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    return None

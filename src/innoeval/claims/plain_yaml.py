"""A safe YAML loader that leaves every plain scalar the text that it was written as."""

from __future__ import annotations

from typing import Any, ClassVar

import yaml


class PlainLoader(yaml.SafeLoader):
    """YAML without guesses: `no` is a unit's name, 2011 a label; a key given twice is an error."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - the parent's own attribute
    # A text, a list, a mapping: other tags, even those of safe YAML, are refused.
    yaml_constructors: ClassVar[dict[Any, Any]] = {
        tag: make
        for tag, make in yaml.SafeLoader.yaml_constructors.items()
        if tag is None or tag.rpartition(":")[2] in {"str", "seq", "map"}
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - the parent's own signature
        """A mapping whose keys are texts, each given once."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key that is not a text", key.start_mark
                )
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key.value}' stands twice in one mapping; a unit "
                    "starts once, and a field is given once", key.start_mark,
                )  # fmt: skip
            seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping

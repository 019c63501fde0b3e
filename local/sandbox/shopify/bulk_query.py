"""The query inside a bulk operation: what Shopify allows of it, and running it into JSON lines.

Source: shopify.dev, "Perform bulk operations with the GraphQL Admin API". Connections are unwrapped: each node is a line, and a
node below another names that one as `__parentId`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    parse,
    validate,
    value_from_ast_untyped,
)

from local.sandbox.shopify.connections import Connection, View

MOST_CONNECTIONS = 5
DEEPEST = 2


class InvalidBulkQuery(ValueError):
    """What Shopify says about the query; `messages` in its words."""

    def __init__(self, *messages: str) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages


@dataclass
class _Shape:
    """What an inspection counts. A connection is what is selected through `edges` or `nodes`."""

    connections: int = 0
    depth: int = 0
    by_nodes: list[str] = field(default_factory=list)
    without_id: list[str] = field(default_factory=list)


@dataclass
class BulkQuery:
    """A query that may be run in bulk. `root` is the one field at its top."""

    root: FieldNode
    fragments: dict[str, FragmentDefinitionNode]

    def lines(self, roots: dict[str, Any]) -> Iterator[View]:
        """Every object of the result, each parent before its children."""
        for view in roots[self.root.name.value].every(_arguments(self.root)):
            yield from self._of_node(view, _node_selection(self.root), None)

    def _of_node(self, view: View, selection: SelectionSetNode, parent: str | None) -> Iterator[View]:
        below: list[tuple[Connection[Any], FieldNode]] = []
        line = self._object(view, selection, below)
        if parent is not None:
            line["__parentId"] = parent
        yield line
        for connection, asked in below:
            for node in connection.every(_arguments(asked)):
                yield from self._of_node(node, _node_selection(asked), str(view.get("id")))

    def _object(self, view: View, selection: SelectionSetNode, below: list[tuple[Connection[Any], FieldNode]]) -> View:
        line: View = {}
        for asked in fields_of(selection, self.fragments, str(view.get("__typename", ""))):
            name = asked.name.value
            value = view.get(name)
            if isinstance(value, Connection):
                below.append((value, asked))
                continue
            if callable(value):
                value = value(None, **_arguments(asked))
            line[asked.alias.value if asked.alias else name] = self._value(value, asked, below)
        return line

    def _value(self, value: Any, asked: FieldNode, below: list[tuple[Connection[Any], FieldNode]]) -> Any:
        if asked.selection_set is None or value is None:
            return value
        if isinstance(value, list):
            return [self._object(each, asked.selection_set, below) for each in value]
        return self._object(value, asked.selection_set, below)


def read(schema: GraphQLSchema, text: str) -> BulkQuery:
    """Parse and check. Raises InvalidBulkQuery."""
    try:
        document = parse(text)
    except GraphQLError as error:
        raise InvalidBulkQuery(f"Invalid bulk query: {error.message}") from None
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].operation is not OperationType.QUERY:
        raise InvalidBulkQuery("Invalid operation type. Only `query` operations are supported.")
    if errors := validate(schema, document):
        raise InvalidBulkQuery(*(f"Invalid bulk query: {error.message}" for error in errors))
    fragments = fragments_of(document)
    top = list(fields_of(operations[0].selection_set, fragments))
    if len(top) != 1:
        raise InvalidBulkQuery("Bulk queries must query a single top level field.")
    _inspect(top[0], fragments)
    return BulkQuery(top[0], fragments)


def _inspect(root: FieldNode, fragments: dict[str, FragmentDefinitionNode]) -> None:
    shape = _Shape()
    _measure(root, fragments, shape, 0, has_id=True)
    said = []
    if shape.by_nodes:
        said.append(
            "All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: "
            f"'{shape.by_nodes[0]} {{ edges {{ node {{'. Selecting via 'nodes' is not supported. "
            "Invalid connection fields: '" + "', '".join(shape.by_nodes) + "'."
        )
    if root.name.value in ("node", "nodes"):
        said.append("Bulk queries cannot contain a top level `node` field.")
    if shape.depth > DEEPEST:
        said.append(f"Bulk queries cannot contain connections with a nesting depth greater than {DEEPEST}.")
    if shape.connections > MOST_CONNECTIONS:
        said.append(f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections.")
    if shape.without_id:
        said.append(
            "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' "
            f"return type. Connection fields without 'id': {', '.join(shape.without_id)}."
        )
    if not shape.connections:
        said.append("Bulk queries must contain at least one connection.")
    if said:
        raise InvalidBulkQuery(*said)


def _measure(
    asked: FieldNode, fragments: dict[str, FragmentDefinitionNode], shape: _Shape, depth: int, *, has_id: bool
) -> None:
    if asked.selection_set is None:
        return
    selected = list(fields_of(asked.selection_set, fragments))
    names = [each.name.value for each in selected]
    if "edges" not in names and "nodes" not in names:
        for each in selected:
            _measure(each, fragments, shape, depth, has_id=has_id)
        return
    shape.connections += 1
    shape.depth = max(shape.depth, depth + 1)
    if "nodes" in names:
        shape.by_nodes.append(asked.name.value)
    if depth and not has_id:
        shape.without_id.append(asked.name.value)
    inner = list(_contents(selected, fragments))
    own_id = any(each.name.value == "id" and each.alias is None for each in inner)
    for each in inner:
        _measure(each, fragments, shape, depth + 1, has_id=own_id)


def _contents(selected: list[FieldNode], fragments: dict[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    """The fields of a connection's nodes, however they are reached."""
    for each in selected:
        if each.selection_set is None:
            continue
        if each.name.value == "nodes":
            yield from fields_of(each.selection_set, fragments)
        elif each.name.value == "edges":
            for below in fields_of(each.selection_set, fragments):
                if below.name.value == "node" and below.selection_set is not None:
                    yield from fields_of(below.selection_set, fragments)


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}


def fields_of(
    selection: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode], typename: str = ""
) -> Iterator[FieldNode]:
    """The fields of a selection with its fragments opened; those for another type than `typename` are left out, if it is given."""
    for each in selection.selections:
        if isinstance(each, FieldNode):
            yield each
            continue
        part = opened(each, fragments)
        if not typename or condition_of(part) in ("", typename, "Node", "Media"):
            yield from fields_of(part.selection_set, fragments, typename)


def opened(
    selection: SelectionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> FragmentDefinitionNode | InlineFragmentNode:
    """The fragment that stands in a selection, or that is spread there."""
    if isinstance(selection, FragmentSpreadNode):
        return fragments[selection.name.value]
    assert isinstance(selection, InlineFragmentNode)
    return selection


def condition_of(part: FragmentDefinitionNode | InlineFragmentNode) -> str:
    """The type that a fragment is for; "" when it is for any (the library's annotations leave that case out)."""
    condition = getattr(part, "type_condition", None)
    return condition.name.value if condition else ""


def _node_selection(asked: FieldNode) -> SelectionSetNode:
    """The selection below `edges { node`."""
    assert asked.selection_set is not None
    for edges in asked.selection_set.selections:
        if isinstance(edges, FieldNode) and edges.name.value == "edges" and edges.selection_set:
            for node in edges.selection_set.selections:
                if isinstance(node, FieldNode) and node.name.value == "node" and node.selection_set:
                    return node.selection_set
    raise InvalidBulkQuery("Bulk queries must contain at least one connection.")


def _arguments(asked: FieldNode) -> dict[str, Any]:
    return {each.name.value: value_from_ast_untyped(each.value) for each in asked.arguments}

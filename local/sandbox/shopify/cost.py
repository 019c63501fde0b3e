"""What a query costs, before and after, and the bucket that it is paid from.

Source: shopify.dev, "GraphQL Admin API rate limits": an object is 1, scalars and enums are 0, an interface or union is the most of
its possible selections, a mutation is 10, a connection is "sized by first and last". How the size counts is not published;
`_weight` is made so that a breakdown seen in the wild comes out right: a product with 250 variants and their inventory items is 25.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLCompositeType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    value_from_ast_untyped,
)

from local.sandbox.shopify.bulk_query import condition_of, opened

MAXIMUM = 2000.0
RESTORED = 100.0
"""Points, and points a second, of the standard plan."""

DEAREST = 1000
MUTATION = 10


def _weight(size: int) -> float:
    return 1.5 * math.log2(size + 1)


@dataclass
class Costing:
    """The arithmetic for one document."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]

    def requested(self, operation: OperationDefinitionNode) -> int:
        """What it costs at most: every page full, every object there."""
        return math.ceil(self._selection(operation.selection_set, self._root(operation), None, known=False))

    def actual(self, operation: OperationDefinitionNode, data: Any) -> int:
        """What it costs for what came out."""
        return math.ceil(self._selection(operation.selection_set, self._root(operation), data, known=True))

    def _root(self, operation: OperationDefinitionNode) -> GraphQLCompositeType:
        root = self.schema.get_root_type(operation.operation)
        assert root is not None
        return root

    def _selection(self, selection: SelectionSetNode, parent: GraphQLCompositeType, data: Any, *, known: bool) -> float:
        shared, special = 0.0, [0.0]
        for each in selection.selections:
            if isinstance(each, FieldNode):
                shared += self._field(each, parent, data, known=known)
                continue
            part = opened(each, self.fragments)
            named = cast(GraphQLCompositeType, self.schema.get_type(condition_of(part)) or parent)
            special.append(self._selection(part.selection_set, named, data, known=known))
        return shared + max(special)

    def _field(self, asked: FieldNode, parent: GraphQLCompositeType, data: Any, *, known: bool) -> float:
        definition = getattr(parent, "fields", {}).get(asked.name.value)
        if definition is None:
            return 0.0
        named = get_named_type(definition.type)
        if is_leaf_type(named) or asked.selection_set is None or named.name == "PageInfo":
            return 0.0
        if parent == self.schema.mutation_type:
            return MUTATION
        assert is_composite_type(named)
        answer = asked.alias.value if asked.alias else asked.name.value
        value = data.get(answer) if isinstance(data, Mapping) else None
        if named.name.endswith("Connection"):
            return self._connection(asked, named, value, known=known)
        if asked.name.value == "nodes":
            return self._nodes(asked, named, value, known=known)
        if known and value is None:
            return 1.0
        if isinstance(value, list):
            value = value[0] if value else None
        return 1.0 + self._selection(asked.selection_set, named, value, known=known)

    def _connection(self, asked: FieldNode, named: GraphQLCompositeType, value: Any, *, known: bool) -> float:
        assert asked.selection_set is not None
        nodes = value.get("nodes") or value.get("edges") or [] if isinstance(value, Mapping) else []
        size = len(nodes) if known else self._size(asked)
        if not size:
            return 0.0
        each = 0.0
        for below in asked.selection_set.selections:
            if isinstance(below, FieldNode) and below.name.value in ("nodes", "edges") and below.selection_set:
                samples = nodes if known else [None]
                costs = [self._node(below, named, sample, known=known) for sample in samples]
                each = max(each, sum(costs) / len(costs))
        return _weight(size) * each

    def _node(self, below: FieldNode, connection: GraphQLCompositeType, sample: Any, *, known: bool) -> float:
        """One element of `nodes`, or of `edges` with the node in it."""
        assert below.selection_set is not None
        element = get_named_type(getattr(connection, "fields", {})[below.name.value].type)
        assert is_composite_type(element)
        inside = self._selection(below.selection_set, element, sample, known=known)
        return inside if below.name.value == "edges" else 1.0 + inside

    def _nodes(self, asked: FieldNode, named: GraphQLCompositeType, value: Any, *, known: bool) -> float:
        """`nodes(ids:)`: each id is an object."""
        assert asked.selection_set is not None
        selection = asked.selection_set
        if known:
            found = [each for each in value or [] if each]
            return sum((1.0 + self._selection(selection, named, each, known=True) for each in found), 0.0)
        ids = self._argument(asked, "ids")
        return (len(ids) if isinstance(ids, list) else 1) * (1.0 + self._selection(selection, named, None, known=False))

    def _size(self, asked: FieldNode) -> int:
        """What `first` or `last` says; what is no number is refused when the query is executed."""
        given = [self._argument(asked, name) for name in ("first", "last")]
        return max((size for size in given if isinstance(size, int)), default=0)

    def _argument(self, asked: FieldNode, name: str) -> Any:
        for each in asked.arguments:
            if each.name.value == name:
                return value_from_ast_untyped(each.value, dict(self.variables))
        return None


@dataclass
class Bucket:
    """Leaky: so many points at most, so many come back a second. Time is given, in seconds."""

    available: float = MAXIMUM
    at: float = 0.0
    maximum: float = MAXIMUM
    restored: float = RESTORED

    def level(self, now: float) -> float:
        if self.at:
            self.available = min(self.maximum, self.available + max(0.0, now - self.at) * self.restored)
        self.at = now
        return self.available

    def take(self, cost: float, now: float) -> bool:
        """False, and nothing taken, if there is not enough."""
        if self.level(now) < cost:
            return False
        self.available -= cost
        return True

    def give_back(self, points: float) -> None:
        self.available = min(self.maximum, self.available + points)

    def status(self, now: float) -> dict[str, float]:
        return {
            "maximumAvailable": self.maximum,
            "currentlyAvailable": int(self.level(now)),
            "restoreRate": self.restored,
        }

"""How a client orders its goods: a tree of categories per market, brands, and collections that are shown for a while."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from skuflow.catalog.slug import slug
from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.errors import Conflict, Invalid, NotFound, Problem, VersionConflict

MAX_CATEGORIES = 2000
"""Categories of one market. A tree is one item, so that no two moves can make a circle between them; this many fit."""
MAX_DEPTH = 10
MAX_COLLECTION = 2000
"""Products of one collection."""


@dataclass(frozen=True, slots=True)
class Category:
    """`parent_id` None: a root. Siblings have different slugs. Times are RFC 3339 UTC."""

    category_id: str
    name: str
    slug: str
    parent_id: str | None
    created_at: str
    updated_at: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class Tree:
    """The categories of a market. Siblings are displayed in the order in which they stand in `categories`."""

    market: str
    version: int = 0
    categories: tuple[Category, ...] = ()

    def find(self, category_id: str) -> Category:
        """Raises NotFound."""
        found = next((c for c in self.categories if c.category_id == category_id), None)
        if found is None:
            raise NotFound("there is no such category")
        return found

    def children(self, parent_id: str | None) -> tuple[Category, ...]:
        return tuple(c for c in self.categories if c.parent_id == parent_id)


@dataclass(frozen=True, slots=True)
class Node:
    """A category where it stands: `position` among its siblings from 0, `path` the slugs from the root down to it."""

    category: Category
    depth: int
    position: int
    path: tuple[str, ...]
    names: tuple[str, ...]


def nodes(tree: Tree) -> tuple[Node, ...]:
    """All categories, parents before children, siblings in display order."""
    children: dict[str | None, list[Category]] = {}
    for category in tree.categories:
        children.setdefault(category.parent_id, []).append(category)

    def below(parent_id: str | None, path: tuple[str, ...], names: tuple[str, ...]) -> Iterator[Node]:
        for position, category in enumerate(children.get(parent_id, ())):
            node = Node(category, len(path), position, (*path, category.slug), (*names, category.name))
            yield node
            yield from below(category.category_id, node.path, node.names)

    return tuple(below(None, (), ()))


def node(tree: Tree, category_id: str) -> Node:
    """Raises NotFound."""
    tree.find(category_id)
    return next(n for n in nodes(tree) if n.category.category_id == category_id)


def with_category(
    tree: Tree, category_id: str, name: str, *, parent_id: str | None, position: int | None, now: datetime
) -> Tree:
    """`tree` with a new category at `position` among its siblings (None: last). Raises Conflict for a name that a sibling has,
    Invalid for an unknown parent or a tree too large or too deep."""
    if len(tree.categories) >= MAX_CATEGORIES:
        raise _refused("market", f"has {MAX_CATEGORIES} categories already", "remove some")
    at = iso(now)
    new = Category(category_id, name, _slug(name), parent_id, at, at)
    return _placed(tree, new, position)


def with_changes(
    tree: Tree,
    category_id: str,
    *,
    version: int | None,
    now: datetime,
    name: str | None = None,
    parent_id: str | None = None,
    moves: bool = False,
    position: int | None = None,
) -> Tree:
    """`tree` with the category renamed (`name`), moved below `parent_id` (if `moves`; None: to the roots) or to another
    `position`. Raises VersionConflict unless `version` is its version (None: any), Conflict for a move below itself."""
    old = tree.find(category_id)
    check_version(version, old.version)
    parent = parent_id if moves else old.parent_id
    above = parent
    while above is not None:
        if above == category_id:
            fault = Problem("parent_id", "is this category or lies below it", "choose a category outside of it")
            raise Conflict("a category cannot lie below itself", problems=[fault])
        above = _parent(tree, above).parent_id
    new = replace(old, parent_id=parent, name=name or old.name, slug=_slug(name) if name else old.slug)
    if position is None and parent == old.parent_id:
        position = tree.children(parent).index(old)
    placed = _placed(replace(tree, categories=_without(tree, category_id)), new, position)
    if nodes(placed) == nodes(tree):
        return tree
    changed = replace(new, updated_at=iso(now), version=old.version + 1)
    return replace(placed, categories=tuple(changed if c is new else c for c in placed.categories))


def without_category(tree: Tree, category_id: str, *, version: int | None) -> Tree:
    """Raises Conflict while it has children, VersionConflict unless `version` is its version (None: any)."""
    check_version(version, tree.find(category_id).version)
    if tree.children(category_id):
        fault = Problem("category_id", "has categories below it", "move or remove those first")
        raise Conflict("the category has children", problems=[fault])
    return replace(tree, categories=_without(tree, category_id), version=tree.version + 1)


def check_version(asked: int | None, stored: int) -> None:
    """Raises VersionConflict if somebody else wrote since version `asked` was read. None: the caller does not mind."""
    if asked is not None and asked != stored:
        raise VersionConflict(f"it is at version {stored} by now; read it again and repeat the change")


def _placed(tree: Tree, new: Category, position: int | None) -> Tree:
    siblings = tree.children(new.parent_id)
    if any(s.slug == new.slug for s in siblings):
        fault = Problem("name", f"a category beside it is called {new.name!r} too", "choose another name")
        raise Conflict("the name is taken", problems=[fault])
    _check_depth(tree, new)
    categories = list(tree.categories)
    if position is None or position >= len(siblings):
        categories.append(new)
    else:
        categories.insert(categories.index(siblings[position]), new)
    return replace(tree, categories=tuple(categories), version=tree.version + 1)


def _check_depth(tree: Tree, new: Category) -> None:
    above, parent_id = 0, new.parent_id
    while parent_id is not None:
        above, parent_id = above + 1, _parent(tree, parent_id).parent_id
    if above + _height(tree, new.category_id) > MAX_DEPTH:
        raise _refused("parent_id", f"the tree would be deeper than {MAX_DEPTH} levels", "choose a higher parent")


def _height(tree: Tree, category_id: str) -> int:
    level, height = [category_id], 0
    while level:
        height += 1
        level = [c.category_id for c in tree.categories if c.parent_id in level]
    return height


def _parent(tree: Tree, parent_id: str) -> Category:
    try:
        return tree.find(parent_id)
    except NotFound:
        raise _refused("parent_id", "is not a category of this market", "list the market's categories") from None


def _without(tree: Tree, category_id: str) -> tuple[Category, ...]:
    return tuple(c for c in tree.categories if c.category_id != category_id)


def _slug(name: str) -> str:
    short = slug(name)
    if not short:
        raise _refused("name", "has no letter or digit", "give a name that people can read")
    return short


def _refused(field: str, message: str, remedy: str) -> Invalid:
    return Invalid(f"{field} {message}", problems=[Problem(field, message, remedy)])


@dataclass(frozen=True, slots=True)
class Brand:
    """`brand_id` is the slug of the name, which is also how products are found by brand. Scores are 0 to 100, None: unknown."""

    brand_id: str
    name: str
    popularity: int | None
    quality: int | None
    description: str
    logo_url: str
    created_at: str
    updated_at: str
    version: int = 1


def brand_id(name: str) -> str:
    """Raises Invalid for a name without a letter or digit."""
    return _slug(name)


@dataclass(frozen=True, slots=True)
class Collection:
    """Products that are shown together, in this order. Active from `starts_at` (None: always) until just before `ends_at`
    (None: for ever); RFC 3339 UTC."""

    collection_id: str
    title: str
    slug: str
    description: str
    product_ids: tuple[str, ...]
    starts_at: str | None
    ends_at: str | None
    created_at: str
    updated_at: str
    version: int = 1

    def is_active(self, now: datetime) -> bool:
        started = self.starts_at is None or parse_iso(self.starts_at) <= now
        return started and (self.ends_at is None or now < parse_iso(self.ends_at))


def collection_slug(title: str) -> str:
    """Raises Invalid for a title without a letter or digit."""
    return _slug(title)


def check_period(starts_at: datetime | None, ends_at: datetime | None) -> None:
    """Raises Invalid unless the end is after the start."""
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise _refused("ends_at", "is not after starts_at", "give a later end, or none")


def check_products(product_ids: Sequence[str]) -> None:
    """Raises Invalid for more than MAX_COLLECTION products or one that is named twice."""
    if len(product_ids) > MAX_COLLECTION:
        raise _refused("product_ids", f"holds more than {MAX_COLLECTION}", "split the collection")
    if len(set(product_ids)) != len(product_ids):
        raise _refused("product_ids", "names a product twice", "name each once")

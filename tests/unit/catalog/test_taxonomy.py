"""Trees of categories, brands, collections."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog.taxonomy import (
    MAX_CATEGORIES,
    MAX_DEPTH,
    Category,
    Collection,
    Tree,
    brand_id,
    check_period,
    check_products,
    node,
    nodes,
    with_category,
    with_changes,
    without_category,
)
from skuflow.kernel.errors import Conflict, Invalid, NotFound, VersionConflict

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def grown(*places: tuple[str, str | None]) -> Tree:
    """A tree of (name, parent's name); ids are `cat_` and the name."""
    tree = Tree("CA")
    for name, parent in places:
        tree = with_category(tree, f"cat_{name}", name, parent_id=parent and f"cat_{parent}", position=None, now=NOON)
    return tree


def shape(tree: Tree) -> list[str]:
    return ["/".join(n.path) for n in nodes(tree)]


CLOTHES = grown(("clothes", None), ("shirts", "clothes"), ("shoes", "clothes"), ("boots", "shoes"), ("toys", None))


class TestTree:
    def test_it_is_read_parents_first_and_in_display_order(self) -> None:
        assert shape(CLOTHES) == ["clothes", "clothes/shirts", "clothes/shoes", "clothes/shoes/boots", "toys"]
        assert [(n.depth, n.position) for n in nodes(CLOTHES)] == [(0, 0), (1, 0), (1, 1), (2, 0), (0, 1)]

    def test_a_category_is_put_where_it_is_wanted(self) -> None:
        tree = with_category(CLOTHES, "cat_hats", "hats", parent_id="cat_clothes", position=1, now=NOON)
        assert shape(tree)[1:4] == ["clothes/shirts", "clothes/hats", "clothes/shoes"]
        assert node(tree, "cat_hats").position == 1

    def test_siblings_have_different_names_cousins_need_not(self) -> None:
        with pytest.raises(Conflict, match="taken"):
            with_category(CLOTHES, "cat_x", "SHOES!", parent_id="cat_clothes", position=None, now=NOON)
        tree = with_category(CLOTHES, "cat_x", "Shoes", parent_id="cat_toys", position=None, now=NOON)
        assert shape(tree)[-1] == "toys/shoes"

    @pytest.mark.parametrize(("name", "parent"), [("☃", None), ("hats", "cat_nowhere")])
    def test_an_unreadable_name_or_unknown_parent_is_refused(self, name: str, parent: str | None) -> None:
        with pytest.raises(Invalid):
            with_category(CLOTHES, "cat_x", name, parent_id=parent, position=None, now=NOON)

    def test_its_depth_and_size_have_limits(self) -> None:
        names = [f"l{n}" for n in range(MAX_DEPTH)]
        deep = grown(*zip(names, [None, *names], strict=False))
        with pytest.raises(Invalid, match="deeper"):
            with_category(deep, "cat_x", "x", parent_id=f"cat_{names[-1]}", position=None, now=NOON)
        one = Category("c", "c", "c", None, "", "")
        with pytest.raises(Invalid, match="already"):
            with_category(Tree("CA", 1, (one,) * MAX_CATEGORIES), "cat_x", "x", parent_id=None, position=None, now=NOON)


class TestChanging:
    later = NOON + timedelta(hours=1)

    def change(self, tree: Tree, what: str, **how: object) -> Tree:
        return with_changes(tree, f"cat_{what}", **{"version": None, "now": self.later, **how})  # type: ignore[arg-type]

    def test_a_move_takes_what_is_below_along(self) -> None:
        tree = self.change(CLOTHES, "shoes", moves=True, parent_id="cat_toys")
        assert shape(tree) == ["clothes", "clothes/shirts", "toys", "toys/shoes", "toys/shoes/boots"]

    def test_a_move_to_the_roots(self) -> None:
        tree = self.change(CLOTHES, "boots", moves=True, position=0)
        assert shape(tree)[0] == "boots"

    @pytest.mark.parametrize("below", ["clothes", "shoes", "boots"])
    def test_nothing_moves_below_itself(self, below: str) -> None:
        with pytest.raises(Conflict, match="below itself"):
            self.change(CLOTHES, "clothes", moves=True, parent_id=f"cat_{below}")

    def test_display_order_is_changed_by_position(self) -> None:
        assert shape(self.change(CLOTHES, "shoes", position=0))[1] == "clothes/shoes"
        assert shape(self.change(CLOTHES, "shirts", position=9))[3] == "clothes/shirts"

    def test_a_new_name_keeps_the_place(self) -> None:
        tree = self.change(CLOTHES, "shirts", name="Tops & Tees")
        assert shape(tree)[1] == "clothes/tops-tees"
        renamed = tree.find("cat_shirts")
        assert (renamed.version, renamed.updated_at) == (2, "2026-05-01T13:00:00.000Z")
        assert tree.version == CLOTHES.version + 1

    def test_no_change_is_no_version(self) -> None:
        assert self.change(CLOTHES, "toys", name="toys", moves=True, position=1) is CLOTHES

    def test_a_version_that_is_gone_is_refused(self) -> None:
        with pytest.raises(VersionConflict):
            self.change(CLOTHES, "shirts", version=2, name="x")
        with pytest.raises(VersionConflict):
            without_category(CLOTHES, "cat_shirts", version=2)

    def test_a_category_with_children_stays(self) -> None:
        with pytest.raises(Conflict, match="children"):
            without_category(CLOTHES, "cat_shoes", version=1)
        assert shape(without_category(CLOTHES, "cat_boots", version=1)) == [
            "clothes",
            "clothes/shirts",
            "clothes/shoes",
            "toys",
        ]

    def test_an_unknown_category_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            without_category(CLOTHES, "cat_nowhere", version=None)

    @given(
        moves=st.lists(
            st.tuples(st.integers(0, 7), st.none() | st.integers(0, 7), st.none() | st.integers(0, 4)), max_size=20
        )
    )
    def test_no_row_of_moves_loses_a_category_or_makes_a_circle(
        self, moves: list[tuple[int, int | None, int | None]]
    ) -> None:
        numbers = count()
        tree = grown(*((f"c{next(numbers)}", None) for _ in range(8)))
        for what, parent, position in moves:
            above = None if parent is None else f"cat_c{parent}"
            try:
                tree = with_changes(
                    tree, f"cat_c{what}", version=None, now=NOON, moves=True, parent_id=above, position=position
                )
            except Conflict:
                continue
            assert tree.find(f"cat_c{what}").parent_id == above
            if position is not None:
                placed = node(tree, f"cat_c{what}").position
                assert placed == min(position, len(tree.children(above)) - 1)
        assert sorted(n.category.name for n in nodes(tree)) == [f"c{n}" for n in range(8)]


class TestBrandsAndCollections:
    def test_a_brand_is_known_by_its_slug(self) -> None:
        assert brand_id("Crème & Co.") == "creme-co"
        with pytest.raises(Invalid):
            brand_id("☃")

    @pytest.mark.parametrize(
        ("starts", "ends", "active"),
        [
            (None, None, True),
            ("2026-05-01T12:00:00.000Z", None, True),
            ("2026-05-01T12:00:00.001Z", None, False),
            (None, "2026-05-01T12:00:00.000Z", False),
            (None, "2026-05-01T12:00:00.001Z", True),
        ],
    )
    def test_a_collection_is_active_from_its_start_until_just_before_its_end(
        self, starts: str | None, ends: str | None, active: bool
    ) -> None:
        collection = Collection("col_1", "Sale", "sale", "", (), starts, ends, "", "")
        assert collection.is_active(NOON) is active

    def test_a_period_ends_after_it_starts(self) -> None:
        check_period(NOON, None)
        check_period(NOON, NOON + timedelta(seconds=1))
        with pytest.raises(Invalid, match="not after"):
            check_period(NOON, NOON)

    def test_a_collection_names_each_product_once(self) -> None:
        check_products(["a", "b"])
        with pytest.raises(Invalid, match="twice"):
            check_products(["a", "b", "a"])
        with pytest.raises(Invalid, match="more than"):
            check_products([str(n) for n in range(2001)])

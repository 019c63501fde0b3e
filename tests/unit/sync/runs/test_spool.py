"""Lines out of bytes, and the spool they are sorted into."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.sync.runs.lines import MAX_LINE, Line, lines, routed
from skuflow.sync.runs.spool import Row, SegmentBuilder, SpoolSizes, heap_of, rows

TEXT = st.lists(st.binary(max_size=12).filter(lambda line: b"\n" not in line and b"\r" not in line), max_size=12)


def cut(content: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(content) + 1) for place in places), len(content)]
    return [content[start:end] for start, end in itertools.pairwise(edges)]


@given(TEXT, st.lists(st.integers(0, 500), max_size=8), st.booleans())
def test_lines_are_the_same_however_the_bytes_come(texts: list[bytes], places: list[int], ended: bool) -> None:
    content = b"\n".join(texts) + (b"\n" if ended else b"")
    found = list(lines(cut(content, places), offset=0, number=1))
    assert [line.content for line in found] == content.splitlines() if content else found == []
    assert [line.number for line in found] == list(range(1, len(found) + 1))
    assert all(content[line.offset : line.end].rstrip(b"\n") == line.content for line in found)
    assert not found or found[-1].end == len(content)


@given(TEXT, st.integers(0, 12))
def test_lines_go_on_from_the_end_of_any_line(texts: list[bytes], place: int) -> None:
    content = b"".join(text + b"\n" for text in texts)
    whole = list(lines([content], offset=0, number=1))
    begin = whole[min(place, len(whole) - 1)].end if whole else 0
    rest = list(lines([content[begin:]], offset=begin, number=1 + content[:begin].count(b"\n")))
    assert rest == [line for line in whole if line.offset >= begin]


def test_windows_line_ends_do_not_belong_to_the_line() -> None:
    assert [line.content for line in lines([b"a\r\nb\r", b"\n"], offset=0, number=1)] == [b"a", b"b"]


@pytest.mark.parametrize("piece", [1_000, MAX_LINE, 2 * MAX_LINE + 10])
def test_a_line_that_is_too_long_is_passed_over_without_being_held(piece: int) -> None:
    content = b"a\n" + b"x" * (2 * MAX_LINE) + b"\nb\n"
    pieces = [content[start : start + piece] for start in range(0, len(content), piece)]
    found = list(lines(pieces, offset=0, number=1))
    assert [(line.number, line.offset, line.is_cut) for line in found] == [
        (1, 0, False),
        (2, 2, True),
        (3, 2 * MAX_LINE + 3, False),
    ]
    assert found[2].content == b"b"
    assert routed(found[1]).reject is not None


def line(content: bytes) -> Line:
    return Line(4, 120, 120 + len(content) + 1, content)


@pytest.mark.parametrize(
    ("content", "product", "is_media"),
    [
        (b'{"id":"gid://shopify/Product/7"}', "7", False),
        (b'{"id":"gid://shopify/Product/7","__parentId":"gid://shopify/Collection/1"}', "7", False),
        (b'{"id":"gid://shopify/ProductVariant/8","__parentId":"gid://shopify/Product/7"}', "7", False),
        (b'{"id":"gid://shopify/MediaImage/9","__parentId":"gid://shopify/Product/7"}', "7", True),
        (b'{"src":"https://x/y.jpg","__parentId":"gid://shopify/Product/7"}', "7", False),
        (b'{"id":"gid://shopify/Order/9"}', "", False),
        (b'{"id":"gid://shopify/Metafield/9","__parentId":"gid://shopify/ProductVariant/8"}', "", False),
        (b"   ", "", False),
    ],
)
def test_a_line_is_told_by_its_ids(content: bytes, product: str, is_media: bool) -> None:
    route = routed(line(content))
    assert (route.product, route.is_media, route.reject) == (product, is_media, None)


@given(
    st.lists(st.tuples(st.integers(1, 10**18), st.binary(max_size=30).filter(lambda b: b"\n" not in b)), max_size=40)
)
def test_what_goes_into_a_segment_comes_out_of_its_heaps(said: list[tuple[int, bytes]]) -> None:
    builder = SegmentBuilder(5)
    for number, (product, content) in enumerate(said, start=1):
        builder.add(str(product), Row(number, number * 10, content))
    content, bounds = builder.finished()
    assert (bounds[0], bounds[-1], len(bounds)) == (0, len(content), 6)
    for heap in range(5):
        found = list(rows(content[bounds[heap] : bounds[heap + 1]]))
        assert found == [
            Row(number, number * 10, text)
            for number, (product, text) in enumerate(said, start=1)
            if heap_of(str(product), 5) == heap
        ]


def test_a_product_is_always_in_the_same_heap() -> None:
    """What is spooled by one process is joined by another."""
    assert [heap_of(str(number), 7) for number in (1, 8_000_000_000_000, 9_007_199_254_740_993)] == [2, 6, 0]


@pytest.mark.parametrize(
    ("size", "heaps", "segment"), [(0, 1, 8), (1, 1, 8), (110, 19, 8), (1_000, 167, 31), (100_000, 1024, 32)]
)
def test_larger_files_have_more_heaps_and_longer_segments(size: int, heaps: int, segment: int) -> None:
    mib = 1024 * 1024
    sizes = SpoolSizes()
    assert (sizes.heaps_for(size * mib), sizes.segment_for(size * mib) // mib) == (heaps, segment)

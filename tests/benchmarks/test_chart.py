from xml.etree import ElementTree

from benchmarks.chart import Bar, Panel, draw

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*panels: Panel) -> ElementTree.Element:
    return ElementTree.fromstring(draw("times", panels))


def bars(picture: ElementTree.Element) -> list[float]:
    return [float(bar.attrib["width"]) for bar in picture.iter(f"{SVG}rect") if bar.get("class") != "page"]


def test_bars_are_as_long_as_their_values_are_large() -> None:
    first, second = bars(drawn(Panel("cold", "seconds", [Bar("ours", 1, "1 s", True), Bar("theirs", 4, "4 s")])))
    assert second == 4 * first


def test_a_bar_many_times_as_long_as_most_is_cut_and_marked() -> None:
    values = [Bar("ours", 1, "1 s", True), Bar("others", 2, "2 s"), Bar("last", 100, "100 s")]
    picture = drawn(Panel("cold", "seconds", values))
    lengths = bars(picture)
    assert lengths[2] == 3 * lengths[1] == 6 * lengths[0]
    assert [path.get("class") for path in picture.iter(f"{SVG}path")] == ["cut"]


def test_each_panel_has_its_own_scale() -> None:
    one, other = Panel("a", "", [Bar("ours", 1, "1")]), Panel("b", "", [Bar("ours", 1000, "1000")])
    assert len(set(bars(drawn(one, other)))) == 1


def test_text_is_text_and_cannot_end_an_element() -> None:
    texts = [text.text for text in drawn(Panel("a < b & c", "x", [Bar("<b>", 1, "1 s")])).iter(f"{SVG}text")]
    assert texts == ["a < b & c", "x", "<b>", "1 s"]


def test_only_our_bar_is_marked() -> None:
    picture = drawn(Panel("cold", "", [Bar("ours", 1, "1 s", True), Bar("theirs", 4, "4 s")]))
    assert [bar.get("class") for bar in picture.iter(f"{SVG}rect")] == ["page", "ours", "bar"]


def test_a_third_panel_starts_a_second_row() -> None:
    panel = Panel("a", "", [Bar("ours", 1, "1")])
    heights = [float(drawn(*[panel] * count).attrib["height"]) for count in (1, 2, 3)]
    assert heights[0] == heights[1] < heights[2]


def test_nothing_lies_outside_the_picture() -> None:
    picture = drawn(Panel("a", "", [Bar("ours", 3, "3")]), Panel("b", "", [Bar("ours", 2, "2")]))
    (last,) = [group.attrib["transform"] for group in picture.iter(f"{SVG}g")][1:]
    left = float(last.removeprefix("translate(").split()[0])
    assert left + max(bars(picture)) < float(picture.attrib["width"])

"""The symbol of an icon: what it draws with, under names of its own; and what is refused."""

import pytest

from buildassets.compiler.images.symbol import IconError, symbol
from tests.compiler.languages.markup.test_svg_fault import BOMB

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def inside(text: str, name: str = "a") -> str:
    """What the symbol of an icon with this `text` inside has inside."""
    made = symbol(name, f"{HEAD}>{text}</svg>").text
    start = f'<symbol id="{name}">'
    assert made.startswith(start), made
    return made.removeprefix(start).removesuffix("</symbol>")


def test_the_root_keeps_what_it_draws_with() -> None:
    root = 'width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" class="x" role="img" id="r"'
    made = symbol("sub/check", f"{HEAD} {root}><path d='M0 0'/></svg>")
    path = '<path d="M0 0"/>'
    root = 'id="sub/check" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
    assert made.text == f"<symbol {root}>{path}</symbol>"
    assert made.size == (24, 24)


def test_without_a_view_box_the_size_is_one() -> None:
    assert 'viewBox="0 0 16.5 8"' in symbol("a", f'{HEAD} width="16.5px" height="8"/>').text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<g id="x"/><use href="#x"/>', '<g id="ico-a_-x"/><use href="#ico-a_-x"/>'),
        ('<g id="x"/><use xlink:href="#x"/>', '<g id="ico-a_-x"/><use href="#ico-a_-x"/>'),
        ('<g id="x"/><g fill="url(#x)"/>', '<g id="ico-a_-x"/><g fill="url(#ico-a_-x)"/>'),
        ('<g id="x"/><g style="mask:url(\'#x\')"/>', '<g id="ico-a_-x"/><g style="mask:url(\'#ico-a_-x\')"/>'),
        ('<g id="x"/><set begin="1s; x.end+2s"/>', '<g id="ico-a_-x"/><set begin="1s; ico-a_-x.end+2s"/>'),
        (
            '<g id="x"/><use href="#x"><animate attributeName="xlink:href" values="#x; #y"/></use>',
            '<g id="ico-a_-x"/><use href="#ico-a_-x"><animate attributeName="href" values="#ico-a_-x;#y"/></use>',
        ),
        ('<use href="#elsewhere"/>', '<use href="#elsewhere"/>'),
        ('<g fill="#abc"/>', '<g fill="#abc"/>'),
        ('<g class="x"/>', '<g class="x"/>'),
        ("<title>A</title><desc/><metadata><g/></metadata><g/>", "<g/>"),
        ('<e:v xmlns:e="urn:e"><g/></e:v><g xmlns:e="urn:e" e:k="1"/>', "<g/>"),
        ("<text>a\nb</text>", "<text>a&#10;b</text>"),
        ('<g xml:space="preserve"/>', '<g xml:space="preserve"/>'),
    ],
)
def test_ids_and_references_are_the_icon_s_own(text: str, expected: str) -> None:
    assert inside(text) == expected


def test_a_sheet_concerns_its_icon_only() -> None:
    made = symbol(
        "a", f"{HEAD} class='r'><style>.x{{fill:url(#y)}} path{{a:b}}</style><g class='x' id='y'/></svg>"
    ).text
    sheet = ".ico-a_-x{fill:url(#ico-a_-y)}:where(.ico-a) path{a:b}"
    group = '<g class="ico-a_-x" id="ico-a_-y"/>'
    assert made == f'<symbol id="a" class="ico-a ico-a_-r"><style>{sheet}</style>{group}</symbol>'


@pytest.mark.parametrize(("one", "other"), [("a/b", "a_2f_b"), ("a", "a_-b"), ("a_", "a__"), ("a b", "a_20_b")])
def test_no_two_icons_share_a_name(one: str, other: str) -> None:
    names = {
        symbol(name, f'{HEAD}><g id="b-c"/><g id="c"/></svg>').text.split('<g id="', 1)[1] for name in (one, other)
    }
    assert len(names) == 2


def test_a_root_that_the_icon_refers_to_is_the_symbol() -> None:
    assert '<use href="#a"/>' in symbol("a", f'{HEAD} id="r"><use href="#r"/></svg>').text


def test_licences_stay_apart() -> None:
    assert symbol("a", f"<!-- @license ISC --><!-- editor -->{HEAD}/>").licences == (" @license ISC ",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"{HEAD}><script>1</script></svg>", "icon/script"),
        (f"{HEAD}><g><SCRIPT/></g></svg>", "icon/script"),
        (f"{HEAD}><s:script xmlns:s='http://www.w3.org/2000/svg'/></svg>", "icon/script"),
        (f"{HEAD} onload='f()'/>", "icon/script"),
        (f"{HEAD}><a href=' java&#10;script:f()'/></svg>", "icon/script"),
        (f"{HEAD}><a xlink:href='JAVASCRIPT:f()'/></svg>", "icon/script"),
        (f"{HEAD}><set attributeName='onclick' to='f()'/></svg>", "icon/script"),
        (f"{HEAD}><set attributeName='href' to='javascript:f()'/></svg>", "icon/script"),
        (f"{HEAD}><animate attributeName='href' values='a;javascript:f()'/></svg>", "icon/script"),
        (f"{HEAD}><foreignObject><b xmlns='http://www.w3.org/1999/xhtml'/></foreignObject></svg>", "icon/script"),
        (f"{HEAD}><image href='a.png'/></svg>", "icon/reference"),
        (f"{HEAD}><image href='https://a.example/a.png'/></svg>", "icon/reference"),
        (f"{HEAD}><use href='other.svg#a'/></svg>", "icon/reference"),
        (f"{HEAD}><g style='fill:url(a.svg#b)'/></svg>", "icon/reference"),
        (f"{HEAD}><set attributeName='fill' to='url(https://a.example/a.svg#b)'/></svg>", "icon/reference"),
        (f"{HEAD}><image><set attributeName='href' to='https://a.example/a.png'/></image></svg>", "icon/reference"),
        (f"{HEAD}><use><animate attributeName='href' values='#a; b.svg#a'/></use></svg>", "icon/reference"),
        (f"<?xml-stylesheet href='a.css'?>{HEAD}/>", "icon/reference"),
        (f"{HEAD}><style>@import 'a.css';</style></svg>", "icon/style"),
        (f"{HEAD}><style>[id]{{a:b}}</style></svg>", "icon/style"),
        (BOMB + f"]>{HEAD}>&a19;</svg>", "icon/unreadable"),
        ("<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + f"{HEAD}>&a;</svg>", "icon/unreadable"),
        (f"{HEAD}><g></svg>", "icon/unreadable"),
        ("<svg/>", "icon/unreadable"),
        ("<html xmlns='http://www.w3.org/1999/xhtml'/>", "icon/unreadable"),
        ("", "icon/unreadable"),
    ],
)
def test_markup_that_would_run_or_load_in_a_page_is_refused(text: str, code: str) -> None:
    with pytest.raises(IconError) as raised:
        symbol("a", text)
    assert raised.value.code == code


def test_an_image_in_a_data_url_stays() -> None:
    assert inside('<image href="data:image/png;base64,AAAA"/>') == '<image href="data:image/png;base64,AAAA"/>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not well-formed XML: no element found"),
        (f"<?xml version='1.0' encoding='GB2312'?>{HEAD}/>", "declares an encoding that cannot be read"),
    ],
)
def test_why_an_icon_cannot_be_read_goes_on_from_its_name(text: str, message: str) -> None:
    with pytest.raises(IconError) as caught:
        symbol("a", text)
    assert str(caught.value) == message


def test_animations_of_numbers_and_colours_stay() -> None:
    text = '<g><animate attributeName="fill" values="#abc;red"/><animate attributeName="d" values="M0 0;M1 1"/></g>'
    assert inside(text) == text

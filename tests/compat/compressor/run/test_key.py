"""The key of a block: what counts, and what does not."""

from buildassets.compat.compressor.run.elements import elements_of
from buildassets.compat.compressor.run.key import Block, block_key, source_of, static_path

JS = Block("js", "file", None)
PREFIXES = ("/static/",)


def key(markup: str, block: Block = JS, prefixes: tuple[str, ...] = PREFIXES, *, loose: bool = False) -> str:
    return block_key(block, elements_of(markup), prefixes, loose=loose)


def test_white_space_between_elements_does_not_count() -> None:
    assert key("<script>a</script><script>b</script>") == key("\n<script>a</script>\n\n  <script>b</script> ")


def test_prefix_hash_and_query_do_not_count() -> None:
    plain = key('<script src="/static/js/a.js"></script>')
    assert plain == key(
        '<script src="https://cdn.example/js/a.0123456789ab.js?v=2"></script>', JS, ("https://cdn.example/",)
    )
    assert plain != key('<script src="/static/js/b.js"></script>')


def test_the_prefix_in_texts_does_not_count() -> None:
    assert key('<script>u = "/static/"</script>') == key('<script>u = "/other/"</script>', JS, ("/other/",))


def test_kind_mode_and_name_count() -> None:
    blocks = [JS, Block("js", "inline", None), Block("js", "file", "name"), Block("css", "file", None)]
    assert len({key("<script>a</script>", block) for block in blocks}) == len(blocks)


def test_attributes_count_but_for_the_value_of_a_nonce() -> None:
    assert key('<script nonce="a">x</script>') == key('<script nonce="b">x</script>')
    assert key("<script defer>x</script>") != key("<script>x</script>")


def test_whether_there_is_a_nonce_counts() -> None:
    assert key('<script nonce="a">x</script>') != key("<script>x</script>")


def test_which_elements_share_a_nonce_counts() -> None:
    one, other = '<script nonce="a">x</script>', '<script nonce="b">x</script>'
    assert key(one + one) != key(one + other)


def test_a_loose_key_knows_which_attributes_are_the_same_only() -> None:
    one, other = '<script data-a="1">x</script>', '<script data-a="2">x</script>'
    assert key(one, loose=True) == key(other, loose=True)
    assert key(one + one, loose=True) != key(one + other, loose=True)
    assert key(one, loose=True) != key(one)


def test_a_loose_key_knows_the_names_of_attributes() -> None:
    one, other = '<script data-a="1">x</script>', '<script data-b="1">x</script>'
    assert key(one, loose=True) != key(other, loose=True)


def test_paths_are_decoded_and_others_stay() -> None:
    assert static_path("/static/a%20b.css#x", PREFIXES) == "a b.css"
    assert static_path("/media/a.css", PREFIXES) is None
    assert source_of("//cdn.example/a.js", PREFIXES) == "//cdn.example/a.js"


def test_the_whole_name_of_a_file_counts() -> None:
    names = ("w/app.aaaaaaaaaaaa.js", "w/app.bbbbbbbbbbbb.js")
    assert {source_of(f"/static/{name}", PREFIXES, names.__contains__) for name in names} == {*names}
    assert source_of("/static/w/app.cccccccccccc.js", PREFIXES, names.__contains__) == "w/app.js"

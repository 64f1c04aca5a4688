from ui.links import (
    LinkKind,
    PassageLink,
    document_href,
    parse_document_href,
    parse_passage_href,
    passage_href,
)


def test_a_passage_link_survives_the_way_through_the_page():
    link = PassageLink(LinkKind.CITE, "a b/(ü) #1 [x].txt", 3, 20, "0123456789ab")
    assert parse_passage_href(passage_href(link)) == link


def test_an_id_as_long_as_a_path_can_be_survives_it_too():
    longest = "/".join(["文" * 80] * 17) + ".txt"
    link = PassageLink(LinkKind.CITE, longest, 10**11, 10**11 + 1, "0123456789ab")
    assert parse_passage_href(passage_href(link)) == link
    assert parse_document_href(document_href(longest)) == longest


def test_a_link_holds_nothing_that_ends_a_markdown_link_or_an_attribute():
    href = passage_href(PassageLink(LinkKind.NEAR, "a)b\"c'd <e> f.txt", 0, 1, ""))
    assert not set(href) & set(" ()<>\"'")


def test_only_the_first_twelve_characters_of_the_hash_go_into_a_link():
    link = PassageLink(LinkKind.CITE, "a.txt", 0, 1, "0123456789abcdef" * 4)
    assert passage_href(link) == "#cite=0-1-0123456789ab-a.txt"


def test_forged_links_name_no_passage():
    forged = [
        "",
        "#cite=",
        "#cite=-1-5-0123456789ab-a.txt",
        "#cite=1.5-5-0123456789ab-a.txt",
        "#cite=1-5-XYZ-a.txt",
        "#cite=1-5-0123456789ab-",
        "#cite=1-5-0123456789ab-a.txt\n#cite=1-5-0123456789ab-b.txt",
        "#cite=" + "9" * 13 + "-5-0123456789ab-a.txt",
        "#cite=1-5-0123456789ab-" + "a" * 20_000,
        "javascript:alert(1)",
        "https://example.org/#cite=1-5-0123456789ab-a.txt",
    ]
    assert [parse_passage_href(href) for href in forged] == [None] * len(forged)


def test_a_document_link_survives_the_way_through_the_page():
    assert parse_document_href(document_href("papers/a (1).txt")) == "papers/a (1).txt"


def test_a_passage_link_is_no_document_link():
    assert parse_document_href("#cite=0-1-0123456789ab-a.txt") is None

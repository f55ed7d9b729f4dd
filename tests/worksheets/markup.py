"""What the tests of learning platforms' formats share: an HTML reader that trusts nothing."""

from __future__ import annotations

from html.parser import HTMLParser

ALLOWED = {
    "p": (), "ol": (), "li": (), "code": (), "strong": (), "span": (), "div": ("id",),
    "thead": (), "tbody": (), "tr": (), "td": (), "table": ("border", "cellpadding"), "th": ("scope",),
    "img": ("src", "alt", "style", "class", "title", "data-equation-content", "data-ignore-a11y-check"),
}  # fmt: skip
SOURCES = ("@@PLUGINFILE@@/", "data:image/svg+xml;base64,", "%24IMS-CC-FILEBASE%24/images/", "/equation_images/")


class Reader(HTMLParser):
    """The words of some HTML, its pictures, and whatever should not be there."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words, self.pictures, self.problems, self.open = [], [], [], []
        self.feed(html)
        self.close()
        if self.open:
            self.problems.append(f"left open: {self.open}")

    def handle_starttag(self, tag, attrs):
        allowed = ALLOWED.get(tag)
        if allowed is None or not {name for name, _ in attrs} <= set(allowed):
            self.problems.append(f"<{tag} {attrs}>")
        if tag == "img":
            given = dict(attrs)
            self.pictures.append(given)
            if not given["src"].startswith(SOURCES) or "alt" not in given:
                self.problems.append(f"a picture: {given}")
            if "data-equation-content" in given:
                self.words.append(f"${given['data-equation-content']}$")
        else:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}>")

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        self.problems.append(f"<!--{data}-->")

    handle_decl = handle_pi = unknown_decl = handle_comment

    @property
    def text(self) -> str:
        return "".join(self.words)

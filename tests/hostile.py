"""Strings that try to run, to reach the network, to break out or to deceive; all made here.

Every script among them counts up `window.__ran`, so one look tells whether anything ran.
"""

from functools import cache

RUN = "window.__ran=1"
AWAY = "https://stranger.invalid/x"
TAGS = ("img", "svg", "video", "audio", "body", "details", "input", "object", "iframe", "marquee",
        "math", "style", "link", "select", "textarea", "button")  # fmt: skip
EVENTS = ("onerror", "onload", "onclick", "onfocus", "ontoggle", "onmouseover")
ENDS = ("", '"', "'", "`", "-->", "]]>", "</title>", "</style>", "</textarea>", "</noscript>",
        "</script>", "</svg>", "</td></tr></table>", "</iframe>")  # fmt: skip
PLACES = ("{}", " {} ", "a{}b", '"{}"', "'{}'", "({})", "[{}]", "<b>{}</b>", "<p title='{}'>",
          "{}\n{}", "${}", "#{}", "@{}", "{}.name", "\\{}", "%{}%",
          "&lt;{}&gt;", "`{}`", "//{}", "{}{}")  # fmt: skip


def markup():
    for tag in TAGS:
        for event in EVENTS[:4]:
            yield f"<{tag} src=x {event}={RUN}>"
    for end in ENDS:
        yield f"{end}<script>{RUN}</script>"
        yield f"{end}<img src=x onerror={RUN}>"
    yield f"<svg/onload={RUN}>"
    yield f"<svg><animate onbegin={RUN} attributeName=x dur=1s>"
    yield f"<svg><script>{RUN}</script></svg>"
    yield f"<details open ontoggle={RUN}>"
    yield f"<input autofocus onfocus={RUN}>"
    yield f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>"
    yield f"<object data='data:text/html,<script>{RUN}</script>'></object>"
    yield f"<embed src='data:image/svg+xml,<svg onload={RUN}/>'>"
    yield f"<math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>"
    yield f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>"
    yield f"<SCRIPT>{RUN}</SCRIPT>"
    yield f"<script\n>{RUN}</script\n>"
    yield f"<scr<script>ipt>{RUN}</scr</script>ipt>"
    yield f"<img\x0csrc=x\x0conerror={RUN}>"
    yield "<!-- "
    yield "<![CDATA["
    yield "<plaintext>"
    yield f"<base href='{AWAY}'>"
    yield f"<img src='{AWAY}'>"
    yield f"<link rel=stylesheet href='{AWAY}'>"
    yield f"<script src='{AWAY}'></script>"
    yield f"<form action='{AWAY}'><button>"
    yield f"<video poster='{AWAY}'>"


def attributes():
    for quote in ('"', "'", "`", "&quot;", "&#39;", "\\", '\\"', "\\'"):
        for event in EVENTS:
            yield f"{quote} autofocus tabindex=1 {event}={RUN} x={quote}"
        yield f"{quote}><img src=x onerror={RUN}>"
        yield f"{quote};{RUN};//"


def templates():
    for place in PLACES:
        yield place.replace("{}", "{{ 6*7 }}")


def scripts():
    for text in ("${%s}", "`${%s}`", "`;%s;`", "\\`${%s}", "';%s;'", '";%s;"', "\\';%s;//",
                 "</script><script>%s;//", "\\u0022;%s;//", "\u2028%s//", "\u2029%s//", "*/%s/*",
                 "-->\n%s", "<!--<script>%s", "]});%s;//", '"}];%s;[{"'):  # fmt: skip
        yield text % RUN
    yield '{"__proto__":{"polluted":1}}'
    yield "__proto__"
    yield "constructor"
    yield "\\u003cscript\\u003e"
    yield "\\x3cimg src=x onerror=window.__ran=1\\x3e"


def addresses():
    for scheme in ("javascript:", "JaVaScRiPt:", "java\tscript:", "\x01javascript:", " javascript:",
                   "vbscript:", "data:text/html,", "javascript&colon;",
                   "javascript://%0a"):  # fmt: skip
        yield f"{scheme}{RUN}"
        yield f"[a]({scheme}{RUN})"
    yield AWAY
    yield f"![x]({AWAY})"
    yield f"<{AWAY}>"
    yield f"url({AWAY})"
    yield f"//{AWAY[8:]}"


def entities():
    yield from ("&lt;b&gt;", "&amp;lt;", "&#60;script&#62;", "&#x3c;img&#x3e;", "&nbsp", "&copy",
                "&NewLine;", "&quot;", "&#0;", "&#xd800;", "&unknown;", "%3Cscript%3E")  # fmt: skip
    yield f"&lt;img src=x onerror={RUN}&gt;"


def styles():
    yield f"</style><img src=x onerror={RUN}>"
    yield f"x;background:url({AWAY})"
    yield f"@import '{AWAY}';"
    yield f"expression({RUN})"
    yield "}*{display:none}"
    yield "position:fixed;inset:0"
    yield "\\3c script"


def marks():
    for sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c":
        yield f"abc{sign}def"
    for sign in "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u2028\u2029\u0085\u00a0":
        yield f"abc{sign}def"
    yield "\u202e" + "gpj.exe"
    yield "a" + "\u0301" * 60
    yield "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    yield "paypa\u217c \u0430bc"  # letters that only look like others
    yield "\ufb01 \u2160 \uff1cscript\uff1e"


def controls():
    for number in (*range(0, 9), 11, 12, *range(14, 32), 127, 0x80, 0x9B):
        yield f"abc{chr(number)}def"


def terminals():
    for code in ("[31mred", "[2J", "]0;title\x07", "]8;;https://stranger.invalid\x07x", "[6n",
                 "P$q", "c", "[?1049h", "(0", "_G"):  # fmt: skip
        yield f"a\x1b{code}"
    yield "\x9b31mred"
    yield "[bold red]rich[/]"
    yield "[link=https://stranger.invalid]x[/link]"
    yield ":warning: \\[x]"


def formulas():
    for sign in ("=", "+", "-", "@", "\t=", "\r=", " =", "\n=", "\uff1d", "\uff0b", "%"):
        yield f"{sign}1+1"
    yield "=cmd|' /C calc'!A0"
    yield f'=HYPERLINK("{AWAY}","x")'
    yield f'=WEBSERVICE("{AWAY}")'
    yield "@SUM(1+1)*cmd|' /C calc'!A0"
    yield '"=1+1'
    yield "=1+1,=2+2"
    yield ";=1+1"


def breakers():
    yield from ('{"a":', "}]", '"', '\\"', "\\", "\\u", "\\ud800", "[", "null", "true", "1e999",
                "a,b;c\td|e", 'a"b""c', "$x$", "$\\frac{1}{2}$", "\\input{x}", "#import x",
                "#eval(1)", "*a* _b_ ~c~", "# head", "> quote", "- item", "| a | b |", "[^1]",
                "[1]", "[999]", "%s %d %(x)s", "{0} {x}", "$(id)", "`id`", "; id", "../../x",
                "C:\\x", "/etc/passwd", "CON", "a" * 5000, "나" * 1000, "x y " * 500,
                "0", "-0", "NaN", "None", "undefined")  # fmt: skip


CLASSES = {
    "markup": markup, "attributes": attributes, "templates": templates, "scripts": scripts,
    "addresses": addresses, "entities": entities, "styles": styles, "marks": marks,
    "controls": controls, "terminals": terminals, "formulas": formulas, "breakers": breakers,
}  # fmt: skip
# What a data folder may not hold: it goes into documents whose format has no such characters.
NO_TEXT = frozenset([*map(chr, range(9)), "\x0b", "\x0c", *map(chr, range(14, 32))])


@cache
def strings():
    """Every string once, in the order of the classes."""
    return tuple(dict.fromkeys(text for made in CLASSES.values() for text in made()))


@cache
def printable():
    """Those that a table of a data folder may hold; a lone line end is no text of a cell."""
    return tuple(text for text in strings() if not NO_TEXT & set(text) and "\r" not in text)

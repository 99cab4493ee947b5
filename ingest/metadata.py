"""What a document is: title, number, issuer, rank, dates – from the catalog, front matter or the text."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

from retrieval.catalog import Catalog, Entry, fold_name
from retrieval.clause import Document, Level
from retrieval.numerals import fold_width

_FRONT_MATTER = re.compile(r"\A\s*---\n(.*?)\n---", re.S)
_DOC_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,10}[〔\[［]\d{4}[〕\]］]\s?\d+\s?号")
_STANDARD = re.compile(
    r"\b((?:GB|JGJ|CJJ|JB|GBZ|DBJ|JG|AQ)(?:\s?/\s?[TZJ])?)\s?(\d+(?:\.\d+)?)\s?[—–-]\s?(\d{4})"
)
_TITLE_LINE = re.compile(
    r"^[^。；，]{4,80}(?:法|条例|规定|办法|规范|标准|规程|导则|指南|手册|方案|通知|意见|细则|解释)(?:[（(][^）)]{1,20}[)）])?$"
)
_DATE = re.compile(r"(\d{4})[-年](\d{1,2})(?:[-月](\d{1,2})日?)?")
_IN_FORCE = re.compile(r"自\s?(\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日)\s?起\s?(?:施行|实施|执行)")
_AMENDED = re.compile(r"(?:修正|修订|修改)自\s?(\d{4}-\d{2}-\d{2})")
_YEARS = re.compile(r"(20\d\d)\s?[—–-]\s?(20\d\d)\s?年?")


def describe(name: str, source: str, text: str, catalog: Catalog) -> Document:
    """The Document of a source file.

    `name` is the file's name, `source` the whole file, `text` its repaired text. The catalog wins over
    front matter, front matter over what the text says of itself.
    """
    front = front_matter(source)
    said = _said_by_text(text)
    entry = _catalog_entry(name, front, said, catalog)
    document = _from_front_matter(front, said, name)
    if entry is not None:
        document = _with_entry(document, entry)
    return document if document.expires else replace(document, expires=_limited_term(document))


def front_matter(source: str) -> dict[str, Any]:
    """The YAML block at the head of a file; {} where there is none or it is damaged."""
    match = _FRONT_MATTER.match(source)
    if not match:
        return {}
    rows: dict[str, Any] = {}
    for line in match.group(1).splitlines():  # values hold colons and quotes: read line by line
        key, colon, value = line.partition(":")
        if colon and re.fullmatch(r"\w+", key.strip()) and value.strip():
            rows[key.strip()] = value.strip()
    return rows


def iso_date(text: str | None) -> str | None:
    """The first date in a text as ISO, as precise as it is written."""
    if not text:
        return None
    match = _DATE.search(re.sub(r"\s", "", text))
    if match:
        parts = [match.group(1), *(f"{int(p):02d}" for p in match.groups()[1:] if p)]
        return "-".join(parts)
    year = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)
    return year.group() if year else None


def level_of(number: str | None, issuer: str | None, title: str) -> Level:
    """A document's rank, told by its number, else by its issuer."""
    number, issuer = fold_width(number or ""), issuer or ""
    for pattern, level in _LEVELS:
        if re.search(pattern, number):
            return level
    if "全国人民代表大会" in issuer:
        return Level.LAW
    local = re.search(r"[省市县区](?!场)", issuer.replace("市场", ""))
    if re.search(r"条例$", title):
        return Level.LOCAL_REGULATION if local else Level.ADMINISTRATIVE_REGULATION
    if local:
        return Level.LOCAL_NORMATIVE_DOCUMENT
    return Level.NORMATIVE_DOCUMENT if issuer or number else Level.OTHER


_LEVELS = (
    (r"主席令", Level.LAW),
    (r"国务院令", Level.ADMINISTRATIVE_REGULATION),
    (r"法释", Level.JUDICIAL_INTERPRETATION),
    (r"^(?:GB|GBZ)\b|^GB", Level.NATIONAL_STANDARD),
    (r"^(?:JGJ|CJJ|JB|JG|AQ|TSG)", Level.INDUSTRY_STANDARD),
    (r"(?:部|总局|委员会|署|局)令", Level.DEPARTMENTAL_RULE),
)


def jurisdiction_of(issuer: str | None) -> str:
    """Where a document applies: 全国, or the province, city or county of a local issuer."""
    match = re.match(
        r"([\u4e00-\u9fff]{2,4}省)?([\u4e00-\u9fff]{2,4}市)?([\u4e00-\u9fff]{2,4}[县区市])?", issuer or ""
    )
    place = match.group() if match else ""
    return _FULL_PLACE.get(place, place) or "全国"


_FULL_PLACE = {"晋江市": "福建省泉州市晋江市", "泉州市": "福建省泉州市"}


def _said_by_text(text: str) -> dict[str, str]:
    head = text[:1500]
    lines = [line.strip() for line in head.split("\n") if line.strip()]
    said: dict[str, str] = {}
    if number := _DOC_NUMBER.search(head[:600]):
        said["doc_number"] = re.sub(r"\s", "", number.group())
    elif standard := _STANDARD.search(head):
        said["doc_number"] = f"{re.sub(r's', '', standard.group(1))} {standard.group(2)}-{standard.group(3)}"
    titles = [line for line in lines[:12] if _TITLE_LINE.match(line)]
    if titles:
        said["title"] = re.sub(
            r"^[\u4e00-\u9fff]+(?:局|厅|部|委员会|政府)关于(?:印发|发布)(.+?)的通知$", r"\1", titles[0]
        )
        said["title"] = said["title"].strip("《》")
    elif lines:
        said["title"] = lines[0][:60]
    if issuer := re.search(
        r"^([\u4e00-\u9fff]{4,30}?(?:局|厅|部|委员会|政府|院))(?:文件)?$", "\n".join(lines[:3]), re.M
    ):
        said["issuer"] = issuer.group(1)
    if dated := re.search(r"^(\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日)$", text[:4000], re.M):
        said["issued"] = dated.group(1)
    if in_force := _IN_FORCE.search(text):
        said["effective"] = in_force.group(1)
    return said


def _from_front_matter(front: dict[str, Any], said: dict[str, str], name: str) -> Document:
    def value(key: str) -> str | None:
        found = front.get(key) or said.get(key)
        return None if found in (None, "n/a") else str(found)

    title = value("title") or re.sub(r"\.\w+$", "", name)
    number, issuer = value("doc_number"), value("issuer")
    effective = value("effective") or ""
    amended = _AMENDED.search(effective)
    issued = iso_date(value("issued"))
    status = f"{front.get('status', '')}"
    over = re.search(r"(?:REPEALED|SUPERSEDED|废止)", status) or re.search(r"废止", name)
    repealed = None
    if over:
        repealed = iso_date(re.sub(r"〔\d+〕", "", status)) or iso_date(re.sub(r"_\d{4}（", "（", name))
    level = level_of(number, issuer, title)
    return Document(
        id=_identity(title, number, level),
        title=title,
        number=number,
        issuer=issuer,
        level=level,
        jurisdiction=jurisdiction_of(issuer) if "地方" in level else "全国",
        issued=issued,
        effective=(amended.group(1) if amended else iso_date(effective)) or issued,
        repealed=repealed,
        display="clause" if level in (Level.NATIONAL_STANDARD, Level.INDUSTRY_STANDARD) else "full",
        source=name,
    )


def _identity(title: str, number: str | None, level: Level) -> str:
    """A short stable name: the number for standards and notices, else the title."""
    if number and level in (Level.NATIONAL_STANDARD, Level.INDUSTRY_STANDARD):
        return re.sub(r"[\s/]", "", re.split(r"[（(]", number)[0])
    if number and _DOC_NUMBER.fullmatch(number):
        return number
    return title.removeprefix("中华人民共和国")


def _catalog_entry(name: str, front: dict[str, Any], said: dict[str, str], catalog: Catalog) -> Entry | None:
    """The catalog's entry for this text: by file name, else by title, else by number."""
    for entry in catalog.entries.values():
        if name in (entry.file, f"{entry.id}.txt", f"{entry.id}.docx", f"{entry.id}.pdf"):
            return entry
    year = iso_date(str(front.get("issued") or said.get("issued") or ""))
    for key in ("title", "doc_number"):
        wanted = str(front.get(key) or said.get(key) or "")
        if not wanted:
            continue
        found = catalog.by_name.get(fold_name(wanted), ())
        if len(found) > 1 and year:
            found = tuple(e for e in found if (e.issued or "")[:4] == year[:4]) or found
        if found:
            return next((e for e in found if not e.repealed), found[0])
    return None


def _with_entry(document: Document, entry: Entry) -> Document:
    known = {
        f.name: getattr(entry, f.name)
        for f in fields(Document)
        if hasattr(entry, f.name) and getattr(entry, f.name) not in (None, (), "")
    }
    newer = entry.amended and document.effective and entry.effective and document.effective > entry.effective
    if newer:  # a text that says of itself that it began later has the amendments
        known |= {"effective": document.effective, "amended": None}
    return replace(document, **known)


def _limited_term(document: Document) -> str | None:
    """The end of a plan that names its years (2024—2026 年), or of a three-year campaign."""
    if years := _YEARS.search(document.title):
        return f"{years.group(2)}-12-31"
    if "三年行动" in document.title and document.issued:
        return f"{int(document.issued[:4]) + 2}-12-31"
    return None

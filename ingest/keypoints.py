"""Key points: facts of a regulation restated in our own words, each tied to its document and locator.

One YAML file a document: `document` (id in the catalog), `basis` (which text was read), `trust` (高 | 中 | 二手),
`roles` (who wrote, who reviewed), `points`. A point has `at` (locator), `say` (the fact), `subject`, `modal`,
`values` where it has figures, `asked` (ways in which people ask for it), `list` where it is a closed list of
names or thresholds. The points of one article are shown together, as its clause would be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from ingest.parse import ParsedDocument, SearchedClause
from retrieval.clause import Clause, ClauseKind, Document, clause_id
from retrieval.errors import UnreadableFile

if TYPE_CHECKING:
    from retrieval.catalog import Catalog

MODALS = frozenset(
    ["应当", "必须", "不得", "严禁", "可以", "宜", "不宜", "有权", "无需", "处罚", "定义", "事实"]
)
COMPARISONS = frozenset((">=", "<=", ">", "<", "=", "range"))
SECOND_HAND = "二手"
_TOGETHER = 700  # points of one article are shown together up to so many characters
_PROVISION = re.compile(r"表?(第[^条第]+条(?:之[一二三])?|(?:[A-Z]|\d+)(?:\.\d+)+)")


@dataclass(frozen=True, slots=True)
class Value:
    """A figure of a point: `what` `compare` `number` `unit`, under `condition`; a range goes to `to`."""

    what: str
    compare: str
    number: float
    unit: str
    to: float | None = None
    condition: str = ""


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """One fact."""

    at: str
    say: str
    subject: str
    modal: str
    values: tuple[Value, ...] = ()
    asked: tuple[str, ...] = ()
    listed: bool = False

    @property
    def provision(self) -> str:
        """The provision that the point belongs to."""
        return provision_of(self.at)


@dataclass(frozen=True, slots=True)
class KeyPoints:
    """The points of one document."""

    document: str
    basis: str
    trust: str
    roles: dict[str, str]
    points: tuple[KeyPoint, ...] = field(repr=False)


def provision_of(locator: str) -> str:
    """The article or numbered clause that a locator is in: 第二十八条 of 第二十八条第一款, 7.1.1 of 表7.1.1第2行."""
    match = _PROVISION.match(locator)
    return match.group(1) if match else locator


def read_keypoints(name: str, text: str) -> KeyPoints:
    """The points of a file. Raises UnreadableFile, saying where, when it is malformed."""
    import yaml

    try:
        data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        points = tuple(_point(row) for row in data["points"])
        if odd := next((p.modal for p in points if p.modal not in MODALS), None):
            raise UnreadableFile(name, f"情态“{odd}”不在 {'、'.join(sorted(MODALS))} 之中")
        head = {key: str(data[key]) for key in ("document", "basis", "trust")}
        return KeyPoints(**head, roles=dict(data["roles"]), points=points)
    except KeyError as error:
        raise UnreadableFile(name, f"不是合格的要点文件：缺少 {error.args[0]}") from error
    except (yaml.YAMLError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableFile(name, "不是合格的要点文件：写法请对照 corpus/keypoints/ 里的任何一个") from error


def parse_keypoints(name: str, text: str, catalog: Catalog) -> ParsedDocument:
    """The points as a document of the index. Raises UnreadableFile where the catalog has no such document."""
    read = read_keypoints(name, text)
    entry = catalog.entries.get(read.document)
    if entry is None:
        raise UnreadableFile(name, f"目录里没有“{read.document}”这个文件")
    known = {f.name: getattr(entry, f.name) for f in fields(Document) if hasattr(entry, f.name)}
    document = Document(**{**known, "kind": "key points", "source": read.basis, "trust": read.trust})
    groups: dict[str, list[KeyPoint]] = {}
    for point in read.points:
        groups.setdefault(point.provision, []).append(point)
    clauses: list[Clause] = []
    searched: list[SearchedClause] = []
    asked: list[tuple[int, str]] = []
    seen: dict[str, int] = {}

    def add(locator: str, text: str, kind: ClauseKind, parent: str | None, headings: tuple[str, ...]) -> int:
        seen[locator] = seen.get(locator, 0) + 1
        name = clause_id(document, locator, seen[locator])
        own = text if parent or kind is ClauseKind.ARTICLE else ""
        order = len(clauses)
        clauses.append(
            Clause(name, document.id, locator, headings, kind, text, own, 0, len(own), parent, order)
        )
        return order

    for provision, points in groups.items():
        together = "\n".join(p.say for p in points)
        article = None
        if len(points) > 1 and len(together) <= _TOGETHER:
            article = add(provision, together, ClauseKind.ARTICLE, None, ())
        for point in points:
            parent, kind = (
                (None, ClauseKind.ARTICLE) if article is None else (clauses[article].id, ClauseKind.ITEM)
            )
            number = add(point.at, point.say, kind, parent, (point.subject,))
            searched.append(SearchedClause(number, number if article is None else article))
            asked += [(number, phrase) for phrase in point.asked]
    return ParsedDocument(document, tuple(clauses), tuple(searched), "key points", (), tuple(asked))


def _point(row: dict[str, Any]) -> KeyPoint:
    known = {**row, "at": str(row["at"]), "say": str(row["say"]), "subject": str(row["subject"])}
    known["listed"] = bool(known.pop("list", False))
    known["values"] = tuple(_value(v) for v in row.get("values") or ())
    known["asked"] = tuple(str(a) for a in row.get("asked") or ())
    return KeyPoint(**known)


def _value(row: dict[str, Any]) -> Value:
    known = {**row, "number": float(row["number"]), "unit": str(row.get("unit") or "")}
    if row.get("to") is not None:
        known["to"] = float(row["to"])
    return Value(**known)

"""Numbers written in any of the ways that people and regulations write them, made one way.

三十二学时 = 32学时, 两米 = 2m, 百分之百 = 100%, ３２ = 32. Used for matching only: what is shown to a
reader is always the text as it stands.
"""

from __future__ import annotations

import re
import unicodedata

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_CHARS = "零〇○一二两三四五六七八九十百千万亿"

# A run of numeral characters is a number where a counter follows it, or 第 stands before it;
# otherwise 一般, 统一 and 三级 would become figures.
_COUNTERS = (
    "个?(?:学时|小时|工作日|分钟|周岁|月)|平方米|立方米|毫米|厘米|公里|千米|千克|公斤|百分|"
    "(?:人|名|次|元|万元|亿元|米|吨|天|日|年|月|周|岁|条|款|项|章|节|编|目|层|倍|台|处|遍|级|轮|家|根|道|度|伏|安|瓦|辆|份|期|户|成|组|类|座|米以)"
)
_COUNTED = re.compile(rf"(?<![\d.])([{_CHARS}]+)(?=(?:分之|多|余|来)?(?:{_COUNTERS}))")
_ORDINAL = re.compile(rf"(?<=第)([{_CHARS}]+)")
_PERCENT = re.compile(rf"(?:百分之|%)([{_CHARS}]+|\d+(?:\.\d+)?)")
_UNITS = {
    "平方米": "m2",
    "立方米": "m3",
    "毫米": "mm",
    "厘米": "cm",
    "千米": "km",
    "公里": "km",
    "千克": "kg",
    "公斤": "kg",
    "个小时": "小时",
    "个学时": "学时",
    "米": "m",
    "吨": "t",
    "伏": "v",
    "千牛": "kn",
}
_BLANK = re.compile(r"(?<=\d) +(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff]) +(?=\d)")
_UNIT = re.compile(r"(?<=\d)\s*(" + "|".join(_UNITS) + r")(?!处|度)")


def chinese_number(text: str) -> int | None:
    """The value of a Chinese numeral such as 三十二, 一百零二 or 二〇二四; None if it is not one."""
    if not text or any(c not in _CHARS for c in text):
        return None
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = section = digit = 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _POWERS:
            section += (digit or 1) * _POWERS[c]
            digit = 0
        else:
            total = (total + section + digit) * (10_000 if c == "万" else 100_000_000)
            section = digit = 0
    return total + section + digit


def _arabic(match: re.Match[str]) -> str:
    """A Chinese numeral in figures; 三十万 is 30万, as people write amounts."""
    text = match.group(1)
    head, unit = (text[:-1], text[-1]) if text[-1] in "万亿" and len(text) > 1 else (text, "")
    value = chinese_number(head)
    return text if value is None or text in ("万", "亿") else f"{value}{unit}"


def fold_width(text: str) -> str:
    """Full-width letters, digits and signs made half-width (NFKC), without changing anything else."""
    return unicodedata.normalize("NFKC", text)


def normalise(text: str) -> str:
    """One spelling for matching: width and case folded, Chinese numerals and units made 32 and m."""
    text = _BLANK.sub("", fold_width(text).lower())
    text = _PERCENT.sub(lambda m: f"{_arabic(m)}%", text)
    text = _COUNTED.sub(_arabic, text)
    text = _ORDINAL.sub(_arabic, text)
    return _UNIT.sub(lambda m: _UNITS[m.group(1)], text)


def numbers_in(text: str) -> set[str]:
    """All figures of a text in their normal spelling, e.g. {"32", "2.5"}."""
    return set(re.findall(r"\d+(?:\.\d+)?", normalise(text)))

"""What a question asks for: its kind, and whether it can be taken up at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_LENGTH = 1_000


class Kind(StrEnum):
    """What the answer has to lead with."""

    NUMBER = "number"
    WHO = "who"
    WHEN = "when"
    DEFINITION = "definition"
    MAY = "may"
    WHAT_IF = "what_if"
    LIST = "list"
    REFERENCE = "reference"
    PROCEDURE = "procedure"
    OTHER = "other"


_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        Kind.REFERENCE,
        re.compile(
            r"第[一二三四五六七八九十百\d]+条(?:第[一二三四五六七八九十\d]+款)?(?:是|讲|说|规定|写|的?内容|原文|怎么|什么|具体)|\d+\.\d+(?:\.\d+)*\s?条?(?:的?内容|是|讲|说|规定|写|原文|怎么)"
        ),
    ),
    (Kind.WHEN, re.compile(r"什么时候|何时|哪天|哪一天|哪年|几号|什么时间|啥时候|截止|到哪年|几月|何年")),
    (
        Kind.NUMBER,
        re.compile(
            r"多少|几(?:个|名|人|天|年|次|米|遍|层|倍|家|项|类|级|号|小时|分钟|公分|厘米|轮|种|处|道|台|口|条|块|毫米|吨|度|分|月|周|日)|多(?:久|长|高|宽|深|厚|大|远|重|粗|快)|上限|下限|比例|百分之|最少|最多|至少|最低|最高|不超过|学时"
        ),
    ),
    (
        Kind.WHO,
        re.compile(
            r"谁|哪个(?:部门|单位|科室|人|机关|局|科)|哪些(?:人|部门|单位|科室)|什么(?:人|部门|单位)|啥人|归哪|找哪|由哪|向哪|跟哪"
        ),
    ),
    (
        Kind.DEFINITION,
        re.compile(
            r"什么叫|什么是|是什么意思|啥意思|是啥|指的?是?什么|是指|啥叫|定义|怎么理解|指啥|代表什么|叫什么|何谓|怎么才算|才算|怎样算|咋算|才叫"
        ),
    ),
    (
        Kind.MAY,
        re.compile(
            r"能不能|可不可以|可以.{0,40}吗|能.{0,40}吗|行不行|允许|行吗|可以吗|能否|可否|准不准|违规吗|合规吗|合法吗|违法吗|得不得|需不需要|要不要|用不用|必须.{0,20}吗|算不算|算.{0,20}吗|是不是|是否|有没有|对不对|对吗|合不合|犯法吗|得.{0,20}吗|要.{0,20}吗"
        ),
    ),
    (
        Kind.WHAT_IF,
        re.compile(
            r"怎么(?:处罚|罚|处理|办|追究|处置|判|赔|认定)|会(?:怎样|怎么样|被|受)|什么(?:后果|处罚|责任|罪)|咋(?:办|处理|罚)|罚(?:多少|款)|后果|如何处(?:理|罚|置)|判几年|会不会"
        ),
    ),
    (
        Kind.LIST,
        re.compile(
            r"哪些|哪几|包括什么|包括啥|有什么(?:要求|规定|条件)|什么(?:条件|内容|资料|材料|要求)|都有啥|有啥|哪里|哪儿|什么地方|几样|几类"
        ),
    ),
    (Kind.PROCEDURE, re.compile(r"怎么|怎样|如何|咋|流程|步骤|程序|顺序|先.{0,10}后")),
)
_ACTION = re.compile(
    r"怎么办|咋办|该怎么|怎么做|咋弄|咋整|怎么处理|要不要|能不能|可不可以|敢不敢|行不行|可以.{0,30}吗|能.{0,30}吗|还能|安全吗|危险|可以不|行吗|怎么弄|"
    r"咋处[理置]|怎么处置|先干(?:啥|什么|嘛)|该干(?:啥|什么)|要做(?:啥|什么)|还([\u4e00-\u9fff])不\1|还.{1,4}(?:吗|不[？?]?$)|接着干|继续干"
)
_COMPARES = re.compile(
    r"差别|区别|不一样|一样吗|一样不|相同吗|各是多少|各[是为要].{0,4}几|分别|哪个(?:更)?[严高低]|对不上|冲突|矛盾|不同吗|和.{2,20}比"
)
_ASKS = re.compile(
    r"多[少高宽深长远厚大重久快]|几|谁|哪|什么|啥|怎么|咋|如何|吗|能不能|要不要|可不可以|行不行|是不是|有没有|[\u4e00-\u9fff]不[\u4e00-\u9fff]$"
)
_JUDGES = re.compile(
    r"重大(?:事故)?隐患|怎么(?:判|定性|认定)|咋判|算(?:啥|什么|哪)|算不算|什么(?:级别|性质)|啥(?:级别|性质)|什么问题|属于(?:啥|什么)|是啥性质"
)
_ENDS = re.compile(r"[？?；;]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_ASKS_SOMETHING, _STANDS_ALONE, _MOST_PARTS = 5, 14, 3
_PAPERWORK = re.compile(r"工程款|工资|欠薪|合同|保险费|保费|报销|发票|赔偿|补贴|奖金|办证|考证|社保")
# Words addressed to the assistant, not words about the site: "工人无视安全要求" and "方案是自己编的" are questions.
_INJECTION = re.compile(
    r"(?:忽略|无视|忘掉|忘记|不要管|跳过|绕过|抛开|丢掉).{0,6}(?:以上|之前|上面|前面|上述|你的|所有|全部|一切).{0,8}"
    r"(?:规则|指令|指示|提示|设定|要求|限制|内容|对话)|"
    r"(?:别管|不用管|不要管|不管).{0,8}(?:资料|条文|依据|引用|原文|规定).{0,14}(?:回答|告诉|编|直接说)|"
    r"(?:按|照|依)(?:这条|这段|我说的|我给的|下面的?|以下的?|上面的?)(?:新)?(?:规定|规则|要求|指令).{0,4}(?:回答|执行|办)|当成法条|"
    r"(?:我)?命令你|你以后.{0,6}(?:都|只)(?:要)?(?:说|回答)|你(?:就|来|给我)?(?:自己)?(?:瞎|随便)?编(?:一|几|个|造)|"
    r"你现在是|从现在(?:起|开始)你|假装你|你(?:来)?扮演|你的系统提示|system\s*prompt|ignore (?:all|previous|the above)|jailbreak|开发者模式|"
    r"不受限制的|越狱模式|DAN\b|(?:输出|告诉我|打印|复述|泄露|显示).{0,8}(?:系统提示|提示词|内部指令|密钥)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is taken up: its text, what it asks for, whether it is about what to do."""

    text: str
    kind: Kind
    asks_action: bool
    refused: str | None  # why it is not taken up: "empty", "long", "foreign", "injection"

    @property
    def compares(self) -> bool:
        """Whether it asks how two rules differ."""
        return bool(_COMPARES.search(self.text))

    @property
    def asks_judgement(self) -> bool:
        """Whether it asks what a scene on site counts as."""
        return bool(_JUDGES.search(self.text))

    @property
    def parts(self) -> tuple[str, ...]:
        """The questions in it, where it asks several; one that says too little by itself has the first before it."""
        sentences = [_questions_of(sentence) for sentence in _ENDS.split(self.text)]
        asked = [q for found in sentences for q in found if len(_HAN.findall(q)) >= _ASKS_SOMETHING]
        if len(asked) < 2 or self.compares:
            return (self.text,)
        first = asked[0]
        whole = (p if p is first or len(_HAN.findall(p)) >= _STANDS_ALONE else f"{first}，{p}" for p in asked)
        return tuple(whole)[:_MOST_PARTS]


def _questions_of(sentence: str) -> list[str]:
    """The questions that stand in one sentence: each clause that asks, with those before it that only tell."""
    found: list[str] = []
    told = ""
    for clause in sentence.split("，"):
        told = f"{told}，{clause}" if told else clause
        if _ASKS.search(clause):
            found.append(told)
            told = ""
    if told and found:
        found[-1] += f"，{told}"
    return found or [sentence]


def read_question(text: str) -> Question:
    """Tell what a question asks for. Never raises: what cannot be taken up says why."""
    folded = re.sub(r"\s+", " ", text).strip()
    if not re.search(r"[\w\u4e00-\u9fff]", folded):
        return Question("", Kind.OTHER, False, "empty")
    if len(folded) > MAX_LENGTH:
        return Question(folded[:MAX_LENGTH], Kind.OTHER, False, "long")
    if not re.search(r"[\u4e00-\u9fff]", folded) and not re.search(r"[A-Z]{2,}[ /\dT]*\d", folded):
        return Question(folded, Kind.OTHER, False, "foreign")
    refused = "injection" if _INJECTION.search(folded) else None
    kind = next((k for k, pattern in _KINDS if pattern.search(folded)), Kind.OTHER)
    asks_action = bool(_ACTION.search(folded)) and not _PAPERWORK.search(folded)
    return Question(folded, kind, asks_action, refused)

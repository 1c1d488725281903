"""Whether a sentence says only what its evidence holds: by other hands than the product's own checker, and knowing nothing of how its
sentences are made. It reads a sentence as a person would who trusts nothing: what stands in quotes is a name, digits are a number,
every other word either claims something, and must then have its fact, or is one of the small words of a language. A word that is
neither is taken for a claim without evidence.

    for problem in uncovered(sentence, title, facts, "en"): ...
"""
import re
import unicodedata

ENGLISH = set("""a about across all also always among an and another any are as at because by can choose chose chosen could do does enjoy enjoyed
explore for from give go has have here here's i if in interest interested into is it it's its just kind lot look looked made many may maybe
might more much named of on one ones or other others our out particular people perhaps person picked pleased recommend recommended recommending
same screen see so something suggest such take that the their them then there these they thing things this those to too try up want was we well
were what which while who why will with worth would you you'll you're your yours enjoyable appeal appeals suit suits taste tastes share shares
shared since too both again hope today new fit fits good great here's let's next been be being had did how not but than like likes
way watch listen read reads written sung composed directed published from tagged newer listened watched rated liked saved bought commented showed
resembles resemble moves sounds sound looks common considered""".split())

# What a person did, as events call it.
ACTIONS = {"looked at": {"click", "browse", "image_view"}, "saved": {"favourite"}, "rated": {"rating"}, "commented on": {"comment"},
           "watched": {"watch"}, "listened": {"listen"}, "liked": {"like"}, "shared": {"share"}, "bought": {"purchase"}}
ACTIONS_ZH = {"浏览过": {"click", "browse"}, "看过": {"image_view", "watch"}, "收藏过": {"favourite"}, "评论过": {"comment"}, "听过": {"listen"},
              "喜欢": {"like"}, "分享过": {"share"}, "买过": {"purchase"}, "评过分": {"rating"}}

# A claim and the kinds of fact that carry it: (kind, space or attribute; None: any).
CLAIMS = [
    (r"\b(looks?|look) (much |a lot |rather )?(like|close|similar)|\bin its look\b|\blooks and moves\b|\bcover\b|\bpicture", {("similar", "image"), ("similar", "video")}),
    (r"\bsounds?\b", {("similar", "audio")}),
    (r"\babout the same\b|\bis about\b|\breads\b", {("similar", "text")}),
    (r"\bmoves\b|\bon screen\b", {("similar", "video")}),
    (r"\bmuch like\b|\bin common\b|\bresembl|\bsimilar\b|\breminds\b", {("similar", None)}),
    (r"\bpeople who\b|\bothers who\b|\bpeople like you\b", {("past_item", None)}),
    (r"\b(people|person|by people)\b(?! who)(?!, like)", {("popularity", None)}),
    (r"\bpopular\b|\bbest.?sell", {("popularity", None)}),
    (r"\bnewer\b|\bnewest\b|\blatest\b", {("new", None)}),
    (r"\bdirected\b|\bdirector\b", {("attribute", "director")}),
    (r"\bwritten\b|\bwriter\b|\bauthor\b", {("attribute", "writer"), ("attribute", "author")}),
    (r"\bcomposed\b", {("attribute", "composer")}),
    (r"\bsung\b", {("attribute", "singer")}),
    (r"\bpublished\b", {("attribute", "publisher")}),
    (r"\btagged\b", {("attribute", "tag"), ("attribute", "tags"), ("attribute", "keyword")}),
    (r"\banother one\b|\bothers (in|by|from|with|directed|written|made|composed|sung|tagged)\b", {("attribute", None)}),
]
CLAIMS_ZH = [
    (r"看起来|画面|外观|封面", {("similar", "image"), ("similar", "video")}), (r"听起来|声音", {("similar", "audio")}),
    (r"内容|讲的", {("similar", "text")}), (r"影像", {("similar", "video")}), (r"相似|相近|很像", {("similar", None)}),
    (r"的人也选|有同样兴趣", {("past_item", None)}), (r"人选[了过]它", {("popularity", None), ("past_item", None)}), (r"较新|最新", {("new", None)}),
    (r"执导", {("attribute", "director")}), (r"编剧", {("attribute", "writer")}), (r"所写", {("attribute", "author")}), (r"作曲", {("attribute", "composer")}),
    (r"演唱", {("attribute", "singer")}), (r"参演", {("attribute", "actor"), ("attribute", "actors"), ("attribute", "cast")}),
    (r"属于", {("attribute", "category"), ("attribute", "categories"), ("attribute", "genre")}), (r"另一个|个一样", {("attribute", None)}),
]
CHINESE = sorted("""因为 所以 推荐给你 推荐 不妨了解一下 不妨看看 也许可以看看 也许合你的口味 或许值得一看 也许 而且 和你一样 有同样兴趣的人也选了它 的人也选了它
已有 人选了它 人选过它 有 你 它 对 给 感兴趣 评过分 浏览过 看过 收藏过 评论过 听过 喜欢 分享过 买过 看起来很像 的画面与 的外观与 听起来很像 的声音与 的内容与
讲的东西与 的影像与 的影像风格与 画面与 外观与 声音与 内容与 影像与 影像风格与 在多方面与 很相似 相似 相近 与 之 由 执导 编剧 所写 作曲 是 的作品 演唱 参演 来自 出自 属于 类别 类型 类 标签 关键词 语言 颜色 风格
情绪 材质 话题 节奏 种类 年代 年 和 选过的 另一个 个一样 一样 也 是这里较新的一个 这里 的 ， 。 ： 、 ！""".split(), key=len, reverse=True)
NAMES_ZH = {"类别": "category", "类型": "genre", "标签": "tag", "关键词": "keyword", "语言": "language", "颜色": "colour", "风格": "style", "情绪": "mood",
            "材质": "material", "话题": "topic", "节奏": "tempo", "种类": "kind"}


def bare(text):
    """Letters and digits alone, in one form."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def names(shown, whole):
    """Whether `shown` is the name `whole`, or a visible cut of it."""
    if not bare(shown):
        return False
    if shown.rstrip().endswith("…"):
        return bare(whole).startswith(bare(shown))
    return bare(shown) == bare(whole)


def has(facts, kinds):
    return any((fact["kind"], None) in kinds or (fact["kind"], fact.get("space") or fact.get("attribute")) in kinds for fact in facts)


def counts(facts):
    return {str(int(fact["count"])) for fact in facts if fact.get("count")}


def take_names(sentence, title, facts, problems):
    """The sentence without its names; a quoted one that is nobody's is a problem. A title that a person did something with stays as '@'."""
    known = [title, *(fact.get("item_title", "") for fact in facts), *(fact.get("value", "") for fact in facts)]
    known = [name for name in known if name]

    def replace(match):
        shown = match.group(1)
        if not any(names(shown, name) for name in known):
            problems.append(f"a name: {shown}")
        return " @ "

    sentence = re.sub(r"“([^”]*)”", replace, sentence)
    sentence = re.sub(r"《([^》]*)》", replace, sentence)
    sentence = re.sub(r"\"([^\"]*)\"", replace, sentence)
    for quote in "“”《》\"":
        if quote in sentence:
            problems.append("a quote without its other half")
            sentence = sentence.replace(quote, " ")
    for name in sorted(known, key=len, reverse=True):
        forms = [name] + ([name[:-1] + "年代"] if re.fullmatch(r"\d{4}s", name) else []) + ([name + "年"] if re.fullmatch(r"\d{4}", name) else [])
        for form in forms:
            sentence = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)" if form.isascii() and not re.search(r"[\u3400-\u9fff]", sentence) else re.escape(form), " # ", sentence)
    return sentence


def actions(sentence, facts, table, problems):
    """What a person is said to have done must be what they did."""
    for words, kinds in table.items():
        if words in sentence and not any(fact.get("action") in kinds for fact in facts):
            problems.append(f"an action: {words}")


def uncovered(sentence, title, facts, locale):
    """What of `sentence` no fact covers; an empty list where all of it is covered."""
    problems = []
    text = "".join(c for c in sentence if unicodedata.category(c) != "Cf")
    facts = [{key: "".join(c for c in value if unicodedata.category(c) != "Cf") if isinstance(value, str) else value for key, value in fact.items()}
             for fact in facts]
    text = take_names(text, title, facts, problems)
    for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text):
        if number.rstrip(",").replace(",", "") not in counts(facts):
            problems.append(f"a number: {number}")
    text = re.sub(r"\d[\d,]*(?:\.\d+)?", " 0 ", text)
    chinese = locale == "zh"
    actions(text if chinese else text.lower(), facts, ACTIONS_ZH if chinese else ACTIONS, problems)
    for pattern, kinds in CLAIMS_ZH if chinese else CLAIMS:
        found = re.search(pattern, text if chinese else text.lower())
        if found and not has(facts, kinds):
            problems.append(f"a claim: {found.group(0)}")
    if chinese:
        rest = re.sub(r"[\s#@0]", "", text)
        attributes = sorted((fact.get("attribute", "") for fact in facts), key=len, reverse=True)
        for phrase in [*CHINESE, *filter(None, attributes)]:
            rest = rest.replace(phrase, "\0")
        problems += [f"words: {rest_part}" for rest_part in rest.split("\0") if rest_part.strip()]
        for name, attribute in NAMES_ZH.items():
            if f"{name}是" in text and not any(fact.get("attribute", "").rstrip("s") == attribute.rstrip("s") for fact in facts):
                problems.append(f"an attribute: {name}")
    else:
        allowed = ENGLISH | {word for fact in facts for word in re.findall(r"[a-z']+", (fact.get("attribute", "") + " " + fact.get("value", "")).lower().replace("_", " "))}
        problems += [f"a word: {word}" for word in re.findall(r"[^\W\d_]+(?:['’][a-z]+)?", text) if word.lower().replace("’", "'") not in allowed]
    return problems


def test():
    """The checker itself: what it must let through and what not."""
    past = {"kind": "past_item", "item_title": "Alien", "action": "watch"}
    alike = {"kind": "similar", "item_title": "Heat", "space": "image", "action": "rating"}
    director = {"kind": "attribute", "attribute": "director", "value": "Ana Lind", "count": 2}
    crowd = {"kind": "popularity", "count": 1204}
    good = [("Because you watched “Alien”, you may like “Solaris”.", [past], "en"), ("“Solaris” looks like “Heat”, which you rated.", [alike], "en"),
            ("You chose 2 others directed by Ana Lind.", [director], "en"), ("1,204 people chose this.", [crowd], "en"),
            ("因为你看过《Alien》，而且已有1204人选了它。", [past, crowd], "zh"), ("它看起来很像你评过分的《Heat》。", [alike], "zh"),
            ("它是Ana Lind执导的，而且外观与《Heat》相近。", [alike, director], "zh")]
    bad = [("Because you bought “Alien”.", [past], "en"), ("You watched “Aliens”.", [past], "en"), ("It sounds like “Heat”, which you rated.", [alike], "en"),
           ("You chose 3 others directed by Ana Lind.", [director], "en"), ("1,205 people chose this.", [crowd], "en"), ("You watched “Alien”, a masterpiece.", [past], "en"),
           ("People who watched “Alien” chose this.", [alike], "en"), ("Directed by Tom Berg.", [director], "en"), ("因为你听过《Alien》。", [past], "zh"),
           ("它听起来很像你评过分的《Heat》。", [alike], "zh"), ("它是Ana Lind执导的，而且声音与《Heat》相似。", [alike, director], "zh"), ("已有1205人选了它。", [crowd], "zh"), ("你看过《Alien》，它非常感人。", [past], "zh"), ("You “watched “Alien”.", [past], "en")]
    for sentence, facts, locale in good:
        assert not uncovered(sentence, "Solaris", facts, locale), (sentence, uncovered(sentence, "Solaris", facts, locale))
    for sentence, facts, locale in bad:
        assert uncovered(sentence, "Solaris", facts, locale), sentence


if __name__ == "__main__":
    test()
    print("the checker lets through what is covered and nothing else of its examples")

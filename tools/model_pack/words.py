"""Word lists and the tables of part-of-speech models in the forms that medley/text maps into memory.

A word table (medley/text/word_table.h), little-endian:
    "MEDWORD1", u32 words, u32 units, u32 tags, u32 0; tags x 8 bytes; u32[65537] where the words of each first unit begin;
    u32[words + 1] where each word begins among the units; f32[words] natural logarithm of its probability;
    u16[units] UTF-16; u8[words] tag. Words are sorted by their units, each once.

Character states (medley/text/character_states.h), little-endian, a state being begin, middle, end or single:
    "MEDCHAR1", u32 tags, u32 entries; tags x 8 bytes; f32[4] start; f32[4][4] from state to state; f32[65536][4] character;
    then of the tags: f32[tags][2] start in begin or single; f32[tags][4] begin-middle, begin-end, middle-middle, middle-end;
    f32[tags][2][tags][2] from (tag, end or single) to (tag, begin or single); u32[65537] where the entries of each
    character begin; entries x {u16 tag x 4 + state, u16 0, f32}. All natural logarithms of probabilities.
"""
import ast
import math
import struct

import numpy as np

STATES = "BMES"
# What is impossible by the tables is only very improbable here: a rare character must not hide what its neighbours say.
FLOOR = -30.0
# Words that the Chinese dictionary has under a rare use, by what they usually are. Of the 700 most frequent words of hotel and
# restaurant reviews those that a reader would object to.
USUAL = {
    "v": "可以 不是 还要 以为 谢谢 升级 旅游 下单 办理 想象 联系 购物 免费 打电话 换房 过来 下去 过去 下来 起来 上来 上去 进来 进去 出去",
    "d": "有点 十分 一起 正在 实在 再次 本来 总是 差点 千万 根本 超级 只是 还是 反而 刚刚 曾经 互相 亲自 不禁 一向 一律 的确 尤其",
    "a": "好吃 好喝 满意 安静 陈旧 热情 新鲜 温馨 齐全 合理 实惠 麻烦 安全 差劲 礼貌 周到 可惜 恶心 普通 到位 精彩 开心 美丽 时尚 "
         "及时 努力 成功 好用 好看 难看 好听 好玩 有趣 无聊 生气 着急 高兴 快乐 幸福 健康",
    "n": "东西 位置 外卖 快递 包装 装修 设备 师傅 小姐 顾客 宾客 温泉 城市 保安 自助餐 可乐 沙发 熊猫 香水 摩托车",
    "r": "大家 多少 怎么样 什么样",
    "z": "一样",
}


def tag_bytes(tags):
    if len(tags) > 255 or any(len(tag.encode()) > 8 for tag in tags):
        raise ValueError("too many tags, or one longer than 8 bytes")
    return b"".join(tag.encode().ljust(8, b"\0") for tag in tags)


def units_of(word):
    return word.encode("utf-16-le")


def write_table(entries, path):
    """`entries`: {word: (log probability, tag)}."""
    tags = sorted({tag for _, tag in entries.values()})
    words = sorted(entries, key=lambda word: tuple(np.frombuffer(units_of(word), "<u2")))
    blob = [units_of(word) for word in words]
    first = np.array([struct.unpack_from("<H", units)[0] for units in blob])
    offsets = np.concatenate([[0], np.cumsum([len(units) // 2 for units in blob])]).astype("<u4")
    with open(path, "wb") as out:
        out.write(b"MEDWORD1" + struct.pack("<4I", len(words), offsets[-1], len(tags), 0) + tag_bytes(tags))
        out.write(np.searchsorted(first, np.arange(65537)).astype("<u4").tobytes())
        out.write(offsets.tobytes())
        out.write(np.array([entries[word][0] for word in words], "<f4").tobytes())
        out.write(b"".join(blob))
        out.write(bytes(tags.index(entries[word][1]) for word in words))


def read_literal(path):
    """The value of the one assignment of a Python file, without running it."""
    return ast.literal_eval(ast.parse(path.read_text(encoding="utf-8")).body[-1].value)


def floored(value):
    return max(value, FLOOR)


def character_table(emit):
    table = np.full((65536, 4), FLOOR, "<f4")
    for state, characters in emit.items():
        for character, value in characters.items():
            table[ord(character), STATES.index(state)] = floored(value)
    return table


def tag_tables(tags, start, transitions):
    """(start, within, between) of the tagging model."""
    count = len(tags)
    begins = np.array([[floored(start[state, tag]) for state in "BS"] for tag in tags], "<f4")
    within = np.full((count, 4), FLOOR, "<f4")
    between = np.full((count, 2, count, 2), FLOOR, "<f4")
    for (state, tag), targets in transitions.items():
        t = tags.index(tag)
        for (next_state, next_tag), value in targets.items():
            if next_tag == tag and state + next_state in ("BM", "BE", "MM", "ME"):
                within[t, ("BM", "BE", "MM", "ME").index(state + next_state)] = floored(value)
            elif state in "ES" and next_state in "BS":
                between[t, "ES".index(state), tags.index(next_tag), "BS".index(next_state)] = floored(value)
    return begins, within, between


def tag_entries(tags, emit):
    entries = []
    for (state, tag), characters in emit.items():
        code = tags.index(tag) * 4 + STATES.index(state)
        entries.extend((ord(character), code, value) for character, value in characters.items() if math.isfinite(value))
    return sorted(entries)


def write_states(segmentation, tagging, path):
    """Each argument: (start, transitions, emissions), natural logarithms by state, or by (state, tag)."""
    start, transitions, emit = segmentation
    tag_start, tag_transitions, tag_emit = tagging
    tags = sorted({tag for _, tag in tag_emit})
    entries = tag_entries(tags, tag_emit)
    with open(path, "wb") as out:
        out.write(b"MEDCHAR1" + struct.pack("<2I", len(tags), len(entries)) + tag_bytes(tags))
        out.write(np.array([floored(start[state]) for state in STATES], "<f4").tobytes())
        out.write(np.array([[floored(transitions[a].get(b, FLOOR)) for b in STATES] for a in STATES], "<f4").tobytes())
        out.write(character_table(emit).tobytes())
        for table in tag_tables(tags, tag_start, tag_transitions):
            out.write(table.tobytes())
        out.write(np.searchsorted([entry[0] for entry in entries], np.arange(65537)).astype("<u4").tobytes())
        out.write(b"".join(struct.pack("<HHf", code, 0, floored(value)) for _, code, value in entries))


def read_frequencies(path):
    """{word: (log probability, tag)} of lines "word count tag"."""
    rows = [line.split(" ") for line in path.read_text(encoding="utf-8").splitlines() if line]
    total = math.log(sum(int(count) for _, count, _ in rows))
    usual = {word: tag for tag, list_of_words in USUAL.items() for word in list_of_words.split()}
    return {word: (math.log(max(int(count), 1)) - total, usual.get(word, tag)) for word, count, tag in rows}


def read_tags(path):
    """{word: (0, tag)} of lines "word tag"; the first of several tags; a line may also be a comment after three semicolons."""
    entries = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if len(fields) == 2 and not line.startswith(";;;"):
            entries.setdefault(fields[0], (0.0, fields[1].split("|")[0]))
    return entries


def write_rules(source, path):
    """The rules of a file, without its comments."""
    lines = [" ".join(line.split()) for line in source.read_text(encoding="utf-8").splitlines()]
    # This one has more words than its form has places.
    rules = [line for line in lines if line and not line.startswith(";;;") and line != "NN PRP PREVWD are mine"]
    path.write_text("".join(f"{line}\n" for line in rules), encoding="utf-8")


def make_chinese(words, tables, folder):
    """`words`: the dictionary; `tables(part, name)`: the Python files of the models for unknown words."""
    write_table(read_frequencies(words), folder / "words.bin")
    parts = [[read_literal(tables(part, f"prob_{name}.py")) for name in ("start", "trans", "emit")]
             for part in ("finalseg", "posseg")]
    write_states(*parts, folder / "states.bin")
    return {"words": "words.bin", "states": "states.bin"}


def make_english(lexicon, context, endings, folder):
    write_table(read_tags(lexicon), folder / "words.bin")
    write_rules(context, folder / "context.txt")
    write_rules(endings, folder / "endings.txt")
    return {"words": "words.bin", "context": "context.txt", "endings": "endings.txt"}

#!/usr/bin/env python3
"""Writes api/openapi.yaml as JSON: openapi_json.py IN.yaml OUT.json

Reads a small part of YAML, so that the build needs no package: block maps and lists by indentation, one-line {maps} and
[lists], plain and "double-quoted" texts on one line, comments. Whatever else it meets is an error with its line, never a guess.
"""
import json
import re
import sys

KEY = re.compile(r'("(?:[^"\\]|\\.)*"|[^\s"\'{}\[\],#&*!|>%@`-][^:#]*?)\s*:(?=\s|$)')
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$")
WORDS = {"true": True, "false": False, "null": None}


class YamlError(Exception):
    def __init__(self, line, message):
        super().__init__(f"line {line}: {message}")


def scalar(text, line):
    if text.startswith('"'):
        try:
            return json.loads(text)
        except ValueError:
            raise YamlError(line, f"not a quoted text: {text}") from None
    if not text or text[0] in "'&*!|>%@`{}[],#":
        raise YamlError(line, f"not in the part of YAML that is read here: {text!r}")
    if ": " in text or " #" in text or text.endswith(":"):
        raise YamlError(line, f"put quotes round {text!r}")
    if text in WORDS:
        return WORDS[text]
    if NUMBER.match(text):
        return json.loads(text)
    if text.lower() in ("yes", "no", "on", "off", "~", "true", "false", "null"):
        raise YamlError(line, f"{text!r} means something else to other readers; quote it")
    return text


class Flow:
    """{a: 1, b: [x, "y"]} on one line."""

    def __init__(self, text, line):
        self.text, self.line, self.at = text, line, 0

    def fail(self, message):
        raise YamlError(self.line, f"{message} at column {self.at + 1} of {self.text!r}")

    def space(self):
        while self.at < len(self.text) and self.text[self.at] == " ":
            self.at += 1

    def peek(self):
        self.space()
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self, char):
        if self.peek() != char:
            self.fail(f"expected {char!r}")
        self.at += 1

    def atom(self, stops):
        self.space()
        start = self.at
        if self.peek() == '"':
            match = re.compile(r'"(?:[^"\\]|\\.)*"').match(self.text, self.at)
            if not match:
                self.fail("a quote is not closed")
            self.at = match.end()
        else:
            while self.at < len(self.text) and self.text[self.at] not in stops:
                self.at += 1
        return self.text[start : self.at].strip()

    def value(self):
        if self.peek() == "{":
            return self.map()
        if self.peek() == "[":
            return self.list()
        return scalar(self.atom(",]}"), self.line)

    def map(self):
        self.take("{")
        result = {}
        while self.peek() != "}":
            key = scalar(self.atom(":,}"), self.line)
            self.take(":")
            if str(key) in result:
                self.fail(f"{key!r} twice")
            result[str(key)] = self.value()
            if self.peek() != "}":
                self.take(",")
        self.take("}")
        return result

    def list(self):
        self.take("[")
        result = []
        while self.peek() != "]":
            result.append(self.value())
            if self.peek() != "]":
                self.take(",")
        self.take("]")
        return result

    def whole(self):
        value = self.value()
        if self.peek() not in ("", "#"):
            self.fail("something follows the end")
        return value


class Block:
    def __init__(self, text):
        self.rows = []
        for number, row in enumerate(text.splitlines(), 1):
            if "\t" in row:
                raise YamlError(number, "a tab")
            if row.strip() and not row.lstrip().startswith("#"):
                self.rows.append((number, len(row) - len(row.lstrip()), row.strip()))
        self.at = 0

    def read(self, indent):
        if self.rows[self.at][2].startswith("- "):
            return self.list(indent)
        return self.map(indent)

    def inline(self, text, line):
        if text[0] in "{[":
            return Flow(text, line).whole()
        return scalar(text, line)

    def after_key(self, rest, line, indent):
        if rest:
            return self.inline(rest, line)
        if self.at < len(self.rows) and self.rows[self.at][1] > indent:
            return self.read(self.rows[self.at][1])
        raise YamlError(line, "a key without a value")

    def map(self, indent):
        result = {}
        while self.at < len(self.rows) and self.rows[self.at][1] == indent:
            line, _, text = self.rows[self.at]
            match = KEY.match(text)
            if not match:
                raise YamlError(line, f"expected 'key: value', found {text!r}")
            key = match.group(1)
            key = json.loads(key) if key.startswith('"') else key
            if key in result:
                raise YamlError(line, f"{key!r} twice")
            self.at += 1
            result[key] = self.after_key(text[match.end() :].strip(), line, indent)
        self.check_indent(indent)
        return result

    def list(self, indent):
        result = []
        while self.at < len(self.rows) and self.rows[self.at][1] == indent:
            line, _, text = self.rows[self.at]
            if not text.startswith("- "):
                raise YamlError(line, "expected '- '")
            rest = text[2:].strip()
            if KEY.match(rest) and rest[0] not in "{[":
                inner = indent + len(text) - len(rest)
                self.rows[self.at] = (line, inner, rest)
                result.append(self.map(inner))
            else:
                self.at += 1
                result.append(self.inline(rest, line))
        self.check_indent(indent)
        return result

    def check_indent(self, indent):
        if self.at < len(self.rows) and self.rows[self.at][1] > indent:
            raise YamlError(self.rows[self.at][0], "indented deeper than what it belongs to")


def parse(text):
    block = Block(text)
    value = block.read(0)
    if block.at != len(block.rows):
        raise YamlError(block.rows[block.at][0], "indentation does not match")
    return value


def main():
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        document = parse(file.read())
    with open(target, "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    try:
        main()
    except YamlError as error:
        sys.exit(f"{sys.argv[1]}: {error}")

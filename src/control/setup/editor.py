"""Edits settings files in place: setup.py plan|apply|undo-plan|undo JOB.

The twin of src/control/setup/editor/ (TypeScript): the same tests run against both. It runs on any Python from
3.6 with nothing installed.
"""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

NOTHING = 3
BOM = "\ufeff"
SPACE = " \t\r\n\f\v\u00a0" + BOM


class Unreadable(Exception):
    def __init__(self, message, offset):
        Exception.__init__(self, message)
        self.offset = offset


class SetupError(Exception):
    pass


# ---- text


def splice(text, splices):
    for start, end, inserted in reversed(sorted(splices, key=lambda s: s[0])):
        text = text[:start] + inserted + text[end:]
    return text


def line_of(text, offset):
    return text[:offset].count("\n") + 1


def eol_of(text):
    return "\r\n" if "\r\n" in text else "\n"


def line_start(text, offset):
    return text.rfind("\n", 0, max(0, offset)) + 1


def line_end(text, offset):
    feed = text.find("\n", offset)
    if feed < 0:
        return len(text)
    return feed - 1 if feed > offset and text[feed - 1] == "\r" else feed


def next_line(text, offset):
    feed = text.find("\n", offset)
    return len(text) if feed < 0 else feed + 1


def ended(text, eol):
    return text if text == "" or text.endswith("\n") else text + eol


def is_blank(text):
    return text.strip(" \t\r\n") == ""


def same(left, right):
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right))
    return type(left) in (int, float) and type(right) in (int, float) and left == right or (
        type(left) is type(right) and left == right
    )


def at(text, offset):
    return text[offset] if 0 <= offset < len(text) else ""


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def leading(text, pattern=" "):
    count = 0
    while count < len(text) and text[count] in pattern:
        count += 1
    return count


# ---- JSON with comments


class Node:
    def __init__(self, start, end, value, members=None, items=None):
        self.start, self.end, self.value, self.members, self.items = start, end, value, members, items

    def child(self, step):
        if isinstance(step, int):
            return self.items[step] if self.items and step < len(self.items) else None
        found = [member for member in self.members or [] if member.key == step]
        return found[-1].node if found else None


class Member:
    def __init__(self, key, start, node):
        self.key, self.start, self.node = key, start, node
        self.end = node.end


NUMBER = re.compile(r"[+-]?(?:0x[0-9a-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|Infinity|NaN)\Z", re.I)
BARE = re.compile(r"[^\s,:\[\]{}\"'/\ufeff]+")
WORDS = {"true": True, "false": False, "null": None}
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def skip_gaps(text, offset):
    while True:
        while offset < len(text) and text[offset] in SPACE:
            offset += 1
        if text.startswith("//", offset):
            feed = text.find("\n", offset)
            offset = len(text) if feed < 0 else feed
        elif text.startswith("/*", offset):
            close = text.find("*/", offset + 2)
            if close < 0:
                raise Unreadable("a comment is not closed", offset)
            offset = close + 2
        else:
            return offset


def parse_json(text):
    start = skip_gaps(text, 0)
    if start >= len(text):
        raise Unreadable("there is no value", start)
    root = parse_value(text, start, 0)
    rest = skip_gaps(text, root.end)
    if rest < len(text):
        raise Unreadable("something follows the end of the settings", rest)
    return root


def bare_at(text, start):
    match = BARE.match(text, start)
    return match.group() if match else ""


def number_of(word):
    if re.match(r"[+-]?0x", word, re.I):
        return int(word, 16)
    if re.search(r"inf|nan|[.e]", word, re.I):
        value = float(word)
        return int(value) if value == value and abs(value) < 1e15 and value == int(value) else value
    return int(word)


def parse_value(text, start, depth):
    if depth > 200:
        raise Unreadable("values are nested too deeply", start)
    sign = at(text, start)
    if sign == "{":
        return parse_object(text, start, depth)
    if sign == "[":
        return parse_list(text, start, depth)
    if sign in ('"', "'"):
        return parse_string(text, start)
    word = bare_at(text, start)
    end = start + len(word)
    if word in WORDS:
        return Node(start, end, WORDS[word])
    if NUMBER.match(word):
        return Node(start, end, number_of(word))
    raise Unreadable("a value is missing" if word == "" else '"%s" is no value' % word[:40], start)


def parse_string(text, start):
    quote, value, offset = text[start], "", start + 1
    while offset < len(text):
        sign = text[offset]
        if sign == quote:
            return Node(start, offset + 1, value)
        if sign == "\n":
            break
        if sign == "\\":
            offset += 1
            escaped = at(text, offset)
            code = text[offset + 1 : offset + 5] if escaped == "u" else ""
            if re.match(r"[0-9a-fA-F]{4}\Z", code):
                value += chr(int(code, 16))
                offset += 4
            else:
                value += ESCAPES.get(escaped, escaped)
        else:
            value += sign
        offset += 1
    raise Unreadable("a text is not closed", start)


def parse_object(text, start, depth):
    members, offset = [], skip_gaps(text, start + 1)
    while at(text, offset) != "}":
        if at(text, offset) in ('"', "'"):
            name = parse_string(text, offset)
            key, end = name.value, name.end
        else:
            key = bare_at(text, offset)
            end = offset + len(key)
        if end == offset:
            raise Unreadable("a name is missing" if offset < len(text) else "a { is not closed", offset)
        colon = skip_gaps(text, end)
        if at(text, colon) != ":":
            raise Unreadable("a colon is missing", end)
        node = parse_value(text, skip_gaps(text, colon + 1), depth + 1)
        members.append(Member(key, offset, node))
        offset = after_element(text, node.end, "}")
    return Node(start, offset + 1, {member.key: member.node.value for member in members}, members=members)


def parse_list(text, start, depth):
    items, offset = [], skip_gaps(text, start + 1)
    while at(text, offset) != "]":
        if offset >= len(text):
            raise Unreadable("a [ is not closed", start)
        items.append(parse_value(text, offset, depth + 1))
        offset = after_element(text, items[-1].end, "]")
    return Node(start, offset + 1, [item.value for item in items], items=items)


def after_element(text, end, close):
    following = skip_gaps(text, end)
    if at(text, following) == ",":
        return skip_gaps(text, following + 1)
    if at(text, following) == close:
        return following
    raise Unreadable("a %s is missing" % close if following >= len(text) else "a comma is missing", end)


def edit_json(text, edit):
    mark = BOM if text.startswith(BOM) else ""
    if is_blank(text[len(mark) :]):
        text = mark + "{}" + eol_of(text)
    path = edit["path"]
    if edit["op"] == "set":
        return json_set(text, path, edit["value"])
    if edit["op"] == "default":
        return text if json_find(parse_json(text), path) else json_set(text, path, edit["value"])
    if edit["op"] == "unset":
        return json_unset(text, path)
    return json_items(text, edit)


def json_find(node, path):
    for step in path:
        node = node and node.child(step)
    return node


def json_set(text, path, value):
    node = parse_json(text)
    for depth, step in enumerate(path):
        if isinstance(step, str) and node.members is None:
            raise Unreadable("%s is no { ... }" % (shown_path(path[:depth]) or "the file"), node.start)
        child = node.child(step)
        if child is None:
            nested = value
            for name in reversed(path[depth + 1 :]):
                nested = {str(name): nested}
            return json_append(text, node, lambda indent: "%s: %s" % (compact(step), render(text, nested, indent)))
        node = child
    if same(node.value, value):
        return text
    return splice(text, [(node.start, node.end, render(text, value, indent_at(text, node.start)))])


def shown_path(path):
    return ".".join(str(step) for step in path)


def indent_at(text, offset):
    begin = line_start(text, offset)
    return text[begin : begin + leading(text[begin:offset], " \t")]


UNIT = re.compile(r"^[ \t]*[{\[][^\S\n]*\r?\n(?:[^\S\n]*(?://.*)?\r?\n)*([ \t]+)", re.M)


def unit_of(text):
    match = UNIT.search(text.lstrip(BOM))
    return match.group(1) if match else "  "


def render(text, value, indent):
    written = json.dumps(value, ensure_ascii=False, indent=unit_of(text))
    return written.replace("\n", eol_of(text) + indent)


def json_append(text, node, write):
    children = node.members if node.members is not None else node.items or []
    outer, eol = indent_at(text, node.start), eol_of(text)
    if not children:
        return json_append_first(text, node, outer, write)
    first, end = children[0], children[-1].end
    comma = comma_after(text, end)
    if "\n" not in text[node.start : node.end]:
        if comma is None:
            return splice(text, [(end, end, ", " + write(outer))])
        return splice(text, [(comma + 1, comma + 1, " " + write(outer) + ",")])
    own = text[line_start(text, first.start) : first.start].strip(" \t") == ""
    indent = indent_at(text, first.start) if own else outer + unit_of(text)
    place = rest_of_line(text, end if comma is None else comma + 1)
    splices = [(end, end, ",")] if comma is None else []
    return splice(text, splices + [(place, place, eol + indent + write(indent) + ("" if comma is None else ","))])


def json_append_first(text, node, outer, write):
    eol = eol_of(text)
    indent = outer + unit_of(text)
    inside = text[node.start + 1 : node.end - 1]
    written = eol + indent + write(indent)
    if is_blank(inside):
        return splice(text, [(node.start + 1, node.end - 1, written + eol + outer)])
    kept = inside.rstrip()
    place = node.start + 1 + len(kept)
    return splice(text, [(place, place, written + (eol + outer if kept == inside else ""))])


def comma_after(text, end):
    following = skip_gaps(text, end)
    return following if at(text, following) == "," else None


COMMENTS = re.compile(r"(?:[ \t]*/\*(?:[^*]|\*(?!/))*\*/)*(?:[ \t]*//.*)?")


def rest_of_line(text, offset):
    return offset + COMMENTS.match(text[offset : line_end(text, offset)]).end()


def json_unset(text, path):
    parent, step = json_find(parse_json(text), path[:-1]), path[-1]
    if parent is None:
        return text
    children = parent.members if parent.members is not None else parent.items or []
    if isinstance(step, int):
        places = [step] if step < len(children) else []
    else:
        places = [index for index, member in enumerate(parent.members or []) if member.key == step]
    return splice(text, removal(text, children, places[-1])) if places else text


def removal(text, siblings, index):
    child = siblings[index]
    comma = comma_after(text, child.end)
    begin = line_start(text, child.start)
    splices = []
    if comma is None and index > 0:
        earlier = comma_after(text, siblings[index - 1].end)
        if earlier is not None:
            splices.append((earlier, earlier + 1, ""))
    end = rest_of_line(text, child.end if comma is None else comma + 1)
    if is_blank(text[begin : child.start]) and is_blank(text[end : line_end(text, end)]):
        return splices + [(begin, next_line(text, end), "")]
    gap = leading(text[end:], " \t") if comma is not None else 0
    return splices + [(child.start, end + gap, "")]


def first_index(values, wanted):
    for index, value in enumerate(values):
        if value is not None and value == wanted:
            return index
    return -1


def json_items(text, edit):
    path, name, values = edit["path"], edit["id"], edit["values"]
    if json_find(parse_json(text), path) is None:
        text = json_set(text, path, [])

    def node():
        found = json_find(parse_json(text), path)
        if found is None or found.items is None:
            raise Unreadable("%s is no list" % shown_path(path), found.start if found else 0)
        return found

    def owned(value):
        if not isinstance(value, dict) or str(value.get(edit["owner"])) not in edit["owners"]:
            return None
        return value.get(name)

    def ids():
        return [owned(item.value) for item in node().items]

    for index in range(len(ids()) - 1, -1, -1):
        own = ids()[index]
        stale = own is not None and all(value[name] != own for value in values)
        if stale or (own is not None and first_index(ids(), own) < index):
            text = json_unset(text, path + [index])
    for value in values:
        index = first_index(ids(), value[name])
        if index < 0:
            text = json_append(text, node(), lambda indent, value=value: render(text, value, indent))
        else:
            for field, member in value.items():
                text = json_set(text, path + [index, field], member)
    return text


# ---- TOML


class Statement:
    def __init__(self, kind, path, start, end, table=None, several=False, value=(0, 0)):
        self.kind, self.path, self.start, self.end = kind, path, start, end
        self.table, self.several = table, several
        self.value_start, self.value_end = value


BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
BARE_VALUE = re.compile(r"[^\s,#\]}]+(?: \d\d:[^\s,#\]}]+)?")
SCALAR = re.compile(
    r"(?:true|false|[+-]?(?:inf|nan)|0[xob][0-9a-fA-F_]+|[+-]?\d[\d_]*(?:\.[\d_]+)?(?:[eE][+-]?\d[\d_]*)?"
    r"|\d{4}-\d\d-\d\d.*|\d\d:\d\d.*)\Z"
)


def skip_space(text, offset):
    while at(text, offset) in (" ", "\t"):
        offset += 1
    return offset


def skip_lines(text, offset):
    while True:
        while offset < len(text) and text[offset] in SPACE:
            offset += 1
        if at(text, offset) != "#":
            return offset
        offset = line_end(text, offset)


def parse_toml(text):
    statements, table = [], None
    offset = skip_lines(text, 1 if text.startswith(BOM) else 0)
    while offset < len(text):
        if text[offset] == "[":
            table = toml_table(text, offset)
            statements.append(table)
        else:
            statements.append(toml_pair(text, offset, table))
        offset = skip_lines(text, statements[-1].end)
    return statements


def toml_table(text, start):
    close = "]]" if text.startswith("[[", start) else "]"
    path, end = toml_keys(text, start + len(close))
    if not text.startswith(close, end):
        raise Unreadable("a header is not closed by %s" % close, start)
    return Statement("table", path, start, statement_end(text, end + len(close)), several=close == "]]")


def toml_pair(text, start, table):
    path, end = toml_keys(text, start)
    if at(text, end) != "=":
        raise Unreadable("an = is missing", start)
    value_start = skip_space(text, end + 1)
    value_end = toml_value_end(text, value_start)
    whole = (table.path if table else []) + path
    value = (value_start, value_end)
    return Statement("pair", whole, start, statement_end(text, value_end), table=table, value=value)


def statement_end(text, offset):
    rest = skip_space(text, offset)
    if rest < line_end(text, rest) and at(text, rest) != "#":
        raise Unreadable("something follows the end of a setting", rest)
    return next_line(text, rest)


def toml_keys(text, start):
    path, offset = [], start
    while True:
        offset = skip_space(text, offset)
        quote = at(text, offset)
        if quote in ('"', "'") and quote:
            end = toml_string_end(text, offset, quote)
            path.append(toml_decode(text[offset:end]) or "")
            offset = end
        else:
            match = BARE_KEY.match(text, offset)
            if not match:
                raise Unreadable("a name is missing", offset)
            path.append(match.group())
            offset = match.end()
        offset = skip_space(text, offset)
        if at(text, offset) != ".":
            return path, offset
        offset += 1


def toml_string_end(text, start, quote):
    long = quote * 3
    offset = start + 3
    if text.startswith(long, start):
        while offset < len(text):
            if text[offset] == "\\" and quote == '"':
                offset += 1
            elif text.startswith(long, offset):
                end = offset + 3
                while at(text, end) == quote and end < offset + 5:
                    end += 1
                return end
            offset += 1
        raise Unreadable("a text is not closed", start)
    offset = start + 1
    while offset < len(text) and text[offset] != "\n":
        if text[offset] == "\\" and quote == '"':
            offset += 1
        elif text[offset] == quote:
            return offset + 1
        offset += 1
    raise Unreadable("a text is not closed", start)


def toml_value_end(text, start):
    sign = at(text, start)
    if sign in ('"', "'") and sign:
        return toml_string_end(text, start, sign)
    if sign == "[":
        return toml_list_end(text, start)
    if sign == "{":
        return toml_inline_end(text, start)
    match = BARE_VALUE.match(text, start)
    word = match.group() if match else ""
    if SCALAR.match(word):
        return start + len(word)
    raise Unreadable("a value is missing" if word == "" else '"%s" is no value' % word[:40], start)


def toml_list_end(text, start):
    offset = skip_lines(text, start + 1)
    while at(text, offset) != "]":
        if offset >= len(text):
            raise Unreadable("a [ is not closed", start)
        offset = skip_lines(text, toml_value_end(text, offset))
        if at(text, offset) == ",":
            offset = skip_lines(text, offset + 1)
        elif at(text, offset) != "]":
            raise Unreadable("a comma or a ] is missing", offset)
    return offset + 1


def toml_inline_end(text, start):
    offset = skip_lines(text, start + 1)
    while at(text, offset) != "}":
        if offset >= len(text):
            raise Unreadable("a { is not closed", start)
        _, end = toml_keys(text, offset)
        if at(text, end) != "=":
            raise Unreadable("an = is missing", offset)
        offset = skip_lines(text, toml_value_end(text, skip_space(text, end + 1)))
        if at(text, offset) == ",":
            offset = skip_lines(text, offset + 1)
        elif at(text, offset) != "}":
            raise Unreadable("a comma or a } is missing", offset)
    return offset + 1


def toml_decode(raw):
    if re.match(r"'[^']*'\Z", raw):
        return raw[1:-1]
    if not re.match(r'"(?:[^"\\]|\\.)*"\Z', raw):
        return None

    def unescape(match):
        if match.group(1):
            return chr(int(match.group(1), 16))
        return {"n": "\n", "t": "\t", "r": "\r"}.get(match.group(2), match.group(2))

    return re.sub(r"\\(?:u([0-9a-fA-F]{4})|(.))", unescape, raw[1:-1])


def edit_toml(text, edit):
    path, op, statements = edit["path"], edit["op"], parse_toml(text)
    pairs = [found for found in statements if found.kind == "pair" and found.path == path]
    if op == "unset":
        if not pairs:
            return text
        return splice(text, [(line_start(text, pairs[0].start), next_line(text, pairs[0].value_end), "")])
    if pairs:
        return text if op == "default" else toml_replace(text, pairs[0], edit["value"])
    refuse_inline(statements, path)
    return toml_insert(text, statements, path, edit["value"])


def toml_replace(text, pair, value):
    raw, written = text[pair.value_start : pair.value_end], compact(value)
    if raw == written or (isinstance(value, str) and toml_decode(raw) == value):
        return text
    return splice(text, [(pair.value_start, pair.value_end, written)])


def refuse_inline(statements, path):
    for found in statements:
        if len(found.path) >= len(path) or found.path != path[: len(found.path)]:
            continue
        shown = shown_path(found.path)
        if found.kind == "pair":
            raise Unreadable("%s is written as one value; write it as a table [%s]" % (shown, shown), found.start)
        if found.several:
            raise Unreadable("[[%s]] is a list of tables" % shown, found.start)


def shown_key(key):
    return key if re.match(r"[A-Za-z0-9_-]+\Z", key) else compact(key)


def toml_insert(text, statements, path, value):
    eol, parent = eol_of(text), path[:-1]
    line = "%s = %s%s" % (shown_key(path[-1]), compact(value), eol)
    tables = [found for found in statements if found.kind == "table" and found.path == parent]
    table = tables[0] if tables else None
    if parent and table is None:
        whole = ended(text, eol)
        gap = "" if whole == "" or whole.endswith(eol + eol) else eol
        return "%s%s[%s]%s%s" % (whole, gap, ".".join(shown_key(key) for key in parent), eol, line)
    inside = [found for found in statements if found.kind == "pair" and found.table is table]
    last = inside[-1] if inside else table
    if last is not None:
        if last.end == len(text) and not text.endswith("\n"):
            return text + eol + line[: -len(eol)]
        return splice(text, [(last.end, last.end, line)])
    if not statements:
        return ended(text, eol) + line
    place = comments_above(text, line_start(text, statements[0].start))
    return splice(text, [(place, place, line + eol)])


def comments_above(text, place):
    while place > 0:
        above = line_start(text, place - 1)
        if not re.match(r"[ \t]*#", text[above:place]):
            break
        place = above
    return 1 if place == 0 and text.startswith(BOM) else place


# ---- YAML


YAML_KEY = re.compile(
    r"""(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'"""
    r"""|([^\s#&*!|>'"%@`{}\[\],?-][^#\n]*?|[?-][^\s#][^#\n]*?))\s*:(?=\s|\Z)"""
)


class Pair:
    def __init__(self, column, key, line, extent):
        self.column, self.key, self.line = column, key, line
        self.value_start, self.value_end, self.last_line = extent


class Yaml:
    """Where block style stands in a text; see parseYaml of the twin."""

    def __init__(self, text):
        self.text = text
        self.starts = [1 if text.startswith(BOM) else 0]
        offset = text.find("\n")
        while 0 <= offset and offset + 1 < len(text):
            self.starts.append(offset + 1)
            offset = text.find("\n", offset + 1)
        self.pairs, self.items, self.solid, self.open = [], [], [], []
        self.walk()

    def start(self, line):
        return self.starts[line] if line < len(self.starts) else len(self.text)

    def line(self, line):
        return re.sub(r"\r?\n\Z", "", self.text[self.starts[line] : self.start(line + 1)])

    def walk(self):
        line = 0
        while line < len(self.starts):
            content = self.line(line)
            if re.match(r"\s*(?:#|\Z)|%", content):
                line += 1
            elif re.match(r"(?:---|\.\.\.)(?:\s|\Z)", content):
                if content.startswith("---") and self.solid:
                    raise Unreadable("there is a second document in the file", self.starts[line])
                line += 1
            else:
                last = self.structure(line, content)
                self.solid.extend(range(line, last + 1))
                line = last + 1

    def structure(self, line, content):
        start, column = self.starts[line], leading(content)
        if at(content, column) == "\t":
            raise Unreadable("a tab indents the line; YAML takes spaces only", start)
        self.enter(column, start)
        while re.match(r"-(?:\s|\Z)", content[column:]):
            self.items.append((column, line))
            column += 1 + leading(content[column + 1 :], " \t")
            if column >= len(content) or content[column] == "#":
                return line
            if not self.open or self.open[-1] != column:
                self.open.append(column)
        match = YAML_KEY.match(content, column)
        if not match:
            item = self.items[-1] if self.items else (0, -1)
            return self.extent(line, column, item[1] == line, item[0])[2]
        quoted, single, plain = match.groups()
        key = plain if plain is not None else single.replace("''", "'") if single is not None else quoted
        behind = match.end()
        extent = self.extent(line, behind + leading(content[behind:], " \t"), True, column)
        self.pairs.append(Pair(column, key, line, extent))
        return extent[2]

    def enter(self, column, start):
        closed = False
        while self.open and self.open[-1] > column:
            self.open.pop()
            closed = True
        if self.open and self.open[-1] == column:
            return
        if closed:
            raise Unreadable("the line is indented like no other above it", start)
        self.open.append(column)

    def extent(self, line, column, valid, owner):
        content = self.line(line)
        value_start = self.starts[line] + column
        tagged = re.match(r"(?:[&!]\S*\s+)*", content[column:]).end()
        sign = at(content, column + tagged)
        if sign in ("", "#"):
            return value_start, value_start, line
        if sign in "|>":
            last = self.deeper(line, owner)
            return value_start, self.starts[last] + len(self.line(last)), last
        if sign in "\"'[{":
            place = value_start + tagged
            value_end = flow_end(self.text, place) if sign in "[{" else quote_end(self.text, place)
            last = max(index for index, start in enumerate(self.starts) if start < value_end)
            if not re.match(r"\s*(?:#.*)?\Z", self.line(last)[value_end - self.starts[last] :]):
                raise Unreadable("something follows the end of a value", value_end)
            return value_start, value_end, last
        if not valid:
            raise Unreadable("a colon is missing, or the line is indented wrongly", value_start)
        plain = re.sub(r"\s+#.*\Z", "", content[column:]).rstrip()
        if re.search(r":\s", plain):
            raise Unreadable("a value with a colon in it is not quoted", value_start)
        last = self.deeper(line, owner)
        for following in range(line + 1, last + 1):
            below = self.line(following)
            if YAML_KEY.match(below, leading(below, " \t")):
                raise Unreadable(
                    "the line is indented as if it belonged to the value above", self.starts[following]
                )
        if last == line:
            return value_start, value_start + len(plain), last
        return value_start, self.starts[last] + len(self.line(last)), last

    def deeper(self, line, owner):
        last = line
        for following in range(line + 1, len(self.starts)):
            content = self.line(following)
            if content.strip() == "":
                continue
            if leading(content) <= owner:
                break
            last = following
        return last


def quote_end(text, start):
    quote, offset = text[start], start + 1
    while offset < len(text):
        if text[offset] == "\\" and quote == '"':
            offset += 1
        elif text[offset] == quote:
            if quote == "'" and at(text, offset + 1) == "'":
                offset += 1
            else:
                return offset + 1
        offset += 1
    raise Unreadable("a text is not closed", start)


def flow_end(text, start):
    opened, offset = [], start
    while offset < len(text):
        sign, before = text[offset], at(text, offset - 1)
        if sign == '"' or (sign == "'" and re.match(r"[\s,\[{:]", before)):
            offset = quote_end(text, offset) - 1
        elif sign in "[{":
            opened.append("]" if sign == "[" else "}")
        elif sign in "]}":
            if not opened or opened.pop() != sign:
                raise Unreadable("a %s closes nothing" % sign, offset)
            if not opened:
                return offset + 1
        elif sign == "#" and before.isspace():
            feed = text.find("\n", offset)
            offset = len(text) if feed < 0 else feed
        offset += 1
    raise Unreadable("a %s is not closed" % text[start], start)


def edit_yaml(text, edit):
    lines, key = Yaml(text), edit["path"][0]
    pairs = [pair for pair in lines.pairs if pair.column == 0 and pair.key == key]
    if edit["op"] == "items":
        return yaml_items(text, edit, key)
    if edit["op"] == "unset":
        return cut_lines(text, lines, pairs[-1].line, pairs[-1].last_line) if pairs else text
    if pairs:
        return text if edit["op"] == "default" else yaml_replace(text, lines, pairs[-1], edit["value"])
    eol = eol_of(text)
    return "%s%s: %s%s" % (ended(text, eol), key, render_yaml(edit["value"]), eol)


def render_yaml(value):
    if not isinstance(value, str):
        return compact(value)
    plain = re.match(r"[A-Za-z_/][A-Za-z0-9_./@+-]*(?::[A-Za-z0-9_./@+-]+)*\Z", value)
    word = re.match(r"(?:true|false|null|yes|no|on|off|y|n)\Z", value, re.I)
    return value if plain and not word else compact(value)


def decode_yaml(raw):
    text = raw.strip()
    if re.match(r"'(?:[^']|'')*'\Z", text):
        return text[1:-1].replace("''", "'")
    if re.match(r'"(?:[^"\\]|\\["\\/])*"\Z', text):
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if re.match(r"[\"'|>\[{&*!]", text) or "\n" in text:
        return None
    if text in ("true", "false"):
        return text == "true"
    if re.match(r"-?(?:0|[1-9]\d*)(?:\.\d+)?\Z", text):
        return float(text) if "." in text else int(text)
    return text


def pair_value(text, pair):
    return decode_yaml(text[pair.value_start : pair.value_end])


def yaml_replace(text, lines, pair, value):
    if pair.value_end > pair.value_start and same(pair_value(text, pair), value):
        return text
    empty = pair.value_end == pair.value_start
    below = [line for line in lines.solid if line > pair.line]
    if empty and below and leading(lines.line(below[0])) > pair.column:
        raise Unreadable("%s holds more than one value" % pair.key, lines.starts[pair.line])
    gap = " " if empty and not at(text, pair.value_start - 1).isspace() else ""
    space = " " if empty and re.match(r"\S", at(text, pair.value_start)) else ""
    return splice(text, [(pair.value_start, pair.value_end, gap + render_yaml(value) + space)])


def cut_lines(text, lines, first, last):
    return splice(text, [(lines.starts[first], lines.start(last + 1), "")])


class Entry:
    def __init__(self, line, column, last_line, pairs):
        self.line, self.column, self.last_line, self.pairs = line, column, last_line, pairs


def yaml_list(text, lines, key):
    pairs = [pair for pair in lines.pairs if pair.column == 0 and pair.key == key]
    if not pairs:
        return None
    pair = pairs[-1]
    after = [found.line for found in lines.pairs if found.column == 0 and found.line > pair.line]
    end = after[0] if after else len(lines.starts)
    inside = [item for item in lines.items if pair.line < item[1] < end]
    column = inside[0][0] if inside else 0
    dashes = [line for place, line in inside if place == column]
    raw = text[pair.value_start : pair.value_end]
    solid = [line for line in lines.solid if pair.line < line < end]
    if (raw != "" and not re.match(r"(?:\[\s*\]|null|~)\Z", raw)) or (not dashes and solid):
        raise Unreadable("%s is not written as a list with a dash before each entry" % key, pair.value_start)
    entries = []
    for index, line in enumerate(dashes):
        to = dashes[index + 1] if index + 1 < len(dashes) else end
        own = [found for found in lines.pairs if line <= found.line < to]
        last = [found for found in solid if found < to]
        first = own[0].column if own else 0
        entries.append(Entry(line, column, last[-1], [found for found in own if found.column == first]))
    return pair, column, entries


def yaml_items(text, edit, key):
    name, values = edit["id"], edit["values"]

    def entries():
        found = yaml_list(text, Yaml(text), key)
        return found[2] if found else []

    def owned(entry):
        members = {pair.key: pair_value(text, pair) for pair in reversed(entry.pairs)}
        return members.get(name) if str(members.get(edit["owner"])) in edit["owners"] else None

    def ids():
        return [owned(entry) for entry in entries()]

    for index in range(len(entries()) - 1, -1, -1):
        own = ids()[index]
        if own is None:
            continue
        if all(value[name] != own for value in values) or first_index(ids(), own) < index:
            entry = entries()[index]
            text = cut_lines(text, Yaml(text), entry.line, entry.last_line)
    for value in values:
        index = first_index(ids(), value[name])
        if index < 0:
            text = add_entry(text, yaml_list(text, Yaml(text), key), key, value)
        else:
            for field, member in value.items():
                text = set_member(text, entries()[index], field, member)
    return text


def set_member(text, entry, name, value):
    lines = Yaml(text)
    for pair in entry.pairs:
        if pair.key == name:
            return yaml_replace(text, lines, pair, value)
    column = entry.pairs[0].column if entry.pairs else entry.column + 2
    return insert_below(text, lines, entry.last_line, ["%s%s: %s" % (" " * column, name, render_yaml(value))])


def insert_below(text, lines, line, added):
    eol, place = eol_of(text), lines.start(line + 1)
    opened = place == len(text) and not text.endswith("\n")
    return ended(text[:place], eol) + eol.join(added) + ("" if opened else eol) + text[place:]


def add_entry(text, found, key, value):
    eol = eol_of(text)
    pair, column, entries = found if found else (None, 2, [])
    column = column if entries else 2
    rows = [
        "%s%s%s: %s" % (" " * column, "  " if index else "- ", name, render_yaml(member))
        for index, (name, member) in enumerate(value.items())
    ]
    if found is None:
        return ended(text, eol) + eol.join([key + ":"] + rows) + eol
    if entries:
        return insert_below(text, Yaml(text), entries[-1].last_line, rows)
    bare = splice(text, [(pair.value_start, pair.value_end, "")])
    return insert_below(bare, Yaml(bare), pair.line, rows)


# ---- lines


ASSIGNMENT = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*[=:][ \t]*")


def assignments(text):
    found, offset = [], 1 if text.startswith(BOM) else 0
    while offset < len(text):
        line = text[offset : line_end(text, offset)]
        match = ASSIGNMENT.match(line)
        if match:
            start = offset + match.end()
            end = dotenv_end(text, start)
            value = re.sub(r"\A([\"'`])([\s\S]*)\1\Z", r"\2", text[start:end])
            found.append((match.group(1), value, start, end))
            offset = end
        elif not re.match(r"[ \t]*(?:#.*)?\Z", line):
            raise Unreadable("the line is no NAME=value", offset)
        offset = next_line(text, offset)
    return found


def dotenv_end(text, start):
    quote, offset = at(text, start), start + 1
    if quote and quote in "\"'`":
        while offset < len(text):
            if text[offset] == "\\" and quote == '"':
                offset += 1
            elif text[offset] == quote:
                return offset + 1
            offset += 1
        raise Unreadable("a text is not closed", start)
    line = text[start : line_end(text, start)]
    return start + len(re.sub(r"(?:^|\s+)#.*\Z", "", line).rstrip())


def edit_dotenv(text, edit):
    name = edit["path"][0]
    rows = [row for row in assignments(text) if row[0] == name]
    if edit["op"] == "unset":
        return splice(text, [(line_start(text, rows[-1][2]), next_line(text, rows[-1][3]), "")]) if rows else text
    value = scalar_text(edit["value"])
    if rows and (edit["op"] == "default" or rows[-1][1] == value):
        return text
    written = value if re.match(r"[A-Za-z0-9_:/.@+-]*\Z", value) else compact(value)
    if rows:
        return splice(text, [(rows[-1][2], rows[-1][3], written)])
    eol = eol_of(text)
    return "%s%s=%s%s" % (ended(text, eol), name, written, eol)


def scalar_text(value):
    return value if isinstance(value, str) else compact(value)


def assignment(name, value, shell):
    if shell == "fish":
        return "set -gx %s '%s'" % (name, re.sub(r"([\\'])", r"\\\1", value))
    return "export %s='%s'" % (name, value.replace("'", "'\\''"))


def edit_profile(text, mark, edits, shell):
    eol = eol_of(text)
    opening, closing = "# >>> %s >>>" % mark, "# <<< %s <<<" % mark
    rows = [assignment(edit["path"][0], scalar_text(edit["value"]), shell) for edit in edits if edit["op"] == "set"]
    block = eol.join([opening] + rows + [closing])
    begin = text.find(opening)
    if begin >= 0:
        close = text.find(closing, begin)
        if close < 0:
            raise Unreadable('the line "%s" is missing' % closing, begin)
        return splice(text, [(begin, close + len(closing), block)])
    return ended(text, eol) + ("" if text == "" else eol) + block + eol


# ---- jobs


def fill(value, job, choice):
    if isinstance(value, str):
        origin, chosen = job["origin"], choice["origin"]
        if chosen and (value == origin or value.startswith(origin + "/")):
            value = chosen + value[len(origin) :]
        return value.replace("{{key}}", choice["key"]).replace("{{model}}", choice["model"] or job["model"])
    if isinstance(value, list):
        return [fill(item, job, choice) for item in value]
    if isinstance(value, dict):
        return {fill(name, job, choice): fill(member, job, choice) for name, member in value.items()}
    return value


def fill_job(job, choice):
    files = [dict(entry, edits=fill(entry["edits"], job, choice)) for entry in job["files"]]
    return dict(job, files=files)


def edit_file(text, entry, mark, shell):
    if entry["format"] == "profile":
        return edit_profile(text, mark, entry["edits"], shell)
    edit = {"json": edit_json, "toml": edit_toml, "yaml": edit_yaml, "dotenv": edit_dotenv}[entry["format"]]
    for step in entry["edits"]:
        text = edit(text, step)
    return text


# ---- the machine


class World:
    def __init__(self):
        self.env = os.environ
        names = {"win32": "win32", "darwin": "darwin"}
        self.platform = self.env.get("SETUP_PLATFORM") or names.get(sys.platform, "linux")

    def home(self):
        home = self.env.get("HOME") or (self.platform == "win32" and self.env.get("USERPROFILE"))
        if not home:
            raise SetupError("HOME is not set; set it to your home folder.")
        return home

    def expand(self, path):
        match = re.match(r"\$(\w+)\|([^|]*)\|(.*)\Z", path)
        if match:
            path = (self.env.get(match.group(1)) or match.group(2)) + match.group(3)
        return os.path.join(self.home(), path[2:]) if path.startswith("~/") else path

    def profile(self):
        shell = self.env.get("SHELL", "").split("/")[-1]
        if shell == "fish":
            return self.expand("$XDG_CONFIG_HOME|~/.config|/fish/config.fish"), "fish"
        if shell == "zsh":
            return self.expand("$ZDOTDIR|~|/.zshrc"), "posix"
        bash = "~/.bash_profile" if self.platform == "darwin" else "~/.bashrc"
        return self.expand(bash if shell == "bash" else "~/.profile"), "posix"

    def locate(self, entry):
        if entry["format"] == "profile":
            candidates = [self.profile()[0]]
        else:
            windows = entry.get("windows") if self.platform == "win32" else None
            candidates = [self.expand(path) for path in windows or entry["paths"]]
        existing = [path for path in candidates if os.path.exists(path)]
        return os.path.realpath(existing[0]) if existing else candidates[0]

    def record(self, job):
        return os.path.join(self.home(), ".%s-setup" % job["slug"], "%s.tsv" % job["client"])

    def short(self, path):
        home = self.home()
        return "~" + path[len(home) :] if path.startswith(home + "/") else path


def read_text(path):
    if not os.path.exists(path):
        return None
    with open(path, "rb") as stream:
        content = stream.read()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise SetupError("%s is not UTF-8; save it as UTF-8 and run this again. Nothing was changed." % path)


def read_variable(name):
    command = ["reg", "query", "HKCU\\Environment", "/v", name]
    answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    match = re.search(r"REG_(?:EXPAND_)?SZ[ \t]+(.*)", answer.stdout.decode("utf-8", "replace"))
    return match.group(1).rstrip() if answer.returncode == 0 and match else None


def write_variable(name, value):
    if value is None:
        command = ["reg", "delete", "HKCU\\Environment", "/v", name, "/f"]
    else:
        command = ["setx", name, value]
    subprocess.check_call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


# A change is (kind, subject, before, after).


def plan_changes(job, world):
    windows, changes = world.platform == "win32", []
    for entry in job["files"]:
        if windows and entry["format"] == "profile":
            continue
        path = world.locate(entry)
        before = read_text(path)
        try:
            mark = "%s %s" % (job["slug"], job["client"])
            after = edit_file(before or "", entry, mark, world.profile()[1])
        except Unreadable as cause:
            line = line_of(before or "", cause.offset)
            raise SetupError("%s, line %d: %s. Mend that first; nothing was changed." % (path, line, cause))
        if before != after:
            changes.append(("file", path, before, after))
    for entry in job["files"] if windows else []:
        for edit in entry["edits"] if entry["format"] == "profile" else []:
            name, after = edit["path"][0], scalar_text(edit["value"])
            before = read_variable(name)
            if before != after:
                changes.append(("variable", name, before, after))
    return changes


def hash_of(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def read_record(path):
    text = read_text(path) or ""
    return [line.split("\t", 3) for line in text.split("\n") if line]


def write_record(path, entries):
    if not os.path.isdir(os.path.dirname(path)):
        os.makedirs(os.path.dirname(path), 0o700)
    write_bytes(path, "".join("\t".join(entry) + "\n" for entry in entries), 0o600)


def write_bytes(path, text, mode):
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(text.encode("utf-8"))


def free_backup(path):
    number, name = 1, path + ".backup"
    while os.path.exists(name):
        number += 1
        name = "%s.backup-%d" % (path, number)
    return name


def make_folders(path):
    missing, folder = [], os.path.dirname(path)
    while not os.path.exists(folder):
        missing.insert(0, folder)
        folder = os.path.dirname(folder)
    for folder in missing:
        os.mkdir(folder, 0o700)
    return missing


def replace_file(path, text):
    mode = os.stat(path).st_mode & 0o777 if os.path.exists(path) else 0o600
    following = "%s.setup-%d" % (path, os.getpid())
    write_bytes(following, text, mode)
    os.chmod(following, mode)
    os.replace(following, path)


def apply_changes(job, changes, world):
    place = world.record(job)
    entries = read_record(place)
    for kind, subject, before, after in changes:
        known = [entry for entry in entries if entry[0] == kind and entry[3] == subject]
        if kind == "variable":
            if not known:
                entries.append([kind, "-" if before is None else before, "-", subject])
            write_record(place, entries)
            write_variable(subject, after)
            continue
        entries.extend(["folder", "-", "-", folder] for folder in make_folders(subject))
        if known:
            known[0][2] = hash_of(after)
        else:
            backup = "-" if before is None else free_backup(subject)
            entries.append([kind, backup, hash_of(after), subject])
            if before is not None:
                shutil.copy(subject, backup)
        write_record(place, entries)
        replace_file(subject, after)


def plan_undo(job, world):
    changes = []
    for kind, backup, _, subject in read_record(world.record(job)):
        if kind == "variable":
            changes.append((kind, subject, "", "" if backup == "-" else backup))
        elif kind == "file":
            after = "" if backup == "-" else read_text(backup)
            if after is None:
                raise SetupError("%s is gone, so %s cannot be put back. Nothing was changed." % (backup, subject))
            changes.append((kind, subject, read_text(subject), after))
    return changes


def undo_changes(job, world):
    place = world.record(job)
    entries = read_record(place)
    for kind, backup, _, subject in entries:
        if kind == "variable":
            write_variable(subject, None if backup == "-" else backup)
        elif kind == "file" and backup == "-":
            if os.path.exists(subject):
                os.unlink(subject)
        elif kind == "file" and os.path.exists(backup):
            os.replace(backup, subject)
    if os.path.exists(place):
        os.unlink(place)
    folders = [entry[3] for entry in entries if entry[0] == "folder"]
    for folder in list(reversed(folders)) + [os.path.dirname(place)]:
        try:
            os.rmdir(folder)
        except OSError:
            pass  # something else lives there by now, or it is gone


# ---- what a person reads


def mask_key(key):
    match = re.match(r"[A-Za-z0-9]{1,10}(?:[_-][A-Za-z0-9]{1,8})?[_-]", key)
    return "%s...%s" % (match.group() if match else "", key[-4:])


def mask_line(line, key):
    shown = line.replace(key, mask_key(key)) if key else line
    if not re.search(r"key|token|secret|password|bearer|authorization", shown, re.I):
        return shown

    def mask(match):
        word = match.group()
        return mask_key(word) if re.search(r"\d", word) and re.search(r"[a-z]", word, re.I) else word

    return re.sub(r"[A-Za-z0-9+_-]{20,}", mask, shown)


def middle(a, b):
    if len(a) * len(b) > 4000000:
        return ["- " + line for line in a] + ["+ " + line for line in b]
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            table[i][j] = table[i + 1][j + 1] + 1 if a[i] == b[j] else max(table[i + 1][j], table[i][j + 1])
    out, i, j = [], 0, 0
    while i < len(a) or j < len(b):
        if i < len(a) and j < len(b) and a[i] == b[j]:
            out.append("  " + a[i])
            i, j = i + 1, j + 1
        elif i < len(a) and (j >= len(b) or table[i + 1][j] >= table[i][j + 1]):
            out.append("- " + a[i])
            i += 1
        else:
            out.append("+ " + b[j])
            j += 1
    return out


def diff_lines(before, after, key):
    def split(text):
        return [] if text == "" else re.split(r"\r?\n", re.sub(r"\r?\n\Z", "", text))

    a, b, head, tail = split(before), split(after), 0, 0
    while head < len(a) and head < len(b) and a[head] == b[head]:
        head += 1
    while tail < len(a) - head and tail < len(b) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    until = len(a) - tail
    lines = ["  " + line for line in a[max(0, head - 2) : head]]
    lines += middle(a[head:until], b[head : len(b) - tail])
    lines += ["  " + line for line in a[until : until + 2]]
    near = [any(not line.startswith("  ") for line in lines[max(0, i - 2) : i + 3]) for i in range(len(lines))]
    out = []
    for i, line in enumerate(lines):
        if near[i]:
            out.append(line)
        elif i and near[i - 1]:
            out.append("  ...")
    return [mask_line(line, key) for line in out]


def describe(changes, world, key):
    out = []
    for kind, subject, before, after in changes:
        if kind == "variable":
            out.append("Variable " + subject)
            if before:
                out.append("  - " + mask_key(before))
            if after:
                out.append("  + " + (mask_key(key) if after == key else after))
            continue
        out.append(world.short(subject) + (" (new)" if before is None else ""))
        out += [("  " + line).rstrip() for line in diff_lines(before or "", after, key)]
    return "\n".join(out)


def describe_undo(job, changes, world):
    out = [describe(changes, world, "")]
    for kind, _, digest, subject in read_record(world.record(job)):
        if kind == "file" and os.path.exists(subject) and hash_of(read_text(subject)) != digest:
            out.append("Note: %s was changed after setup; undoing takes that back too." % world.short(subject))
    return "\n".join(out)


def shadows(job, world):
    note = "Note: %s is set in this terminal and wins over the file; run: unset %s"
    return [note % (name, name) for name in job["shadows"] if world.env.get(name)]


def say(text):
    sys.stdout.buffer.write((text + "\n").encode("utf-8"))


def run(mode, job_file):
    world = World()
    env = world.env
    job = json.loads(read_text(job_file))
    key = env.get("SETUP_KEY", "")
    choice = {"key": key, "model": env.get("SETUP_MODEL"), "origin": env.get("SETUP_ORIGIN")}
    filled = fill_job(job, choice)
    changes = plan_undo(job, world) if mode.startswith("undo") else plan_changes(filled, world)
    if not changes:
        return NOTHING
    if mode == "plan":
        say("\n".join([describe(changes, world, key)] + shadows(job, world)))
    elif mode == "apply":
        apply_changes(filled, changes, world)
    elif mode == "undo-plan":
        say(describe_undo(job, changes, world))
    elif mode == "undo":
        undo_changes(job, world)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(run(sys.argv[1], sys.argv[2]))
    except SetupError as cause:
        sys.stderr.write("%s\n" % cause)
        sys.exit(1)

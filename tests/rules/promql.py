# SPDX-License-Identifier: GPL-2.0-or-later
"""The selectors of a PromQL expression: which metrics it asks for, by which labels.

Prometheus 2.42 tells nobody how it reads an expression, so this does, for expressions that promtool
has taken as well-formed; anything that is not understood is an error, never passed over.
Grammar: https://prometheus.io/docs/prometheus/latest/querying/basics/
"""

import re
from typing import NamedTuple

TOKEN = re.compile(r"""
    (?P<space>\s+|\#[^\n]*)
  | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
  | (?P<number>\d[\w.]*|\.\d+)
  | (?P<name>[A-Za-z_:][\w:]*)
  | (?P<mark>=~|!~|!=|==|>=|<=|[-+*/%^<>=(){}\[\],@:])
""", re.VERBOSE)
LABEL_LISTS = {"by", "without", "on", "ignoring", "group_left", "group_right"}
WORDS = {"and", "or", "unless", "bool", "offset", "atan2", "inf", "nan"}


class Matcher(NamedTuple):
    label: str
    operator: str
    value: str


class Selector(NamedTuple):
    metric: str
    matchers: tuple


def tokens(expression):
    at, found = 0, []
    while at < len(expression):
        match = TOKEN.match(expression, at)
        if not match:
            raise ValueError(f"not understood at {expression[at:at + 20]!r}")
        at = match.end()
        if match.lastgroup != "space":
            found.append((match.lastgroup, match.group()))
    return found + [("end", "")]


def closing(found, at):
    """The place behind the list of names that begins at `at` with (."""
    while found[at][1] != ")":
        at += 1
    return at + 1


def matchers(found, at):
    """The matchers of the braces that begin at `at`, and the place behind them."""
    wanted, at = [], at + 1
    while found[at][1] != "}":
        (kind, label), (_, operator), (value_kind, value) = found[at:at + 3]
        if kind != "name" or operator not in ("=", "!=", "=~", "!~") or value_kind != "string":
            raise ValueError(f"no matcher: {label}{operator}{value}")
        wanted.append(Matcher(label, operator, value[1:-1]))
        at += 3
        if found[at][1] == ",":
            at += 1
    return tuple(wanted), at + 1


def selectors(expression):
    """All of them, as often as they stand there."""
    found, at, wanted = tokens(expression), 0, []
    while found[at][0] != "end":
        kind, text = found[at]
        at += 1
        if text == "{":
            raise ValueError("a selector without a metric's name")
        if kind != "name" or text.lower() in WORDS:
            continue
        if text in LABEL_LISTS:
            if found[at][1] == "(":
                at = closing(found, at)
        elif found[at][1] == "{":
            labels, at = matchers(found, at)
            wanted.append(Selector(text, labels))
        elif found[at][1] != "(" and found[at][1] not in ("by", "without"):
            wanted.append(Selector(text, ()))
    return wanted

# SPDX-License-Identifier: GPL-2.0-or-later
"""Does every expression of the rules and the dashboard ask for something that there is?

usage: queries.py RULES DASHBOARD METRICS OUT

METRICS is what `xdmactl metrics` prints when it has something to tell of everything. Writes to OUT a
test for `promtool test rules`: a fleet of hosts tells METRICS, and of each selector and each whole
expression promtool, that is Prometheus' own engine, is asked whether there is an answer. What a
matcher names must be among the values told, or among the doctor's rules, read on standard input. Ends
with 1 and a sentence each when not.
"""

import json
import re
import sys

import yaml

import promql

SAMPLE = re.compile(r"(?P<metric>[a-z0-9_]+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)$")
LABEL = re.compile(r'([a-z_]+)="((?:\\.|[^"\\])*)"')
# what a fleet differs in, so that one kernel has others beside it, one card others, one host its like
FLEET = [(kernel, card, n) for kernel in ("6.1", "6.12") for card in ("A", "B") for n in range(4)]


def read_metrics(path):
    """[(metric, {label: value}, value)]"""
    samples = []
    for line in open(path, encoding="utf-8"):
        if line.startswith("#"):
            continue
        match = SAMPLE.match(line.rstrip("\n"))
        if not match:
            raise SystemExit(f"{path}: no sample: {line}")
        samples.append((match["metric"], dict(LABEL.findall(match["labels"] or "")), match["value"]))
    return samples


def fleet_of(samples):
    for kernel, card, n in FLEET:
        for metric, labels, value in samples:
            host = dict(labels, job="node", instance=f"pi-{kernel}-{card}-{n}:9100")
            host.update({label: new for label, new in (("kernel", kernel), ("card", card))
                         if label in labels})
            yield metric, host, value


def substituted(expression):
    """A dashboard's variables as a viewer who chooses all of them leaves them."""
    return re.sub(r"\$\{?(\w+)\}?", ".*", expression)


def dashboard_expressions(node, where="dashboard"):
    if isinstance(node, list):
        for part in node:
            yield from dashboard_expressions(part, where)
    elif isinstance(node, dict):
        where = node["title"] if isinstance(node.get("title"), str) else where
        if isinstance(node.get("expr"), str):
            yield where, substituted(node["expr"])
        query = node.get("query")
        variable = query.get("query") if isinstance(query, dict) else query
        if node.get("type") == "query" and isinstance(variable, str):
            match = re.fullmatch(r"label_values\((.*), *(\w+)\)", variable)
            if not match:
                raise SystemExit(f"variable {node.get('name')}: not understood: {variable}")
            yield f"variable {node['name']}", f"count by ({match[2]}) ({substituted(match[1])})"
        for key, part in node.items():
            if key != "query":
                yield from dashboard_expressions(part, where)


def rule_expressions(rules):
    for group in rules["groups"]:
        for rule in group["rules"]:
            yield rule.get("alert") or rule["record"], rule["expr"]


def unknown_values(selector, told):
    """The words of a selector's matchers that nothing ever says."""
    for label, operator, value in selector.matchers:
        if value in ("", ".*"):
            continue
        words = value.split("|") if "~" in operator else [value]
        for word in words:
            if not any(re.fullmatch(word, one) for one in told.get(label, ())):
                yield f'{selector.metric}{{{label}{operator}"{value}"}}: nothing is called {word}'


def question(expression, expected):
    return {"expr": expression, "eval_time": "1m",
            "exp_samples": [{"labels": "{}", "value": expected}]}


def main():
    rules_path, dashboard_path, metrics_path, out_path = sys.argv[1:]
    rules = yaml.safe_load(open(rules_path, encoding="utf-8"))
    dashboard = json.load(open(dashboard_path, encoding="utf-8"))
    samples = list(fleet_of(read_metrics(metrics_path)))
    told = {"id": set(sys.stdin.read().split()), "alertstate": {"firing", "pending"},
            "alertname": {name for name, _ in rule_expressions(rules)}}
    for metric, labels, _ in samples:
        for label, value in labels.items():
            told.setdefault(label, set()).add(value)
    questions, faults = [], []
    for where, expression in [*rule_expressions(rules), *dashboard_expressions(dashboard)]:
        for selector in promql.selectors(expression):
            labels = ", ".join(f'{one.label}!=""' for one in selector.matchers)
            questions.append(question(f"count({selector.metric}{{{labels}}}) > bool 0", 1))
            faults += [f"{where}: {fault}" for fault in unknown_values(selector, told)]
        # whatever it answers: that it can be evaluated
        questions.append(question(f"count({expression}) * 0 or vector(0)", 0))
    series = [{"series": metric + "{" + ", ".join(f'{k}="{v}"' for k, v in labels.items()) + "}",
               "values": f"{value}x2"} for metric, labels, value in samples]
    yaml.safe_dump({"rule_files": [rules_path], "evaluation_interval": "1m",
                    "group_eval_order": [group["name"] for group in rules["groups"]],
                    "tests": [{"interval": "1m", "input_series": series,
                               "promql_expr_test": questions}]},
                   open(out_path, "w", encoding="utf-8"), width=10000)
    print("\n".join(faults) or f"{len(questions)} questions", file=sys.stderr)
    return 1 if faults else 0


sys.exit(main())

# SPDX-License-Identifier: GPL-2.0-or-later
"""Ask a Prometheus, by its HTTP API (https://prometheus.io/docs/prometheus/latest/querying/api/).

usage: ask.py URL ready            wait until it answers
       ask.py URL settle [GONE]    wait until everything that is told now was scraped, of all hosts but
                                   GONE, and all rules were evaluated twice since: an alert follows its
                                   record by one evaluation
       ask.py URL alerts STATE     "NAME OF-WHAT PATH-OR-ID" of each alert in that state, sorted
       ask.py URL words            summary and description of each alert that fires, a line each
       ask.py URL query EXPR       "LABEL=VALUE... NUMBER" of each answer, sorted
"""

import datetime
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

DEADLINE_SEC = 120


def ask(url, path, **parameters):
    address = f"{url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
    with urllib.request.urlopen(address, timeout=10) as answer:
        return json.load(answer)["data"]


def seconds(text):
    """RFC 3339, with nanoseconds that Python 3.11 does not take."""
    head, _, tail = text.partition(".")
    zone = tail.lstrip("0123456789") if tail else ""
    return datetime.datetime.fromisoformat((head + (zone or "")).replace("Z", "+00:00")).timestamp()


def until(what, holds):
    end = time.monotonic() + DEADLINE_SEC
    while time.monotonic() < end:
        try:
            if holds():
                return
        except urllib.error.URLError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"{what}: not within {DEADLINE_SEC} s")


def scraped_since(url, start, gone):
    targets = ask(url, "targets", state="active")["activeTargets"]
    return targets and all(
        seconds(target["lastScrape"]) > start
        and (target["health"] == "up") != (target["labels"]["instance"] == gone)
        for target in targets)


def evaluated_since(url, start):
    groups = ask(url, "rules")["groups"]
    return groups and all(seconds(group["lastEvaluation"]) > start for group in groups)


def settle(url, gone=None):
    start = time.time() + 1  # lastScrape and lastEvaluation are read to the second
    until("a scrape of each target", lambda: scraped_since(url, start, gone))
    for _ in range(2):
        start = time.time() + 1
        until("an evaluation of all rules", lambda: evaluated_since(url, start))


def alerts(url, state):
    for alert in ask(url, "alerts")["alerts"]:
        labels = alert["labels"]
        if alert["state"] == state:
            of = labels.get("instance") or labels.get("kernel") or labels.get("card")
            yield " ".join(filter(None, (labels["alertname"], of,
                                         labels.get("path") or labels.get("id"))))


def words(url):
    for alert in ask(url, "alerts")["alerts"]:
        if alert["state"] == "firing":
            yield f'{alert["annotations"]["summary"]} | {alert["annotations"]["description"]}'


def query(url, expression):
    for sample in ask(url, "query", query=expression)["result"]:
        labels = [f"{key}={value}" for key, value in sorted(sample["metric"].items())
                  if not key.startswith("__")]
        yield " ".join([*labels, f'{float(sample["value"][1]):.3g}'])


def main():
    url, command, *rest = sys.argv[1:]
    if command == "ready":
        until("an answer", lambda: ask(url, "status/runtimeinfo"))
    elif command == "settle":
        settle(url, *rest)
    else:
        lines = {"alerts": alerts, "words": words, "query": query}[command](url, *rest)
        sys.stdout.writelines(f"{line}\n" for line in sorted(set(lines)))


main()

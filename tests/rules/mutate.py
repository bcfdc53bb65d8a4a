# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules with one alert broken: is there a test that sees it?

usage: mutate.py RULES               prints the names of the alerts
       mutate.py RULES ALERT HOW OUT  HOW is "never" (it does not fire) or "always" (it fires for every
                                      host, whatever is told)
"""

import sys

import yaml


def main():
    rules = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
    alerts = [rule for group in rules["groups"] for rule in group["rules"] if "alert" in rule]
    if len(sys.argv) == 2:
        print("\n".join(rule["alert"] for rule in alerts))
        return
    _, _, name, how, out = sys.argv
    for rule in alerts:
        if rule["alert"] != name:
            continue
        if how == "never":
            rule["expr"] = f"({rule['expr']}) unless on () vector(1)"
        else:
            rule["expr"] = 'label_replace(vector(1), "instance", "well", "", "")'
            rule.pop("for", None)
    yaml.safe_dump(rules, open(out, "w", encoding="utf-8"))


main()

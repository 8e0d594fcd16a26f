#!/usr/bin/env python3
"""Writes docs/catalogue.md from catalogue/*.yaml: what each built-in KPI means, its formula, and how it misleads.

Run by hand after a change of the catalogue: tools/catalogue-doc.py (needs PyYAML)."""
import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHAPTERS = [("financial", "Financial"), ("pipeline", "Pipeline and funnel"), ("activity", "Activity"), ("customer", "Customer and market"),
            ("marketing", "Marketing"), ("service", "Service"), ("people", "Team and enablement")]
ROLES = [("manager", "Manager"), ("leader", "Team leader"), ("rep", "Rep"), ("marketing", "Marketing"), ("finance", "Finance")]
BUSINESS = {"b2b": "B2B deals", "saas": "subscriptions", "retail": "retail", "agency": "agencies"}
NOT_BUILT_IN = """## Not built in

| KPI | what it would take |
|---|---|
| 66 `scorecard_score` | weights and targets, which the ledger does not hold: [`attain scorecard`](scorecards.md) computes it |
| 70 `training_lift` | the change of the trained against comparable people who were not: a comparison of groups, not a formula |
"""


def load():
    kpis, measures, parameters, views = {}, {}, {}, {}
    for path in sorted((ROOT / "catalogue").glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        kpis |= document.get("kpis") or {}
        measures |= document.get("measures") or {}
        parameters |= document.get("parameters") or {}
        views |= document.get("views") or {}
    return kpis, measures, parameters, views


def link(name):
    return f"[{name}](#{name})"


def names_in(formula, known):
    return [name for name in dict.fromkeys(re.findall(r"[a-z][a-z0-9_]*", formula)) if name in known]


def one(name, kpi, measures, parameters):
    formula = " ".join(kpi["formula"].split())
    text = [f"### {name}", "", f"**{kpi['name']}.** {kpi['question']}", "", f"`{formula}`", ""]
    used = names_in(formula, measures)
    text += [f"- where `{m}` is `{' '.join(measures[m].split())}`" for m in used]
    whole = formula + " " + " ".join(measures[m] for m in used)
    text += [f"- parameter `{p}`: {parameters[p]}" for p in names_in(whole, parameters)]
    facts = [f"{kpi['better']} is better" if kpi["better"] != "neutral" else "neither direction is better", kpi["timing"]]
    if "unit" in kpi:
        facts.append(f"in {kpi['unit'].replace('_', ' ')}")
    if "matures_after" in kpi:
        facts.append(f"immature until {parameters.get(kpi['matures_after'], kpi['matures_after'])} after its end")
    if "number" in kpi:
        facts.append(f"number {kpi['number']}")
    text += [f"- {', '.join(facts)}", f"- counted on: {kpi['anchor']}", f"- needs: {kpi['needs']}"]
    if kpi.get("business"):
        text.append(f"- for: {', '.join(BUSINESS[b] for b in kpi['business'])}")
    if kpi.get("drivers"):
        text += [f"- driven by: {' × '.join(link(n) for n in kpi['drivers'])}"]
    text += [f"- source: {kpi['source']}", f"- see also: {', '.join(link(n) for n in kpi['see_also'])}", "", "How it misleads:", ""]
    text += [f"- {' '.join(trap.split())}" for trap in kpi["traps"]]
    return "\n".join(text) + "\n"


def view(name, it):
    text = [f"### {name}", "", f"**{it['name']}.** {it['question']}", "", f"`attain show {name}` shows {', '.join(link(n) for n in it['kpis'])}."]
    if it.get("grain"):
        text.append(f"The period is cut into {it['grain']}s, one below the other.")
    if it.get("identity"):
        text += ["", f"What always holds, and is said below the table: `{' '.join(it['identity'].split())}`"]
    return "\n".join(text) + "\n"


def main():
    kpis, measures, parameters, views = load()
    out = ["# The built-in KPIs", "",
           "Written by tools/catalogue-doc.py from catalogue/*.yaml; change those. `attain kpis NAME` shows the same in the terminal.",
           "How to define your own is in [definitions.md](definitions.md), the language of the formulas in [formulas.md](formulas.md).", "",
           "## Sets", "", "Small on purpose: what one person can look after.", "", "| for | KPIs |", "|---|---|"]
    for role, title in ROLES:
        out.append(f"| {title} | {', '.join(link(n) for n, k in kpis.items() if role in k.get('roles', []))} |")
    out.append("")
    for category, title in CHAPTERS:
        out += [f"## {title}", ""]
        mine = sorted(((k.get("number", 0), i, n) for i, (n, k) in enumerate(kpis.items()) if k["category"] == category))
        out += [one(n, kpis[n], measures, parameters) for _, _, n in mine]
    out += ["## Views", "", "KPIs that are read together, as one table.", ""]
    out += [view(name, it) for name, it in sorted(views.items())]
    out.append(NOT_BUILT_IN)
    (ROOT / "docs" / "catalogue.md").write_text("\n".join(out), encoding="utf-8")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes zones.txt: times of many zones, in UTC and as a day of Berlin, by Python's zoneinfo.

An hour that spring skips is read as the one after it, and of an hour that autumn repeats the first is meant: both are
what fold=0 says. Run it by hand where a case is added; the test reads what it wrote.
"""
import datetime
import pathlib
import zoneinfo

HOME = zoneinfo.ZoneInfo("Europe/Berlin")

# The hour before, within and after each change of the clocks, and days far from any.
TIMES = {
    "Europe/Berlin": ["2026-03-29 01:59", "2026-03-29 02:00", "2026-03-29 02:30", "2026-03-29 03:00", "2026-10-25 01:59", "2026-10-25 02:00", "2026-10-25 02:59", "2026-10-25 03:00", "2026-01-31 23:59", "2026-07-01 00:00"],
    "America/New_York": ["2026-03-08 01:59", "2026-03-08 02:30", "2026-03-08 03:00", "2026-11-01 00:59", "2026-11-01 01:30", "2026-11-01 02:00", "2026-12-31 18:30", "2006-03-20 12:00", "2007-03-20 12:00", "2006-11-01 12:00", "2007-11-01 12:00"],
    "America/St_Johns": ["2026-03-08 02:15", "2026-11-01 01:15", "2026-06-30 21:15", "2026-01-15 12:00"],
    "America/Sao_Paulo": ["2018-11-04 00:30", "2019-02-16 23:30", "2019-11-10 12:00", "2026-01-10 12:00"],
    "Asia/Kolkata": ["2026-01-01 00:00", "2026-06-01 04:29", "2026-06-01 04:30"],
    "Asia/Kathmandu": ["2026-01-01 05:44", "2026-01-01 05:45"],
    "Australia/Lord_Howe": ["2026-04-05 01:45", "2026-04-05 02:15", "2026-10-04 02:15", "2026-10-04 02:45", "2026-07-01 12:00"],
    "Pacific/Auckland": ["2026-04-05 02:30", "2026-09-27 02:30", "2026-12-31 23:00", "2026-06-30 23:00"],
    "Pacific/Apia": ["2011-12-29 12:00", "2011-12-31 12:00", "2026-01-01 00:00"],
    "Europe/London": ["2026-03-29 01:30", "2026-10-25 01:30", "2026-10-25 02:00"],
    "UTC": ["2026-03-29 00:59", "2026-10-25 01:00", "2026-12-31 22:59", "2026-12-31 23:00"],
}
FORMS = {
    "as ISO has it": "%Y-%m-%d %H:%M:%S",
    "with a T": "%Y-%m-%dT%H:%M",
    "as Germans write it": "%d.%m.%Y %H:%M",
    "as Americans write it": "%m/%d/%Y %I:%M %p",
}


def row(zone, text, form):
    local = datetime.datetime.strptime(text, "%Y-%m-%d %H:%M")
    utc = local.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=0).astimezone(datetime.timezone.utc)
    return f"{local.strftime(form)} => {utc:%Y-%m-%d %H:%M:%S}, {utc.astimezone(HOME):%Y-%m-%d}\n"


def main():
    lines = ["# Written by zones.py.\n", "currency: EUR\n", "time_zone: Europe/Berlin\n"]
    for number, (zone, times) in enumerate(TIMES.items()):
        for kind, form in list(FORMS.items())[number % 2 :: 2]:
            order = {"%d.": "dmy", "%m/": "mdy"}.get(form[:3], "ymd")
            lines.append(f"\n== {zone}, {kind}\nto: activity\ncolumns: {{done_at: {{of: V, time_zone: {zone}}}}}\n")
            lines.append(f"source: {{date_format: {order}}}\nshow: done_at, done_at_day\n")
            lines += [row(zone, text, form) for text in times]
    pathlib.Path(__file__).with_name("zones.txt").write_text("".join(lines))


main()

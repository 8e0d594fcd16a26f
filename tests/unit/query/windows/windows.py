#!/usr/bin/env python3
"""Writes calendar.txt: which days previous(), shift(), trailing() and to_date() look at, by Python's datetime.

Months are counted as a calendar has them. A period that still runs is compared with the days of an earlier one in which
as many working days (Monday to Friday) had begun; one that reaches into the running period is seen until the clock.
On the evening of its last day a period runs no more. Run it by hand where a case is added.
"""
import datetime
import pathlib

DAY = datetime.timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3, "year": 12}
CLOCKS = ["2026-05-15", "2026-03-02", "2024-02-29", "2025-12-31"]


def add_months(day, months):
    month = day.year * 12 + day.month - 1 + months
    return datetime.date(month // 12, month % 12 + 1, 1)


def period(day, grain):
    months = MONTHS[grain]
    first = datetime.date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, add_months(first, months)


def name(first, grain):
    return {"month": f"{first:%Y-%m}", "quarter": f"{first.year}-Q{(first.month + 2) // 3}", "year": f"{first.year}"}[grain]


def working_days(first, end):
    return [first + DAY * n for n in range((end - first).days) if (first + DAY * n).weekday() < 5]


def cut(start, end, first, last, today):
    """Where [start, end) ends, seen as far as [first, last) was on the evening of today."""
    if end > first or not first <= today < last - DAY:
        return min(end, today + DAY)
    begun = len(working_days(first, today + DAY))
    days = working_days(start, end)
    return end if begun > len(days) else days[begun - 1] + DAY


def cases(today):
    for grain, months in MONTHS.items():
        running = period(today, grain)
        for first, last in (running, period(running[0] - DAY, grain)):
            seen = min(last, today + DAY)
            text = name(first, grain)
            yield f"{text} itself", first, seen
            before = add_months(first, -months), first
            yield f"{text} previous", before[0], cut(*before, first, last, today)
            ago = add_months(first, -12), add_months(last, -12)
            yield f"{text} year_ago", ago[0], cut(*ago, first, last, today)
            for back in (1, 5):
                moved = add_months(first, -back), add_months(last, -back)
                yield f"{text} shift -{back} month", moved[0], cut(*moved, first, last, today)
            if last <= today:
                for n in (1, 3, 12):
                    yield f"{text} trailing {n} month", add_months(last, -n), last
            for whole in ("quarter", "year"):
                if MONTHS[whole] > months:
                    yield f"{text} to_date {whole}", period(first, whole)[0], seen


def main():
    lines = ["# Written by windows.py: a clock, a period and what is done to it, the first day and the day after the last.\n"]
    for clock in CLOCKS:
        today = datetime.date.fromisoformat(clock)
        lines += [f"{clock} {what} => {start} {end}\n" for what, start, end in cases(today)]
    pathlib.Path(__file__).with_name("calendar.txt").write_text("".join(lines))


main()

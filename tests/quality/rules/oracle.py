"""The rules once more, row by row in plain Python: slow, obvious, and what the fast ones must equal."""

import datetime as dt
import json
import math
import re
from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

from opening_hours import validate

BRUSSELS = ZoneInfo("Europe/Brussels")

BLANKS = " \t\r\n\u00a0\u202f"


def broken(rule, rows, around):
    """The positions of the rows that break a rule; `rows` are dictionaries of Python values, None where empty."""
    spoken_of = {at: row for at, row in enumerate(rows) if rule.when is None or holds(rule.when.to_dict(), row)}
    judge = sum_ if rule.kind == "sum" else globals()[rule.kind.replace("-", "_")]
    if rule.kind in WHOLE_TABLE:
        return judge(spoken_of, rule.parameters, around)
    return {at for at, row in spoken_of.items() if judge(row, rule.parameters, around)}


def holds(condition, row):
    value = row[condition["column"]]
    if "in" in condition:
        return value is not None and value in condition["in"]
    return (value is not None) == condition["filled"]


def order(row, said, _around):
    first, second = (row[name] for name in said["columns"])
    if first is None or second is None:
        return False
    if type(first) is not type(second):
        first, second = day(first), day(second)
    return first >= second if said["strict"] else first > second


def compare(row, said, _around):
    value, other = row[said["column"]], said["to"]
    other = row[other] if isinstance(other, str) else other
    if value is None or other is None:
        return False
    if isinstance(value, float) or isinstance(other, float) or said["factor"] != 1:
        value, other = float(value), float(other) * float(said["factor"])
    same = value == other if said["factor"] == 1 else math.isclose(value, other, rel_tol=1e-9)
    right = {
        "at-most": value < other or same,
        "at-least": value > other or same,
        "below": value < other and not same,
        "above": value > other and not same,
        "equal": same,
    }
    return not right[said["is"]]


def day(value):
    return value.astimezone(BRUSSELS).date() if isinstance(value, dt.datetime) else value


def today(row, said, around):
    value = day(row[said["column"]])
    if value is None:
        return False
    edge = around.today + dt.timedelta(days=said["days"])
    return value > edge if said["is"] == "at-most" else value < edge


def one_of(row, said, _around):
    return all(row[name] is None for name in said["columns"])


def required_if(row, said, _around):
    return row[said["column"]] is None


def empty_if(row, said, _around):
    return row[said["column"]] is not None


def items(cell, separator):
    parts = [] if cell is None else cell.split(separator) if separator else [cell]
    return [part.strip(BLANKS) for part in parts]


def entry_of(code, name, around):
    return next((one for one in around.references[name].to_dicts() if one["code"] == code), None)


def in_force(code, name, on, around):
    entry = entry_of(code, name, around)
    if entry is None:
        return False
    return (entry["valid_from"] or dt.date.min) <= on and (entry["valid_to"] is None or on < entry["valid_to"])


def list_items(row, said, around):
    def right(item):
        if said["items"]:
            return item in said["items"]
        if said["pattern"]:
            return bool(re.fullmatch(said["pattern"], item))
        return in_force(item, said["reference"], around.today, around)

    return not all(right(item) for item in items(row[said["column"]], said["separator"]))


def reference(row, said, around):
    code = row[said["column"]]
    if code is None:
        return False
    on = around.today if said["valid_on"] == "today" else day(row[said["valid_on"]]) or around.today
    return not in_force(str(code), said["list"], on, around)


def check_digits(row, said, _around):
    return not all(NUMBERS[said["scheme"]](item) for item in items(row[said["column"]], said["separator"]))


def plain(text):
    return "".join(sign for sign in text if sign not in " .-/\u00a0\u202f").upper()


def is_enterprise_number(text):
    number = plain(text).removeprefix("BE")
    return bool(re.fullmatch("[01][0-9]{9}", number)) and 97 - int(number[:8]) % 97 == int(number[8:])


def is_national_number(text):
    number = plain(text)
    if not re.fullmatch("[0-9]{11}", number):
        return False
    return int(number[9:]) in (97 - int(number[:9]) % 97, 97 - int(f"2{number[:9]}") % 97)


def is_ean(text):
    number = plain(text)
    if not re.fullmatch("[0-9]+", number) or len(number) not in (8, 12, 13, 14, 18):
        return False
    return sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(reversed(number))) % 10 == 0


def is_cpv(text):
    number = plain(text)
    if not re.fullmatch("[0-9]{8,9}", number):
        return False
    if len(number) == 8:
        return True
    weights = (3, 7, 1, 3, 7, 1, 3, 7)
    return sum(int(digit) * weight for digit, weight in zip(number[:8], weights, strict=True)) % 10 == int(number[8])


def is_iban(text):
    number = plain(text)
    if not re.fullmatch("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", number) or (number[:2] == "BE" and len(number) != 16):
        return False
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1


NUMBERS = {
    "enterprise-number": is_enterprise_number,
    "national-number": is_national_number,
    "ean": is_ean,
    "cpv": is_cpv,
    "iban": is_iban,
}


def opening_hours(row, said, _around):
    text = row[said["column"]]
    return text is not None and not validate(text.strip(BLANKS))


def inside_municipality(row, said, around):
    boundary = around.boundaries.get(str(row[said["municipality"]]))
    point = point_of([row[name] for name in said["columns"]])
    if boundary is None or point is None:
        return False
    x, y = math.cos(math.radians(boundary.centroid.y)) * 111_195, 111_195
    rings = [ring for polygon in polygons(boundary) for ring in (polygon.exterior, *polygon.interiors)]
    flat = [[(lon * x, lat * y) for lon, lat in ring.coords] for ring in rings]
    at = (point[0] * x, point[1] * y)
    is_inside = sum(crosses(at, ring) for ring in flat) % 2 == 1
    nearest = min(distance(at, one, other) for ring in flat for one, other in pairwise(ring))
    return not is_inside and nearest > said["tolerance_m"]


def point_of(cells):
    if any(cell is None for cell in cells):
        return None
    if len(cells) == 2:
        return cells
    if cells[0].startswith("{"):
        return json.loads(cells[0])["coordinates"]
    return [float(part) for part in cells[0].split(",")]


def polygons(boundary):
    return getattr(boundary, "geoms", [boundary])


def crosses(at, ring):
    """Whether a ray to the east crosses a ring an odd number of times."""
    hits = 0
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > at[1]) != (y2 > at[1]) and at[0] < (x2 - x1) * (at[1] - y1) / (y2 - y1) + x1:
            hits += 1
    return hits


def distance(at, one, other):
    """From a point to the nearest point of a line from one point to another."""
    (x1, y1), (x2, y2) = one, other
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    part = ((at[0] - x1) * (x2 - x1) + (at[1] - y1) * (y2 - y1)) / length if length else 0
    part = min(1, max(0, part))
    return math.hypot(at[0] - (x1 + part * (x2 - x1)), at[1] - (y1 + part * (y2 - y1)))


def k_anonymity(row, said, _around):
    value, threshold = row[said["column"]], said["threshold"]
    threshold = row[threshold] if isinstance(threshold, str) else threshold
    if value is None or threshold is None or (said["masked"] and holds(said["masked"], row)):
        return False
    return 0 < value < threshold


def sum_(row, said, _around):
    parts = [row[name] for name in said["columns"] if row[name] is not None]
    wanted = row[said["to"]] if isinstance(said["to"], str) else said["to"]
    if not parts or wanted is None:
        return False
    off = math.fsum(parts) - wanted
    slack = said["within"] + 1e-9 * (math.fsum(map(abs, parts)) + abs(wanted))
    return {"equal": abs(off) > slack, "at-most": off > slack, "at-least": off < -slack}[said["is"]]


def non_decreasing(row, said, _around):
    values = [row[name] for name in said["columns"] if row[name] is not None]
    return any(later < earlier for at, later in enumerate(values) for earlier in values[:at])


def ratio(row, said, _around):
    over = [said["over"]] if isinstance(said["over"], str) else said["over"]
    if row[said["column"]] is None or any(row[name] is None for name in over):
        return False
    divisor = math.prod(float(row[name]) for name in over)
    if said["per_year"]:
        start, end = (row[name] for name in said["per_year"])
        if start is None or end is None or end <= start:
            return False
        divisor *= (end - start) / dt.timedelta(days=365)
    if divisor == 0:
        return False
    value, (low, high) = row[said["column"]] / divisor, said["between"]
    return value < low - 1e-9 * abs(value) or value > high + 1e-9 * abs(value)


def grid(row, said, _around):
    at, step = row[said["column"]], said["step"]
    step = row[step] if isinstance(step, str) else step
    if at is None or step is None or step <= 0:
        return False
    at = at.astimezone(BRUSSELS) if isinstance(at, dt.datetime) else at
    return bool(at.second or at.microsecond or (at.hour * 60 + at.minute) % step)


def rounded(row, said, _around):
    value = row[said["column"]]
    if value is None:
        return False
    steps = value / said["step"]
    return abs(steps - round(steps)) > 1e-9 * (abs(steps) + 1)


def duration(row, said, _around):
    start, end = (row[name] for name in said["columns"])
    if start is None or end is None:
        return False
    fewest, most = said["days"]
    return not fewest <= (end - start) / dt.timedelta(days=1) <= most


def no_overlap(rows, said, _around):
    def period(row):
        start, end = (row[name] for name in said["period"])
        return start, end

    def counts(row):
        start, end = period(row)
        return (
            start is not None and (end is None or start <= end) and all(row[name] is not None for name in said["key"])
        )

    def key(row):
        return [row[name] for name in said["key"]]

    def meet(one, other):
        (start, end), (start2, end2) = period(one), period(other)
        return start == start2 or ((end2 is None or start < end2) and (end is None or start2 < end))

    there = {at: row for at, row in rows.items() if counts(row)}
    return {
        at
        for at, row in there.items()
        for before, other in there.items()
        if (period(other)[0], before) < (period(row)[0], at) and key(row) == key(other) and meet(row, other)
    }


def balance(rows, said, _around):
    groups = {}
    for at, row in rows.items():
        key = tuple(row[name] for name in said["group"])
        if None not in key:
            groups.setdefault(key, []).append((at, row))
    return {group[0][0] for group in groups.values() if not balanced([row for _, row in group], said)}


def balanced(rows, said):
    column, sides = said["sign"]["column"], said["sign"]
    signs = [1 if row[column] in sides["plus"] else -1 if row[column] in sides["minus"] else 0 for row in rows]
    amounts = [sign * (row[said["column"]] or 0) for sign, row in zip(signs, rows, strict=True)]
    return abs(math.fsum(amounts)) <= said["within"] + 1e-9 * math.fsum(map(abs, amounts))


def foreign_key(row, said, around):
    key = [row[name] for name in said["columns"]]
    if None in key:
        return False
    return not any(
        [other[name] for name in said["to"]] == key for other in around.published[said["contract"]].to_dicts()
    )


WHOLE_TABLE = {"no-overlap", "balance"}


def knowing(around, frame):
    """Surroundings in which the table itself counts as published, as it does for a key of its own contract."""
    return replace(around, published={**around.published, around.contract: frame})

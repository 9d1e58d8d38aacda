"""Made-up numbers with check digits that match, each by its number in the row."""

from collections.abc import Callable

from ckanext.smartregion.quality.examination.rules.numbers import CPV_WEIGHTS

SCATTER = 7919  # a prime, so that neighbours do not look alike


def enterprise_number(number: int) -> str:
    """Ten digits of a number that no enterprise bears: they begin with 0999."""
    eight = f"0999{number * SCATTER % 10**4:04}"
    return f"{eight}{97 - int(eight) % 97:02}"


def ean(number: int) -> str:
    """Eighteen digits, those of a Belgian meter."""
    digits = f"5414{number * SCATTER % 10**13:013}"
    weighed = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(digits))
    return f"{digits}{-weighed % 10}"


def cpv(number: int) -> str:
    """Eight digits of works, a hyphen and the check digit."""
    digits = f"45{number * SCATTER % 10**6:06}"
    return f"{digits}-{sum(int(digit) * weight for digit, weight in zip(digits, CPV_WEIGHTS, strict=True)) % 10}"


def iban(number: int) -> str:
    """A Belgian account of a bank that does not exist."""
    ten = f"999{number * SCATTER % 10**7:07}"
    account = f"{ten}{int(ten) % 97 or 97:02}"
    return f"BE{98 - int(f'{account}111400') % 97:02}{account}"


def national_number(number: int) -> str:
    """Eleven digits with a month that does not exist, so that nobody bears it."""
    nine = f"0099{number * SCATTER % 10**5:05}"
    return f"{nine}{97 - int(nine) % 97:02}"


SCHEMES: dict[str, Callable[[int], str]] = {
    "enterprise-number": enterprise_number,
    "ean": ean,
    "cpv": cpv,
    "iban": iban,
    "national-number": national_number,
}

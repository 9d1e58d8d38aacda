"""Files of a format: the examples of its contract, and the same with one thing broken."""

import datetime as dt
import io
import json
import zipfile

import pytest

from ckanext.smartregion.quality.examination.limits import Limits
from ckanext.smartregion.quality.formats.examine import examine
from ckanext.smartregion.quality.report import compose
from ckanext.smartregion.schemas import LANGUAGES
from ckanext.smartregion.schemas.format_contracts import format_contract, format_rules

TODAY = dt.date(2026, 11, 26)


def archive(files):
    """A ZIP archive of texts or bytes by name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return made.getvalue()


def example(name, which="valid"):
    """The example of a contract: its bytes, or its files by name where it is a folder."""
    contract = format_contract(name)
    path = contract.example_valid if which == "valid" else contract.example_invalid
    if path.is_dir():
        return {file.name: file.read_text(encoding="utf-8") for file in sorted(path.iterdir())}
    return path.read_text(encoding="utf-8")


def is_storable(outcome):
    """Whether JSON in PostgreSQL can hold an outcome: neither zeros nor halves of signs."""
    text = json.dumps(outcome, ensure_ascii=False)
    return "\\u0000" not in text and text.encode(errors="replace").decode() == text


@pytest.fixture
def examined(tmp_path):
    """Examine content in this process: bytes, text, or files that make an archive; gives the outcome."""

    def examined(name, content, today=TODAY, **limits):
        contract, path = format_contract(name), tmp_path / "file"
        raw = archive(content) if isinstance(content, dict) else content
        path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
        bounds = Limits(**{**contract.limits, **limits})
        outcome = examine(path, name, contract.policy, contract.settings, bounds, today)
        assert is_storable(outcome), "no database holds it"
        ours = format_rules()
        for finding in compose(outcome, contract, "engine", "", len(raw)).findings:
            for texts in (
                finding.label,
                finding.message,
                finding.fix,
                *([finding.expected] if finding.rule in ours else []),
            ):
                assert all(texts[code] for code in LANGUAGES), finding.rule
        return outcome

    return examined


@pytest.fixture
def found(examined):
    """What is found in content: (rule, where) of every finding."""

    def found(name, content, **more):
        return [(one["rule"], one["column"]) for one in examined(name, content, **more)["findings"]]

    return found

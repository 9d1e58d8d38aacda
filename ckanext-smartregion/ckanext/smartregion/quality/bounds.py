"""The limits of a check as this installation sets them, the same at every door."""

from __future__ import annotations

from ckanext.smartregion import config
from ckanext.smartregion.quality.examination.limits import Limits


def limits() -> Limits:
    """What one check may use at most."""
    return Limits(
        file_mb=config.quality_file_mb(),
        unpacked_mb=config.quality_unpacked_mb(),
        rows=config.quality_rows(),
        columns=config.quality_columns(),
        cells=config.quality_cells(),
        cell_chars=config.quality_cell_chars(),
        samples=config.quality_samples(),
        findings=config.quality_findings(),
        report_kb=config.quality_report_kb(),
        seconds=config.quality_seconds(),
        memory_mb=config.quality_memory_mb(),
    )

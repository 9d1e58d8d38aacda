"""The outlines from which the server draws the map of Wallonia."""

import xml.etree.ElementTree as ElementTree

import pytest

from ckanext.smartregion import territory


def test_the_map_draws_every_municipality_inside_its_view_box():
    outlines = territory.svg_paths()
    _, _, width, height = map(int, outlines.view_box.split())

    assert set(outlines.paths) == set(territory.boundaries())
    for path in outlines.paths.values():
        for ring in _corners(path):
            assert all(0 <= x <= width and 0 <= y <= height for x, y in ring)


def test_the_map_keeps_proportions_and_stays_small():
    outlines = territory.svg_paths()
    _, _, width, height = map(int, outlines.view_box.split())

    # From 2.84 to 6.41 degrees east and 49.49 to 50.81 north: about 254 by 147 kilometres.
    assert width / height == pytest.approx(254 / 147, rel=0.03)
    assert sum(map(len, outlines.paths.values())) < 40_000


def test_the_map_draws_both_pieces_of_raeren():
    assert territory.svg_paths().paths["63061"].count("M") == 2


def test_the_map_is_well_formed_svg():
    outlines = territory.svg_paths()
    paths = "".join(f'<path id="m{nis}" d="{path}"/>' for nis, path in outlines.paths.items())

    drawing = ElementTree.fromstring(f'<svg viewBox="{outlines.view_box}">{paths}</svg>')
    assert len(drawing) == 261


def test_the_map_puts_the_north_on_top_and_the_east_on_the_right():
    first = {nis: next(_corners(path))[0] for nis, path in territory.svg_paths().paths.items()}
    mouscron, eupen, arlon = first["57096"], first["63023"], first["81001"]

    assert mouscron[0] < arlon[0] < eupen[0]
    assert eupen[1] < arlon[1]


def _corners(path):
    for ring in path.strip("z").split("z"):
        start, *steps = ring.removeprefix("M").split("l")
        x, y = map(int, start.split())
        corners = [(x, y)]
        for step in steps:
            dx, dy = map(int, step.split())
            x, y = x + dx, y + dy
            corners.append((x, y))
        yield corners

"""The page of a public dataset holds it in schema.org and Croissant; search engines find the page by the sitemap."""

from __future__ import annotations

import json
import re

import pytest

from ckan.tests import factories

from ckanext.smartregion.feeds.logic import publishing

from tests.feeds.examples import BASE

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion smartregion_feeds dcat"),
    pytest.mark.usefixtures("clean_db", "clean_index"),
]
SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def test_public_dataset_is_in_its_page_at_its_addresses_and_in_the_sitemap(app) -> None:
    owner = factories.Organization()["id"]
    public = factories.Dataset(owner_org=owner, title="</script>Vélos & abris", resources=[{"url": f"{BASE}/a.csv"}])
    private = factories.Dataset(owner_org=owner, private=True)
    publishing.publish()

    scripts = [json.loads(text) for text in SCRIPT.findall(app.get(f"/dataset/{public['name']}").text)]
    assert [each["@type"] for each in scripts] == ["Dataset", "sc:Dataset"]
    assert scripts[0]["name"] == "Vélos & abris"
    for at in (".croissant.jsonld", "/croissant.jsonld", ".schemaorg.jsonld"):
        answer = app.get(f"/dataset/{public['name']}{at}")
        assert json.loads(answer.get_data()) == scripts["croissant" in at]
        assert answer.headers["ETag"]
    croissant = app.get(f"/dataset/{public['name']}.croissant.jsonld").headers["Content-Type"]
    assert croissant == 'application/ld+json; profile="http://mlcommons.org/croissant/1.1"'
    app.get(f"/dataset/{private['name']}.croissant.jsonld", status=404)

    listed = app.get("/sitemap.xml").get_data(as_text=True)
    assert re.findall("<loc>(.*?)</loc><lastmod>20", listed) == [f"{BASE}/sitemap-1.xml"]
    pages = app.get("/sitemap-1.xml").get_data(as_text=True)
    assert re.findall("<loc>(.*?)</loc><lastmod>20", pages) == [f"{BASE}/dataset/{public['name']}"]
    app.get("/sitemap-2.xml", status=404)
    assert f"Sitemap: {BASE}/sitemap.xml" in app.get("/robots.txt").get_data(as_text=True)

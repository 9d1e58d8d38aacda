"""One source travels the whole way on the running stack: schedule, harvest, gate, page, feed, datastore."""

import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
import rdflib
from live import Portal, wait_for

from ckanext.smartregion.schemas import table_contract

from stack import postgres, settings

pytestmark = pytest.mark.live

DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")


@pytest.fixture
def portal(run_dir):
    return Portal(run_dir)


@pytest.fixture
def far_end():
    """An Opendatasoft portal with one dataset whose table follows its contract."""
    remote_id = f"velos-{secrets.token_hex(4)}"
    catalogue = {
        "total_count": 1,
        "results": [
            {
                "dataset_id": remote_id,
                "dataset_uid": f"da_{remote_id}",
                "has_records": True,
                "metas": {
                    "default": {
                        "title": f"Stationnements vélos {remote_id}",
                        "description": "<p>Tous les arceaux, relevés sur place.</p>",
                        "theme": ["Transports, Déplacements"],
                        "keyword": ["vélo"],
                        "license": "CC BY 4.0",
                        "language": "fr",
                        "publisher": "Ville de Namur",
                        "modified": "2026-10-01T08:00:00+00:00",
                    }
                },
            }
        ],
    }
    table = table_contract("bicycle-parking").example_valid.read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path = urlsplit(self.path).path
            is_catalogue = path.endswith("/catalog/datasets")
            body = json.dumps(catalogue).encode() if is_catalogue else table
            self.send_response(200)
            self.send_header("Content-Type", "application/json" if is_catalogue else "text/csv; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield remote_id, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def source(portal, far_end):
    """The source as a person adds it, due every minute; the minute is over, and nobody runs it by hand."""
    remote_id, url = far_end
    arguments = ["--kind", "opendatasoft", "--url", url, "--organization", "namur", "--schedule", "* * * * *"]
    portal.command("source", "add", remote_id, *arguments, "--option", f"contract.{remote_id}=bicycle-parking")
    with postgres.connect(settings.made(portal.run_dir), "ckan").cursor() as cursor:
        earlier = "UPDATE smartregion_source SET next_run = next_run - interval '1 minute' WHERE name = %s"
        cursor.execute(earlier, [remote_id])
    yield remote_id
    portal.command("source", "remove", remote_id)
    token = portal.token("sysadmin")
    for left in portal.action("package_search", token, q=f'title:"{remote_id}"', include_drafts=True)["results"]:
        portal.action("dataset_purge", token, id=left["id"])


def test_a_source_reaches_page_feed_and_datastore_without_anybodys_hand(portal, source):
    def published():
        found = portal.action("package_search", q=f'title:"{source}"')["results"]
        return found and found[0]

    dataset = wait_for(published, seconds=150, what="the due source was pulled and its dataset published")
    assert dataset["organization"]["name"] == "namur"
    assert dataset["license_id"].endswith("/licence/CC_BY_4_0")
    assert portal.get(f"/dataset/{dataset['name']}").status_code == 200
    assert portal.get(f"/dataset/{dataset['name']}/quality").status_code == 200

    def told():
        graph = rdflib.Graph().parse(data=portal.get(f"/dataset/{dataset['name']}.ttl").text, format="turtle")
        return list(graph.subjects(rdflib.RDF.type, DCAT.Dataset)) and graph

    graph = wait_for(told, seconds=10, what="the feed told the dataset, which it does within two seconds")
    (subject,) = graph.subjects(rdflib.RDF.type, DCAT.Dataset)
    assert any(source in str(title) for title in graph.objects(subject, rdflib.DCTERMS.title))

    table = next(one for one in dataset["resources"] if one.get("schema"))
    rows = wait_for(
        lambda: portal.action("datastore_search", resource_id=table["id"])["records"],
        seconds=90,
        what="the table was loaded into the datastore",
    )
    assert isinstance(rows[0]["available_places"], int | float)

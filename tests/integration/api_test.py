#!/usr/bin/env python3
"""Checks a running `medley serve` against api/openapi.yaml, both ways: api_test.py MEDLEY_BINARY

Every operation of the document is called with good and with bad input, and every answer must have a status the document
lists and a body its schema describes. Every route the server lists must be in the document.
"""
import http.client
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import wave
import zlib
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "api"))
import json_schema  # noqa: E402
import openapi_json  # noqa: E402

ROOT = Path(__file__).parents[2]
BINARY = ""


def png(side=32):
    """A red square."""
    rows = b"".join(b"\0" + b"\xff\0\0" * side for _ in range(side))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.bytes = response.read()
        self.json = json.loads(self.bytes) if self.headers.get("content-type") == "application/json" and self.bytes else None


class ApiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="medley_api_")
        cls.workspace = os.path.join(cls.folder, "shop")
        subprocess.run([BINARY, "init", cls.workspace], check=True, stdout=subprocess.DEVNULL)
        cls.hash = cls.import_picture()
        cls.server = subprocess.Popen([BINARY, "-C", cls.workspace, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True)
        line = cls.server.stdout.readline()
        cls.port = int(re.fullmatch(r"Medley listens on http://127\.0\.0\.1:(\d+)\n", line).group(1))
        cls.document = openapi_json.parse((ROOT / "api" / "openapi.yaml").read_text(encoding="utf-8"))
        cls.validator = json_schema.Validator(cls.document)
        cls.called = set()

    @classmethod
    def tearDownClass(cls):
        cls.server.send_signal(signal.SIGTERM)
        status = cls.server.wait(timeout=60)
        cls.server.stdout.close()
        shutil.rmtree(cls.folder)
        if status != 0:
            raise AssertionError(f"the server ended with status {status}")

    @classmethod
    def import_picture(cls):
        """An item with a picture comes in the way an operator brings it."""
        pictures = Path(cls.folder) / "pictures"
        pictures.mkdir()
        (pictures / "red.png").write_bytes(png())
        table = Path(cls.folder) / "items.csv"
        table.write_text("id,kind,title,image\nred,goods,A red square,red.png\n", encoding="utf-8")
        subprocess.run([BINARY, "-C", cls.workspace, "import", "csv", str(table), "--media", str(pictures)],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stored = [path for path in (Path(cls.workspace) / "media").rglob("*") if path.is_file()]
        return (stored[0].parent.name + stored[0].name) if stored else None

    def call(self, method, path, body=None, headers=None, parameters=""):
        """Sends a request of the path as the document writes it, {names} filled in by `path`'s tuple, and checks the answer."""
        pattern, values = path if isinstance(path, tuple) else (path, [])
        target = pattern
        for value in values:
            target = re.sub(r"\{\w+\}", lambda _: quote(value, safe=""), target, count=1)
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, target + parameters, body=body, headers=headers)
        answer = Answer(connection.getresponse())
        connection.close()
        self.check(method, pattern, answer)
        return answer

    def check(self, method, pattern, answer):
        operation = self.document["paths"][pattern]["get" if method == "HEAD" else method.lower()]
        self.called.add((method.lower(), pattern))
        where = f"{method} {pattern} -> {answer.status}"
        responses = operation["responses"]
        described = responses.get(str(answer.status))
        if described is None:
            self.assertGreaterEqual(answer.status, 400, f"{where} is not in the document")
            described = responses["default"]
        content = self.validator.resolve(described).get("content", {})
        self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
        if not content:
            self.assertEqual(answer.bytes, b"", where)
        elif "application/json" in content and method != "HEAD":
            self.assertEqual(answer.headers["content-type"], "application/json", where)
            faults = self.validator.faults(answer.json, content["application/json"]["schema"])
            self.assertEqual(faults, [], f"{where}: {answer.bytes[:400]}")

    def wait_until(self, done):
        for _ in range(600):
            if done():
                return
            time.sleep(0.1)
        self.fail("waited for a minute in vain")

    def test_1_system(self):
        self.assertEqual(self.call("GET", "/api/v1/health/live").status, 200)
        self.wait_until(lambda: self.call("GET", "/api/v1/health/ready").status == 200)
        self.assertIn("items", self.call("GET", "/api/v1/state").json)
        self.assertEqual(self.call("GET", "/api/v1/openapi.json").json, self.document)
        metrics = self.call("GET", "/metrics")
        self.assertIn(b"medley_http_requests_total", metrics.bytes)
        self.assertTrue(metrics.headers["content-type"].startswith("text/plain"))

    def test_2_items(self):
        items = [
            {"id": "a/b", "kind": "film", "title": "Alien", "categories": ["Horror"], "attributes": {"price": 9.5, "year": 1979}},
            {"id": "红", "kind": "film", "title": "红楼梦", "language": "zh", "texts": {"title:en": "Red Chamber"}},
            {"id": "c d", "kind": "song", "title": "Blue in Green", "created": "2020-01-01T00:00:00Z", "tags": ["jazz"]},
        ]
        report = self.call("POST", "/api/v1/items", {"items": items + [{"title": "no id"}]})
        self.assertEqual((report.status, report.json["added"]), (200, 3))
        self.assertEqual(report.json["rejected"][0]["field"], "id")
        self.assertEqual(self.call("POST", "/api/v1/items", items).json["unchanged"], 3)
        self.assertEqual(self.call("POST", "/api/v1/items", [{"nonsense": 1}]).status, 400)
        self.assertEqual(self.call("POST", "/api/v1/items", b"{", {"Content-Type": "application/json"}).status, 400)
        self.assertEqual(self.call("POST", "/api/v1/items", b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}).status, 415)
        for item in items:
            answer = self.call("GET", ("/api/v1/items/{id}", [item["id"]]))
            self.assertEqual(answer.json["title"], item["title"])
        self.assertEqual(self.call("GET", ("/api/v1/items/{id}", ["none"])).status, 404)
        self.wait_until(lambda: self.call("GET", "/api/v1/items", parameters="?kind=film").json["total"] == 2)
        page = self.call("GET", "/api/v1/items", parameters="?offset=1&limit=1&kind=film")
        self.assertEqual([item["id"] for item in page.json["items"]], ["红"])
        self.assertEqual(self.call("GET", "/api/v1/items", parameters="?limit=0").status, 400)
        self.assertIn("'limt'", self.call("GET", "/api/v1/items", parameters="?limt=1").json["error"]["message"])
        self.assertEqual(self.call("GET", ("/api/v1/items/{id}/digest", ["a/b"])).json["tags"], [])
        self.assertEqual(self.call("GET", ("/api/v1/items/{id}/digest", ["none"])).status, 404)
        one = ("/api/v1/items/{id}", ["new"])
        self.assertEqual(self.call("PUT", one, {"title": "New"}).status, 201)
        self.assertEqual(self.call("PUT", one, {"title": "Newer"}).status, 200)
        self.assertEqual(self.call("PUT", one, {"id": "other"}).status, 400)
        self.assertTrue(self.call("PATCH", one, {"hidden": True}).json["hidden"])
        self.assertEqual(self.call("PATCH", one, {"hidden": 1}).status, 400)
        self.assertEqual(self.call("DELETE", one).status, 204)
        self.assertEqual(self.call("DELETE", one).status, 404)

    def test_3_users_and_events(self):
        report = self.call("POST", "/api/v1/users", {"users": [{"id": "ann", "labels": {"age": 30}}, {"id": "bob"}, {}]})
        self.assertEqual((report.status, report.json["added"], len(report.json["rejected"])), (200, 2, 1))
        self.assertEqual(self.call("POST", "/api/v1/users", [{}]).status, 400)
        self.assertGreaterEqual(self.call("GET", "/api/v1/users", parameters="?limit=1").json["total"], 2)
        one = ("/api/v1/users/{id}", ["eve"])
        self.assertEqual(self.call("PUT", one, {"locale": "zh", "consent": False}).status, 201)
        self.assertEqual(self.call("GET", one).json, {"id": "eve", "locale": "zh", "consent": False})
        self.assertEqual(self.call("DELETE", one).status, 204)
        self.assertEqual(self.call("GET", one).status, 404)
        events = [
            {"id": "e1", "user": "ann", "item": "a/b", "type": "like", "time": 1700000000},
            {"user": "ann", "item": "c d", "type": "listen", "value": 12.5, "modality": "audio", "context": {"page": "feed"}},
            {"user": "ann", "type": "search", "text": "jazz"},
            {"user": "ann", "item": "a/b", "type": "dance"},
        ]
        report = self.call("POST", "/api/v1/events", {"events": events})
        self.assertEqual((report.status, report.json["added"]), (200, 3))
        self.assertEqual((report.json["rejected"][0]["index"], report.json["rejected"][0]["field"]), (3, "type"))
        self.assertEqual(self.call("POST", "/api/v1/events", events[:1]).json["unchanged"], 1)
        self.assertEqual(self.call("POST", "/api/v1/events", events[3:]).status, 400)
        self.assertEqual(self.call("POST", "/api/v1/events", [{"user": "x", "item": "y", "type": "like"}] * 10001).status, 413)
        listed = self.call("GET", ("/api/v1/users/{id}/events", ["ann"]), parameters="?limit=2").json["events"]
        self.assertEqual(len(listed), 2)
        self.assertEqual(self.call("GET", ("/api/v1/users/{id}/events", ["nobody"])).status, 404)

    def test_4_recommendations(self):
        one = ("/api/v1/users/{id}/recommendations", ["bob"])
        answer = self.call("GET", one, parameters="?n=2&locale=zh")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.json["items"][0]["explanation"]["locale"], "zh")
        self.assertNotIn("explanation", self.call("GET", one, parameters="?explain=false").json["items"][0])
        left = self.call("GET", one, parameters="?exclude=" + quote("a/b,红", safe="")).json["items"]
        self.assertFalse({"a/b", "红"} & {row["item"]["id"] for row in left})
        kinds = self.call("GET", one, parameters="?kind=film").json["items"]
        self.assertEqual({row["item"]["kind"] for row in kinds} - {"film"}, set())
        for bad in ("?n=0", "?n=1001", "?locale=fr", "?recommender=magic", "?explain=maybe", "?user=1"):
            self.assertEqual(self.call("GET", one, parameters=bad).status, 400, bad)
        self.assertEqual(self.call("GET", ("/api/v1/users/{id}/recommendations", ["nobody"])).status, 404)
        similar = ("/api/v1/items/{id}/similar", ["a/b"])
        self.assertEqual(self.call("GET", similar, parameters="?n=1").status, 200)
        self.assertEqual(self.call("GET", ("/api/v1/items/{id}/similar", ["none"])).status, 404)

    def test_5_search(self):
        self.wait_until(lambda: len(self.call("GET", "/api/v1/search", parameters="?q=alien").json["hits"]) > 0)
        best = self.call("GET", "/api/v1/search", parameters="?q=alien").json["hits"][0]
        self.assertEqual(best["item"]["id"], "a/b")
        self.assertIn("title", best["matched_by"])
        found = self.call("GET", "/api/v1/search", parameters="?q=" + quote("红楼梦")).json["hits"]
        self.assertEqual(found[0]["item"]["id"], "红")
        self.assertEqual(self.call("GET", "/api/v1/search", parameters="?q=alien&max_price=1").json["hits"], [])
        self.assertEqual(self.call("GET", "/api/v1/search").status, 400)
        self.assertEqual(self.call("GET", "/api/v1/search", parameters="?q=a&min_price=x").status, 400)
        picture = self.call("POST", "/api/v1/search", png(), {"Content-Type": "image/png"})
        self.assertIn(picture.status, (200, 422))  # 422: the model pack is not installed
        sound = os.path.join(self.folder, "a.wav")
        with wave.open(sound, "wb") as file:
            file.setparams((1, 2, 16000, 0, "NONE", ""))
            file.writeframes(b"\0\1" * 48000)
        self.assertIn(self.call("POST", "/api/v1/search", Path(sound).read_bytes(), {"Content-Type": "audio/wav"}).status, (200, 422))
        self.assertIn(self.call("POST", "/api/v1/search", b"no picture", {"Content-Type": "image/png"}).status, (400, 422))
        self.assertEqual(self.call("POST", "/api/v1/search", b"x", {"Content-Type": "text/plain"}).status, 415)
        self.assertEqual(self.call("POST", "/api/v1/search", b"", {"Content-Type": "image/png"}).status, 400)

    def test_5_answers(self):
        film = {"id": "heat", "kind": "film", "title": "Heat", "attributes": {"director": "Michael Mann", "actors": ["Al Pacino"], "year": 1995}}
        self.call("POST", "/api/v1/items", [film])

        def ask(question, **more):
            return self.call("POST", "/api/v1/ask", {"question": question, **more}).json

        self.wait_until(lambda: ask("who directed Heat?")["status"] == "answered")
        answer = ask("who directed Heat?", session="s", user="ann")
        self.assertEqual([value["name"] for value in answer["results"][0]["values"]], ["Michael Mann"])
        self.assertEqual(answer["triples"][0]["sources"], [{"source": "catalogue"}])
        self.assertIn("Al Pacino", ask("and who acted in it?", session="s")["text"])
        self.assertEqual(ask("and who acted in it?", session="another")["status"], "unknown")
        self.assertEqual(ask("Heat是谁导演的？")["locale"], "zh")
        self.assertEqual(ask("who directed Zardoz?")["reason"], "no_subject")
        self.assertEqual(self.call("POST", "/api/v1/ask", {"question": " "}).status, 400)
        self.assertEqual(self.call("POST", "/api/v1/ask", {"question": "who?", "user": "nobody at all"}).status, 404)
        self.assertEqual(self.call("POST", "/api/v1/ask", {"asks": "who?"}).status, 400)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", "/api/v1/ask", json.dumps({"question": "who directed Heat?"}),
                           {"Content-Type": "application/json", "Accept": "text/event-stream"})
        stream = connection.getresponse()
        self.assertEqual(stream.getheader("Content-Type"), "text/event-stream")
        self.assertTrue(stream.read().startswith(b"event: text\ndata: {"))
        connection.close()

    def test_5_documents(self):
        policies = Path(self.folder) / "rules.md"
        policies.write_text("# Rules\n\n## Returns\n\nYou can send anything back within 30 days.\n", encoding="utf-8")
        orders = Path(self.folder) / "orders.csv"
        orders.write_text("order_id,user,status\n1042,ann,on its way\n1043,dora,a secret\n", encoding="utf-8")

        def medley(*words):
            subprocess.run([BINARY, "-C", self.workspace, *map(str, words)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        medley("import", "documents", policies, orders)

        def ask(question, **more):
            return self.call("POST", "/api/v1/ask", {"question": question, **more}).json

        answer = ask("How long do I have to return something?")
        self.assertEqual((answer["status"], answer["author"], answer["intent"]), ("answered", "document", "document"))
        self.assertIn("within 30 days", answer["text"])
        self.assertEqual({key: answer["documents"][0][key] for key in ("title", "heading", "source")},
                         {"title": "Rules", "heading": "Returns", "source": "rules.md"})
        self.assertIn("on its way", ask("where is my order 1042?", user="ann")["text"])
        self.assertEqual(ask("where is my order 1042?")["reason"], "sign_in")
        self.assertEqual(ask("where is my order 1043?", user="ann")["reason"], "no_answer")
        self.assertIn("a secret", ask("where is my order 1043?", user="dora")["text"])
        self.assertEqual(self.call("DELETE", ("/api/v1/users/{id}", ["dora"])).status, 204)
        self.assertEqual(self.call("POST", "/api/v1/ask", {"question": "where is my order 1043?", "user": "dora"}).status, 404)
        medley("documents", "remove", "orders.csv")
        self.assertEqual(ask("where is my order 1042?", user="ann")["reason"], "no_answer")

    def test_6_rules(self):
        """What a rule forbids is offered to nobody it is for, by the API or the program; facts stay facts."""
        self.call("PUT", ("/api/v1/users/{id}", ["kid"]), {"labels": {"age": 9}})
        self.call("POST", "/api/v1/items", [{"id": "fright", "kind": "film", "title": "Fright", "categories": ["Comedy"], "attributes": {"director": "Al Roe"}}])
        settings = Path(self.workspace) / "medley.toml"
        before = settings.read_text(encoding="utf-8")

        def medley(*words):
            done = subprocess.run([BINARY, "-C", self.workspace, *words, "--json"], check=True, capture_output=True, text=True)
            return json.loads(done.stdout)

        def asked(face, question, **user):
            if face == "api":
                answer = self.call("POST", "/api/v1/ask", {"question": question, **user}).json
            else:
                answer = medley("ask", question, *(["--user", user["user"]] if user else []))
            return [item["name"] for item in answer["items"]]

        def found(face, **user):
            if face == "api":
                hits = self.call("GET", "/api/v1/search", parameters="?q=fright" + "".join(f"&user={name}" for name in user.values())).json["hits"]
            else:
                hits = medley("search", "--text", "fright", "--words-only", *(["--user", user["user"]] if user else []))["hits"]
            return [hit["item"]["id"] for hit in hits]

        self.wait_until(lambda: "fright" in found("api", user="kid") and asked("api", "recommend a comedy", user="kid") == ["Fright"])
        try:
            settings.write_text(before + '\n[[rules]]\nnever = "kind = film"\nfor = "user.age < 16"\n', encoding="utf-8")
            self.wait_until(lambda: "fright" not in found("api", user="kid"))
            for face in ("api", "program"):
                self.assertNotIn("fright", found(face, user="kid"), face)
                self.assertIn("fright", found(face, user="ann"), face)
                self.assertIn("fright", found(face), face)
                self.assertEqual(asked(face, "recommend a comedy", user="kid"), [], face)
                self.assertEqual(asked(face, "recommend a comedy", user="ann"), ["Fright"], face)
                self.assertEqual(asked(face, "who directed Fright?", user="kid"), ["Fright"], face)
        finally:
            settings.write_text(before, encoding="utf-8")

    def test_6_media(self):
        if self.hash is None:
            self.skipTest("the import brought no picture in")
        one = ("/api/v1/media/{hash}", [self.hash])
        whole = self.call("GET", one)
        self.assertEqual((whole.status, whole.headers["content-type"], whole.bytes), (200, "image/png", png()))
        self.assertIn("sandbox", whole.headers["content-security-policy"])
        part = self.call("GET", one, headers={"Range": "bytes=1-3"})
        self.assertEqual((part.status, part.bytes), (206, b"PNG"))
        self.assertEqual(self.call("GET", one, headers={"Range": "bytes=999999-"}).status, 416)
        self.assertEqual(self.call("GET", one, headers={"If-None-Match": whole.headers["etag"]}).status, 304)
        self.assertEqual(self.call("HEAD", one).bytes, b"")
        kept = self.call("POST", "/api/v1/media", png(8), {"Content-Type": "image/png"})
        self.assertEqual(kept.status, 201)
        self.assertEqual(self.call("GET", ("/api/v1/media/{hash}", [kept.json["hash"]])).bytes, png(8))
        self.assertEqual(self.call("POST", "/api/v1/media", b"no picture", {"Content-Type": "image/png"}).status, 400)
        self.assertEqual(self.call("GET", ("/api/v1/media/{hash}", ["0" * 64])).status, 404)
        self.assertIn(self.call("GET", ("/api/v1/media/{hash}", ["../../medley.toml"])).status, (400, 404))

    def test_7_refusals(self):
        self.assertEqual(self.call("GET", "/api/v1/items", headers={"Host": "evil.example"}).status, 421)
        self.assertEqual(self.call("POST", "/api/v1/users", [{"id": "x"}], {"Origin": "http://evil.example"}).status, 403)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for method, path, status in (("DELETE", "/api/v1/items", 405), ("OPTIONS", "/api/v1/items", 204), ("GET", "/api/v1/none", 404), ("BREW", "/", 405)):
            connection.request(method, path)
            response = connection.getresponse()
            response.read()
            self.assertEqual(response.status, status, path)
        connection.close()

    def test_8_page(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", "/")
        page = connection.getresponse()
        text = page.read().decode()
        self.assertEqual((page.status, page.getheader("Content-Type")), (200, "text/html; charset=utf-8"))
        self.assertIn("default-src 'self'", page.getheader("Content-Security-Policy"))
        for asset in re.findall(r'(?:src|href)="(/assets/[^"]+)"', text):
            connection.request("GET", asset)
            response = connection.getresponse()
            self.assertGreater(len(response.read()), 0)
            self.assertEqual(response.status, 200, asset)
            self.assertIn("immutable", response.getheader("Cache-Control"))
        connection.close()

    def test_9_the_document_is_whole(self):
        described = {(method, pattern) for pattern, path in self.document["paths"].items() for method in path if method != "parameters"}
        listed = subprocess.run([BINARY, "serve", "--routes"], check=True, capture_output=True, text=True).stdout
        served = {(row.split()[0].lower(), row.split()[1]) for row in listed.splitlines()}
        self.assertEqual(served, described)
        if self.hash is not None:
            self.assertEqual(described - self.called, set(), "operations that no test called")


if __name__ == "__main__":
    BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()

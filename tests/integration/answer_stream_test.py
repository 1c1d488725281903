#!/usr/bin/env python3
"""Answers come sentence by sentence, and nothing that the documents don't say is ever sent: answer_stream_test.py MEDLEY_BINARY

The language model is an endpoint that says what each test has it say, and waits where the test wants to see what came before."""
import http.client
import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

BINARY = ""
GOOD = "You can send anything back within 30 days."
QUESTION = "How long do I have to return something?"
POLICY = f"# Rules\n\n## Returns\n\n{GOOD} The refund comes within a week.\n"


class Model(http.server.BaseHTTPRequestHandler):
    """Streams the script: texts, sent five letters at a time, and events to wait for."""
    protocol_version = "HTTP/1.1"
    script = []

    def log_message(self, *_):
        pass

    def do_GET(self):
        body = json.dumps({"data": [{"id": "m"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        chat = "chat" in self.path
        try:
            for part in Model.script:
                if isinstance(part, threading.Event):
                    part.wait(30)
                    continue
                for at in range(0, len(part), 5):
                    self.piece(part[at:at + 5], chat)
            self.piece("", chat, "stop")
            self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            pass

    def piece(self, text, chat, end=None):
        part = {"delta": {"content": text}} if chat else {"text": text}
        self.wfile.write(("data: " + json.dumps({"choices": [{**part, "finish_reason": end}]}) + "\n\n").encode())
        self.wfile.flush()


class AnswerStreamTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
        cls.model.daemon_threads = True
        threading.Thread(target=cls.model.serve_forever, daemon=True).start()
        cls.folder = tempfile.mkdtemp(prefix="medley_answers_")
        shop = os.path.join(cls.folder, "shop")
        rules = Path(cls.folder) / "rules.md"
        rules.write_text(POLICY, encoding="utf-8")
        subprocess.run([BINARY, "init", shop], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([BINARY, "-C", shop, "import", "documents", str(rules)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        url = f"http://127.0.0.1:{cls.model.server_address[1]}/v1"
        (Path(shop) / "medley.toml").write_text(f'[llm]\nbackend = "endpoint"\nurl = "{url}"\nretries = 0\n[answers]\nfirst_words_ms = 5000\n[explain]\nrewrite = false\n', encoding="utf-8")
        cls.server = subprocess.Popen([BINARY, "-C", shop, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True)
        cls.port = int(re.search(r":(\d+)\n", cls.server.stdout.readline()).group(1))

    @classmethod
    def tearDownClass(cls):
        cls.server.send_signal(signal.SIGTERM)
        status = cls.server.wait(timeout=60)
        cls.server.stdout.close()
        cls.model.shutdown()
        cls.model.server_close()
        shutil.rmtree(cls.folder)
        if status != 0:
            raise AssertionError(f"the server ended with status {status}")

    def events(self, script):
        """The events of an answer, each as soon as it is there."""
        Model.script = script
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.addCleanup(connection.close)
        connection.request("POST", "/api/v1/ask", json.dumps({"question": QUESTION}),
                           {"Content-Type": "application/json", "Accept": "text/event-stream"})
        stream = connection.getresponse()
        self.assertEqual(stream.status, 200)
        name = ""
        for line in stream:
            if line.startswith(b"event: "):
                name = line[7:].decode().strip()
            elif line.startswith(b"data: "):
                yield name, json.loads(line[6:])

    def whole(self, script):
        events = list(self.events(script))
        self.assertEqual([name for name, _ in events], ["text"] * (len(events) - 1) + ["answer"])
        texts = [data["text"] for _, data in events[:-1]]
        self.assertEqual("".join(texts), events[-1][1]["text"])
        return texts, events[-1][1]

    def test_the_first_sentence_comes_before_the_model_has_ended(self):
        go_on = threading.Event()
        stream = self.events([" You have 30 days to send it back. The", go_on, " refund comes within a week."])
        self.assertEqual(next(stream), ("text", {"text": "You have 30 days to send it back."}))
        go_on.set()
        rest = list(stream)
        self.assertEqual(rest[0], ("text", {"text": " The refund comes within a week."}))
        self.assertEqual((rest[-1][0], rest[-1][1]["author"], "quoted_because" in rest[-1][1]), ("answer", "model", False))

    def test_nothing_unchecked_is_sent(self):
        for wrong in ("It is free for kings.", "You have 60 days.", "The refund does not come.", "As the “great law” says, you have 30 days."):
            texts, answer = self.whole([f" You have 30 days to send it back. {wrong} And so on."])
            self.assertEqual((answer["author"], answer.get("quoted_because")), ("mixed", "rejected"), wrong)
            self.assertEqual(texts[0], "You have 30 days to send it back.")
            self.assertNotIn(wrong, answer["text"])
            # What the model had not said is said by the document.
            self.assertTrue(answer["text"].endswith("The refund comes within a week."), answer["text"])

    def test_the_quotation_stands_where_the_model_begins_wrong(self):
        endless = threading.Event()
        texts, answer = self.whole([" As our friendly king says, ", endless, "you have 30 days."])
        endless.set()
        self.assertEqual((answer["author"], answer["quoted_because"]), ("document", "rejected"))
        self.assertEqual(texts[0], GOOD)

    def test_time_runs_out_in_the_middle(self):
        endless = threading.Event()
        texts, answer = self.whole([" You have 30 days to send it back. The", endless])
        endless.set()
        self.assertEqual((answer["author"], answer["quoted_because"]), ("mixed", "late"))
        self.assertEqual(texts[0], "You have 30 days to send it back.")

    def test_a_reader_who_goes_away_costs_nothing(self):
        for _ in range(4):
            endless = threading.Event()
            stream = self.events([" You have 30 days to send it back. The", endless, " refund comes within a week."])
            next(stream)
            self.doCleanups()
            endless.set()
        # One answer is worded at a time: until the model is free again, the document answers.
        for _ in range(100):
            texts, answer = self.whole([" You have 30 days to send it back."])
            self.assertGreater(len(texts), 0)
            if answer["author"] == "model":
                return
            self.assertEqual((answer["author"], answer["quoted_because"]), ("document", "busy"))
            time.sleep(0.1)
        self.fail("the model was never free again")


if __name__ == "__main__":
    BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main()

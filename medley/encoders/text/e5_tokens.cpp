#include "medley/encoders/text/e5_tokens.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/inference/llama.h"
#include "medley/inference/model_pack.h"
#include "medley/inference/network.h"

namespace medley::encoders {
namespace {

constexpr std::int32_t kPadToken = 1;
/// No token of this vocabulary is longer, so that no more of a text than this many bytes a token
/// can matter.
constexpr std::size_t kMaxTokenBytes = 64;
/// Texts that share a pass are padded to the longest; so many keep both cores busy and the padding
/// small.
constexpr std::size_t kTextsAPass = 16;
/// Padded lengths are multiples of this: the runtime prepares itself anew for every shape that it
/// meets.
constexpr std::size_t kLengthStep = 8;

using RowTaker = std::function<void(std::size_t, std::span<const float>)>;

Status RunPass(std::span<const E5Tokens::Tokens> texts,
               std::span<const std::size_t> rows,
               inference::Network& network,
               const RowTaker& take) {
  const std::size_t longest = texts[rows.back()].size();
  const std::size_t length = (longest + kLengthStep - 1) / kLengthStep * kLengthStep;
  std::vector<std::int32_t> ids(rows.size() * length, kPadToken);
  std::vector<std::int32_t> mask(rows.size() * length, 0);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto& tokens = texts[rows[row]];
    std::ranges::copy(tokens, ids.begin() + static_cast<std::ptrdiff_t>(row * length));
    std::fill_n(mask.begin() + static_cast<std::ptrdiff_t>(row * length), tokens.size(), 1);
  }
  const std::vector<inference::InputTensor> feed = {{.name = "input_ids",
                                                     .type = inference::ElementType::kInt32,
                                                     .shape = {rows.size(), length},
                                                     .data = ids.data()},
                                                    {.name = "attention_mask",
                                                     .type = inference::ElementType::kInt32,
                                                     .shape = {rows.size(), length},
                                                     .data = mask.data()}};
  MEDLEY_ASSIGN_OR_RETURN(const auto outputs, network.Run(feed));
  const std::span<const float> values(outputs[0].values);
  const std::size_t each = values.size() / rows.size();
  for (std::size_t row = 0; row < rows.size(); ++row)
    take(rows[row], values.subspan(row * each, each));
  return {};
}

}  // namespace

Result<inference::PackModel> FindE5() {
  MEDLEY_ASSIGN_OR_RETURN(const inference::ModelPack pack, inference::ModelPack::Open());
  return pack.Find("multilingual-e5-small");
}

Result<E5Tokens> E5Tokens::Open(const inference::PackModel& model, std::size_t max_tokens) {
  MEDLEY_ASSIGN_OR_RETURN(const auto file, model.File("tokenizer"));
  MEDLEY_ASSIGN_OR_RETURN(auto tokenizer,
                          inference::LlamaModel::Load(file, inference::LlamaPart::kTokenizer));
  return E5Tokens(std::move(tokenizer), max_tokens);
}

std::vector<E5Tokens::Tokens> E5Tokens::Of(std::span<const std::string* const> texts,
                                           std::string_view prefix) const {
  std::vector<Tokens> out(texts.size());
  ParallelFor(texts.size(), 8, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      std::string prefixed(prefix);
      prefixed.append(*texts[i], 0, max_tokens_ * kMaxTokenBytes);
      Tokens tokens = tokenizer_->Tokenize(prefixed);
      if (tokens.size() > max_tokens_) {
        const inference::Token last = tokens.back();
        tokens.resize(max_tokens_);
        tokens.back() = last;
      }
      out[i] = std::move(tokens);
    }
  });
  return out;
}

Status RunByLength(std::span<const E5Tokens::Tokens> texts,
                   inference::Network& network,
                   const RowTaker& take) {
  std::vector<std::size_t> by_length(texts.size());
  std::iota(by_length.begin(), by_length.end(), std::size_t{0});
  std::ranges::stable_sort(by_length, {}, [&](std::size_t i) { return texts[i].size(); });
  for (std::size_t begin = 0; begin < by_length.size(); begin += kTextsAPass) {
    const std::size_t count = std::min(kTextsAPass, by_length.size() - begin);
    MEDLEY_RETURN_IF_ERROR(
        RunPass(texts, std::span(by_length).subspan(begin, count), network, take));
  }
  return {};
}

}  // namespace medley::encoders

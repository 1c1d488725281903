#include "medley/recommenders/feature_kernel.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/linalg/kernels.h"
#include "medley/linalg/matrix.h"
#include "medley/linalg/solve.h"
#include "medley/linalg/sparse.h"
#include "medley/recommenders/item_features.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

constexpr std::string_view kAttributes = "attributes";
/// More kinds of attributes than this are noise; the most common stay.
constexpr std::size_t kMostAttributeParts = 24;
constexpr std::size_t kRowsAtATime = 64;

std::string_view KindOf(std::string_view attribute) {
  return attribute.substr(0, attribute.find('='));
}

/// ln(items / items that have it) of every attribute that two items at least share.
std::map<std::string, double, std::less<>> TokenWeights(const ItemFeatures& features) {
  std::vector<double> counts(features.attribute_names.size());
  for (const auto& tokens : features.attributes) {
    for (const auto token : tokens) counts[token] += 1;
  }
  std::map<std::string, double, std::less<>> out;
  const auto n = static_cast<double>(features.attributes.size());
  for (std::size_t token = 0; token < counts.size(); ++token) {
    if (counts[token] >= 2 && counts[token] < n)
      out[features.attribute_names[token]] = std::log(n / counts[token]);
  }
  return out;
}

/// The kinds of attributes that tell items apart, by name.
std::vector<std::string> AttributeKinds(const ItemFeatures& features,
                                        const std::map<std::string, double, std::less<>>& weights) {
  std::map<std::string, std::size_t, std::less<>> uses;
  for (const auto& tokens : features.attributes) {
    for (const auto token : tokens) {
      const auto& name = features.attribute_names[token];
      if (weights.contains(name)) ++uses[std::string(KindOf(name))];
    }
  }
  std::vector<std::pair<std::string, std::size_t>> kinds(uses.begin(), uses.end());
  std::stable_sort(
      kinds.begin(), kinds.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  if (kinds.size() > kMostAttributeParts) kinds.resize(kMostAttributeParts);
  std::vector<std::string> out;
  out.reserve(kinds.size());
  for (auto& kind : kinds) out.push_back(std::move(kind.first));
  std::sort(out.begin(), out.end());
  return out;
}

/// The vectors of the items from `begin` on, without the mean, of length 1.
linalg::Matrix Centred(const FeatureSpace& space, std::span<const float> mean, std::size_t begin) {
  linalg::Matrix out(space.vectors.rows - begin, space.vectors.cols);
  for (std::size_t place = 0; place < out.rows(); ++place) {
    if (space.present[begin + place] == 0) continue;
    const auto row = out.Row(place);
    std::copy_n(space.vectors.Row(begin + place).begin(), row.size(), row.begin());
    linalg::Axpy(-1, mean, row);
    if (!linalg::Normalize(row)) std::fill(row.begin(), row.end(), 0.0F);
  }
  return out;
}

}  // namespace

void FeatureKernel::AddSpace(const FeatureSpace& space, std::vector<float> mean) {
  Part part;
  part.kind = Kind::kSpace;
  part.name = space.name;
  part.vectors = std::make_shared<const linalg::Matrix>(Centred(space, mean, 0));
  part.mean = std::move(mean);
  parts_.push_back(std::move(part));
}

void FeatureKernel::AddAttributes(const ItemFeatures& features, std::string_view name) {
  Part part;
  part.kind = Kind::kAttribute;
  part.name = name;
  AppendTokens(features, 0, part);
  parts_.push_back(std::move(part));
}

void FeatureKernel::AppendTokens(const ItemFeatures& features,
                                 std::size_t begin,
                                 Part& part) const {
  // Looked up once a token: names are long and items many.
  std::vector<double> weights(features.attribute_names.size(), -1);
  const auto weight_of = [&](std::uint32_t token) {
    double& weight = weights[token];
    if (weight < 0) {
      const auto& attribute = features.attribute_names[token];
      const auto found = token_weights_.find(attribute);
      weight = found != token_weights_.end() && KindOf(attribute) == part.name ? found->second : 0;
    }
    return weight;
  };
  for (std::size_t item = begin; item < features.attributes.size(); ++item) {
    double squared = 0;
    for (const auto token : features.attributes[item])
      squared += weight_of(token) * weight_of(token);
    for (const auto token : features.attributes[item]) {
      if (weight_of(token) <= 0) continue;
      part.tokens.columns.push_back(token);
      part.tokens.values.push_back(static_cast<float>(weight_of(token) / std::sqrt(squared)));
    }
    part.tokens.starts.push_back(part.tokens.columns.size());
  }
  part.tokens.rows = features.attributes.size();
  part.tokens.cols = features.attribute_names.size();
}

FeatureKernel FeatureKernel::Grown(const ItemFeatures& features) const {
  FeatureKernel grown = *this;
  grown.n_items_ = CountItems(features);
  for (auto& part : grown.parts_) {
    if (part.kind == Kind::kAttribute) AppendTokens(features, n_items_, part);
    if (part.kind != Kind::kSpace) continue;
    const auto* space = features.Find(part.name);
    assert(space != nullptr && space->vectors.cols == part.mean.size());
    part.later = Centred(*space, part.mean, part.vectors->rows());
  }
  return grown;
}

void FeatureKernel::AddConstant() {
  parts_.emplace_back();
  parts_.back().name = "constant";
}

void FeatureKernel::AddProduct(std::size_t first, std::size_t second) {
  Part part;
  part.kind = Kind::kProduct;
  part.name = parts_[first].name + "*" + parts_[second].name;
  part.first = first;
  part.second = second;
  parts_.push_back(std::move(part));
}

Result<FeatureKernel> FeatureKernel::Make(const ItemFeatures& features,
                                          std::string_view spaces,
                                          bool products) {
  FeatureKernel kernel;
  kernel.n_items_ = CountItems(features);
  kernel.AddConstant();
  auto wanted = SplitNames(spaces);
  const bool automatic = wanted == std::vector<std::string>{"auto"};
  if (automatic) {
    wanted = features.attributes.empty() ? std::vector<std::string>{}
                                         : std::vector<std::string>{std::string(kAttributes)};
    for (const auto& space : features.spaces) {
      if (space.name != "fused") wanted.push_back(space.name);
    }
  }
  for (const auto& name : wanted) {
    if (name == kAttributes && !features.attributes.empty()) {
      kernel.token_weights_ = TokenWeights(features);
      for (const auto& kind : AttributeKinds(features, kernel.token_weights_))
        kernel.AddAttributes(features, kind);
    } else if (const auto* space = features.Find(name); space != nullptr) {
      kernel.AddSpace(*space, MeanOf(*space));
    } else {
      return Fail(ErrorCode::kInvalidInput,
                  "the items have no '" + name + "': run `medley encode`, or name other spaces");
    }
  }
  if (kernel.parts_.size() < 2) {
    return Fail(ErrorCode::kInvalidInput,
                "nothing is known of the items: import their attributes or run `medley encode`");
  }
  const std::size_t n = kernel.parts_.size();
  for (std::size_t first = 0; products && first < n; ++first) {
    for (std::size_t second = first + 1; kernel.IsSpace(first) && second < n; ++second) {
      if (kernel.IsSpace(second)) kernel.AddProduct(first, second);
    }
  }
  return kernel;
}

void FeatureKernel::Save(ModelWriter& writer, Json& note) const {
  note["parts"] = Json::array();
  for (const auto& part : parts_) {
    const char* kind = part.kind == Kind::kProduct     ? "product"
                       : part.kind == Kind::kSpace     ? "space"
                       : part.kind == Kind::kAttribute ? "attribute"
                                                       : "constant";
    note["parts"].push_back({{"name", part.name}, {"kind", kind}});
    if (part.kind == Kind::kSpace) writer.Add("mean:" + part.name, part.mean);
  }
  note["tokens"] = token_weights_;
}

Result<FeatureKernel> FeatureKernel::Load(const ModelReader& reader, const ItemFeatures& features) {
  const auto corrupt = [] {
    return Fail(ErrorCode::kCorrupt, "the content model is damaged; train again");
  };
  FeatureKernel kernel;
  kernel.n_items_ = CountItems(features);
  const Json& note = reader.note();
  if (!note.contains("parts") || !note["parts"].is_array() || !note.contains("tokens") ||
      !note["tokens"].is_object()) {
    return corrupt();
  }
  for (const auto& [name, weight] : note["tokens"].items()) {
    if (!weight.is_number()) return corrupt();
    kernel.token_weights_[name] = weight.get<double>();
  }
  for (const auto& part : note["parts"]) {
    if (!part.is_object() || !part.contains("name") || !part["name"].is_string() ||
        !part.contains("kind"))
      return corrupt();
    const auto& name = part["name"].get_ref<const std::string&>();
    if (part["kind"] == "constant") {
      kernel.AddConstant();
    } else if (part["kind"] == "product") {
      const auto star = name.find('*');
      const auto place = [&](std::string_view of) {
        return static_cast<std::size_t>(std::ranges::find(kernel.parts_, of, &Part::name) -
                                        kernel.parts_.begin());
      };
      const auto first = place(std::string_view(name).substr(0, star));
      const auto second = star == std::string::npos ? first : place(name.substr(star + 1));
      const std::size_t n = kernel.parts_.size();
      if (first >= n || second >= n || !kernel.IsSpace(first) || !kernel.IsSpace(second))
        return corrupt();
      kernel.AddProduct(first, second);
    } else if (part["kind"] == "attribute") {
      if (features.attributes.size() != kernel.n_items_) return corrupt();
      kernel.AddAttributes(features, name);
    } else {
      const auto* space = features.Find(name);
      auto mean = reader.Floats("mean:" + name);
      if (!mean) return tl::unexpected(mean.error());
      if (space == nullptr || space->vectors.rows != kernel.n_items_ ||
          space->vectors.cols != mean->size()) {
        return Fail(ErrorCode::kInvalidInput,
                    "the '" + name +
                        "' vectors that the content model was trained on are gone or made by "
                        "another encoder; train again");
      }
      kernel.AddSpace(*space, *std::move(mean));
    }
  }
  return kernel;
}

bool FeatureKernel::Describes(ItemIndex item) const {
  return std::any_of(parts_.begin(), parts_.end(), [item](const Part& part) {
    if (part.kind == Kind::kSpace) return linalg::SquaredNorm(part.VectorOf(item)) > 0;
    return part.kind == Kind::kAttribute && !part.tokens.ColumnsOf(item).empty();
  });
}

double FeatureKernel::Similarity(std::size_t part, ItemIndex a, ItemIndex b) const {
  const auto& of = parts_[part];
  if (of.kind == Kind::kConstant) return 1;
  if (of.kind == Kind::kProduct) return Similarity(of.first, a, b) * Similarity(of.second, a, b);
  if (of.kind == Kind::kSpace) return double{linalg::Dot(of.VectorOf(a), of.VectorOf(b))};
  double sum = 0;
  const auto left = of.tokens.ColumnsOf(a);
  const auto right = of.tokens.ColumnsOf(b);
  for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
    if (left[i] == right[j]) {
      sum += double{of.tokens.ValuesOf(a)[i]} * double{of.tokens.ValuesOf(b)[j]};
      ++i;
      ++j;
    } else {
      (left[i] < right[j] ? i : j) += 1;
    }
  }
  return sum;
}

void FeatureKernel::Similarities(std::size_t part,
                                 std::span<const std::uint32_t> rows,
                                 std::span<const std::uint32_t> cols,
                                 linalg::MatrixView out) const {
  const auto& of = parts_[part];
  if (of.kind == Kind::kSpace) {
    const auto gather = [&](std::span<const std::uint32_t> items) {
      linalg::Matrix matrix(items.size(), of.vectors->cols());
      for (std::size_t i = 0; i < items.size(); ++i) {
        std::copy_n(of.VectorOf(items[i]).begin(), matrix.cols(), matrix.Row(i).begin());
      }
      return matrix;
    };
    linalg::TimesTransposed(gather(rows).View(), gather(cols).View(), out);
    return;
  }
  if (of.kind == Kind::kProduct) {
    linalg::Matrix other(rows.size(), cols.size());
    Similarities(of.first, rows, cols, out);
    Similarities(of.second, rows, cols, other.View());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const auto values = out.Row(row);
      std::ranges::transform(values, other.Row(row), values.begin(), std::multiplies<>());
    }
    return;
  }
  std::vector<std::vector<std::pair<std::uint32_t, float>>> having(
      of.tokens.cols);  // columns by token
  for (std::uint32_t col = 0; of.kind == Kind::kAttribute && col < cols.size(); ++col) {
    const auto tokens = of.tokens.ColumnsOf(cols[col]);
    for (std::size_t k = 0; k < tokens.size(); ++k) {
      having[tokens[k]].emplace_back(col, of.tokens.ValuesOf(cols[col])[k]);
    }
  }
  ParallelFor(rows.size(), kRowsAtATime, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      std::fill_n(out.Row(row).begin(), out.cols, of.kind == Kind::kConstant ? 1.0F : 0.0F);
      if (of.kind == Kind::kConstant) continue;
      const auto tokens = of.tokens.ColumnsOf(rows[row]);
      for (std::size_t k = 0; k < tokens.size(); ++k) {
        const float value = of.tokens.ValuesOf(rows[row])[k];
        for (const auto& [col, other] : having[tokens[k]]) out.Row(row)[col] += value * other;
      }
    }
  });
}

}  // namespace medley::recommenders

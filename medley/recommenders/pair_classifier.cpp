#include "medley/recommenders/pair_classifier.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/random.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/interactions.h"
#include "medley/linalg/matrix.h"
#include "medley/recommenders/model_file.h"
#include "medley/recommenders/pair_features.h"
#include "medley/recommenders/profile.h"
#include "medley/recommenders/recommender.h"

namespace medley::recommenders {
namespace {

constexpr std::size_t kBlock = 16;
constexpr std::size_t kBeginning = 3;
constexpr std::size_t kHeldOut = 10;
constexpr double kEnoughAgainst = 0.25;
constexpr int kTrials = 20;

struct Drawing {
  std::vector<ItemIndex> known;  ///< items anyone dealt with; empty: nothing is drawn
  Random random;
};

Drawing MakeDrawing(const data::Interactions& interactions, std::uint64_t seed) {
  Drawing out{{}, Random(seed).Fork("drawn items")};
  std::vector<std::uint8_t> met(interactions.n_items());
  std::size_t against = 0;
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    for (const auto& entry : interactions.OfUser(user)) {
      met[entry.item] = 1;
      against += entry.weight > 0 ? 0 : 1;
    }
  }
  if (static_cast<double>(against) >= kEnoughAgainst * static_cast<double>(interactions.size()))
    return out;
  for (ItemIndex item = 0; item < met.size(); ++item)
    if (met[item] != 0) out.known.push_back(item);
  return out;
}

void AddDrawn(const Drawing& drawing,
              const std::unordered_set<ItemIndex>& own,
              Random& random,
              PairBlock& block) {
  const std::size_t n = block.items.size();
  for (std::size_t i = 0; i < n && !drawing.known.empty(); ++i) {
    if (block.labels[i] == 0) continue;
    for (int trial = 0; trial < kTrials; ++trial) {
      const auto item = drawing.known[random.Below(drawing.known.size())];
      if (own.contains(item)) continue;
      block.items.push_back(item);
      block.labels.push_back(0);
      break;
    }
  }
}

}  // namespace

std::vector<PairBlock> MakePairBlocks(const data::Interactions& interactions, std::uint64_t seed) {
  const auto drawing = MakeDrawing(interactions, seed);
  std::vector<PairBlock> out;
  for (UserIndex user = 0; user < interactions.n_users(); ++user) {
    const auto history = interactions.OfUser(user);
    Random random = drawing.random.Fork(user);
    std::unordered_set<ItemIndex> own;
    for (const auto& entry : history) own.insert(entry.item);
    std::size_t at = std::min(kBeginning, history.size() / 2);
    while (at > 0 && at < history.size()) {
      PairBlock block{.user = user, .before = at};
      block.held_out = user / PairFeatures::kFolds % kHeldOut == kHeldOut - 1;
      for (const std::size_t end = std::min(history.size(), at + kBlock); at < end; ++at) {
        block.items.push_back(history[at].item);
        block.labels.push_back(history[at].weight > 0 ? 1 : 0);
      }
      AddDrawn(drawing, own, random, block);
      out.push_back(std::move(block));
    }
  }
  const bool any = std::ranges::any_of(out, [](const auto& block) { return block.held_out; });
  for (std::size_t i = kHeldOut - 1; !any && i < out.size(); i += kHeldOut) out[i].held_out = true;
  return out;
}

Result<PairClassifier::Rows> PairClassifier::RowsOf(const Lesson& lesson) {
  std::vector<std::size_t> begins = {0};
  Rows out;
  for (const auto& block : lesson.blocks) {
    begins.push_back(begins.back() + block.items.size());
    out.labels.insert(out.labels.end(), block.labels.begin(), block.labels.end());
    out.held_out.insert(out.held_out.end(), block.items.size(), block.held_out ? 1 : 0);
  }
  out.values = linalg::Matrix(begins.back(), lesson.features.size());
  Status status;
  std::mutex mutex;
  ParallelFor(lesson.blocks.size(), 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto& block = lesson.blocks[i];
      const auto reader =
          lesson.features.Read(lesson.data.interactions->OfUser(block.user).first(block.before),
                               PairFeatures::FoldOf(block.user));
      if (!reader) {
        const std::lock_guard lock(mutex);
        status = tl::unexpected(reader.error());
        return;
      }
      for (std::size_t k = 0; k < block.items.size(); ++k)
        lesson.features.Write(*reader, block.items[k], out.values.Row(begins[i] + k));
    }
  });
  if (!status) return tl::unexpected(status.error());
  return out;
}

Status PairClassifier::Fit(const TrainingData& data, Progress& progress) {
  MEDLEY_ASSIGN_OR_RETURN(auto features, PairFeatures::Fit(data, spaces_, progress));
  const auto blocks = MakePairBlocks(*data.interactions, data.seed);
  if (blocks.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                "nobody has done enough to learn from: two actions of one user at least");
  }
  MEDLEY_ASSIGN_OR_RETURN(auto model, Learn({data, features, blocks}, progress));
  features.DropFolds();
  features_ = std::make_shared<const PairFeatures>(std::move(features));
  model_ = std::move(model);
  return {};
}

Status PairClassifier::ScoreSome(const UserState& user,
                                 std::span<const ItemIndex> items,
                                 std::span<float> scores) const {
  std::fill(scores.begin(), scores.end(), kNothingKnown);
  if (user.history.empty()) return {};
  std::vector<ItemIndex> known;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i] >= n_items() || !features_->Knows(items[i])) continue;
    known.push_back(items[i]);
    places.push_back(i);
  }
  if (known.empty()) return {};
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, features_->Read(user.history));
  std::vector<float> found(known.size());
  const bool all = items.size() == n_items();
  all ? model_->Rank(*features_, reader, known, found)
      : model_->Answer(*features_, reader, known, found);
  for (std::size_t i = 0; i < places.size(); ++i) scores[places[i]] = found[i];
  return {};
}

Status PairClassifier::Score(const UserState& user, std::span<float> scores) const {
  MEDLEY_RETURN_IF_ERROR(CheckRequest(user, n_items(), scores));
  std::vector<ItemIndex> items(n_items());
  for (ItemIndex item = 0; item < items.size(); ++item) items[item] = item;
  return ScoreSome(user, items, scores);
}

std::vector<Evidence> PairClassifier::Explain(const UserState& user,
                                              ItemIndex item,
                                              std::size_t limit) const {
  constexpr std::size_t kMostPast = 30;
  std::vector<Evidence> out;
  if (item >= n_items() || !features_->Knows(item) || limit == 0 || user.history.size() < 2)
    return out;
  const auto score = [&](std::span<const data::Interaction> history) {
    float found = 0;
    const auto reader = features_->Read(history);
    if (reader) model_->Glance(*features_, *reader, {&item, 1}, {&found, 1});
    return double{found};
  };
  const double whole = score(user.history);
  const std::size_t first = user.history.size() - std::min(user.history.size(), kMostPast);
  for (std::size_t i = first; i < user.history.size(); ++i) {
    if (user.history[i].weight <= 0) continue;
    std::vector<data::Interaction> rest(user.history.begin(), user.history.end());
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    out.push_back(PastItem(user.history[i].item, whole - score(rest)));
  }
  return Strongest(std::move(out), limit);
}

Status PairClassifier::Save(const std::filesystem::path& directory) const {
  Json note = Json::object();
  ModelWriter writer{std::string(name())};
  features_->Save(writer, note);
  model_->Save(writer, note);
  writer.SetNote(std::move(note));
  MEDLEY_RETURN_IF_ERROR(features_->SaveParts(directory));
  return writer.Write(directory);
}

Status PairClassifier::Load(const std::filesystem::path& directory, const ItemFeatures* features) {
  MEDLEY_ASSIGN_OR_RETURN(const auto reader, ModelReader::Read(directory, name()));
  MEDLEY_ASSIGN_OR_RETURN(auto read, PairFeatures::Load(reader, directory, features));
  MEDLEY_ASSIGN_OR_RETURN(auto model, LoadModel(reader, read));
  features_ = std::make_shared<const PairFeatures>(std::move(read));
  model_ = std::move(model);
  return {};
}

ParameterSpec PairContentSpec() {
  return {"content",
          std::string("auto"),
          "Vectors of the items to look at: names of spaces with commas between; auto: fused, else "
          "all there are; none",
          0,
          0,
          {}};
}

}  // namespace medley::recommenders

#include "medley/jobs/learn_words.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "medley/alignment/word_space.h"
#include "medley/answers/cross_modal.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/pipeline/snapshot.h"
#include "medley/storage/workspace.h"

namespace medley::jobs {
namespace {

constexpr std::size_t kGrowth = 20;  // one in so many

bool Stands(const Json& made,
            std::size_t examples,
            const std::map<std::string, std::string>& fingerprints) {
  if (made.value("spaces", Json()) != Json(fingerprints)) return false;
  const auto before = made.value("examples", std::size_t{0});
  const std::size_t change = before > examples ? before - examples : examples - before;
  return change * kGrowth <= before;
}

std::vector<alignment::Said> SaidOf(const pipeline::Catalogue& catalogue) {
  std::vector<alignment::Said> said(catalogue.items.size());
  for (std::size_t i = 0; i < said.size(); ++i) {
    const auto& item = catalogue.items[i];
    auto& labels = said[i].labels;
    labels.push_back(item.title);
    labels.insert(labels.end(), item.categories.begin(), item.categories.end());
    labels.insert(labels.end(), item.tags.begin(), item.tags.end());
    said[i].text = data::EncodableText(item);
  }
  return said;
}

}  // namespace

Status LearnWords(const storage::Workspace& workspace,
                  std::size_t examples,
                  const std::map<std::string, std::string>& fingerprints,
                  bool again) {
  const auto published = workspace.models().Current(answers::kWordsModel);
  if (examples == 0 ||
      (!again && published && Stands(published->description(), examples, fingerprints)))
    return {};
  MEDLEY_ASSIGN_OR_RETURN(const auto catalogue, pipeline::LoadCatalogue(workspace));
  std::vector<alignment::Space> spaces;
  for (const auto& space : catalogue->features.spaces) {
    if (space.name != "fused") spaces.push_back({space.name, space.vectors, space.present});
  }
  const auto words = alignment::WordSpace::Fit(spaces, SaidOf(*catalogue));
  if (!words) return {};
  MEDLEY_RETURN_IF_ERROR(workspace.models().Publish(
      answers::kWordsModel,
      {{"spaces", fingerprints}, {"examples", examples}},
      [&words](const std::filesystem::path& directory) { return words->Save(directory); }));
  return {};
}

}  // namespace medley::jobs

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "apps/medley/command.h"
#include "apps/medley/commands.h"
#include "medley/answers/cross_modal.h"
#include "medley/answers/search.h"
#include "medley/core/file.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/catalogue.h"
#include "medley/data/modality.h"
#include "medley/encoders/encoder.h"
#include "medley/index/quantised_index.h"
#include "medley/jobs/encoder_bench.h"
#include "medley/linalg/matrix.h"
#include "medley/pipeline/rules.h"
#include "medley/pipeline/snapshot.h"
#include "medley/serving/query_encoder.h"
#include "medley/storage/workspace.h"

namespace medley::apps {
namespace {

struct SearchArguments {
  answers::SearchQuery query;
  std::filesystem::path image;
  std::filesystem::path audio;
  std::string user;
  std::string locale = "en";
  bool words_only = false;
  bool json = false;
};

Result<answers::SearchQuery::VectorQuery> VectorOfWords(const storage::Workspace& workspace,
                                                        const std::string& words) {
  MEDLEY_ASSIGN_OR_RETURN(
      const auto encoder,
      encoders::MakeEncoder(data::Modality::kText, workspace.Section("encoders.text")));
  linalg::Matrix vector(1, encoder->dimension());
  const encoders::Input input = words;
  MEDLEY_RETURN_IF_ERROR(
      encoder->Encode(std::span(&input, 1), encoders::TextRole::kQuery, vector.View()));
  const auto row = vector.Row(0);
  return answers::SearchQuery::VectorQuery{"text", {row.begin(), row.end()}};
}

bool HasVectors(const pipeline::Catalogue& catalogue, const std::string& space) {
  const auto* found = catalogue.features.Find(space);
  return found != nullptr && found->vectors.rows > 0;
}

Status AddVectorOfFile(serving::QueryEncoder& encoder,
                       const pipeline::Catalogue& catalogue,
                       data::Modality modality,
                       const std::filesystem::path& path,
                       answers::SearchQuery& query) {
  if (path.empty()) return {};
  const std::string space(data::ModalityName(modality));
  if (!HasVectors(catalogue, space)) {
    return Fail(ErrorCode::kNotFound,
                "no item has a vector in the space '" + space + "' yet: run medley encode");
  }
  MEDLEY_ASSIGN_OR_RETURN(const auto bytes, ReadFile(path));
  auto vector = encoder.EncodeFile(modality, bytes);
  if (!vector) return Wrap(path.string(), std::move(vector).error());
  query.vectors.push_back(*std::move(vector));
  return {};
}

/// Without a text encoder, or before the first medley encode, words are searched for as words
/// alone.
Status AddVectors(const storage::Workspace& workspace,
                  const pipeline::Catalogue& catalogue,
                  SearchArguments& arguments) {
  auto& query = arguments.query;
  if (!query.text.empty() && !arguments.words_only && HasVectors(catalogue, "text")) {
    if (auto vector = VectorOfWords(workspace, query.text)) {
      query.vectors.push_back(*std::move(vector));
    } else {
      std::fprintf(
          stderr, "medley: searching by words alone: %s\n", vector.error().message.c_str());
    }
  }
  jobs::EncoderBench bench(workspace);
  serving::QueryEncoder encoder(workspace, bench);
  MEDLEY_RETURN_IF_ERROR(
      AddVectorOfFile(encoder, catalogue, data::Modality::kImage, arguments.image, query));
  return AddVectorOfFile(encoder, catalogue, data::Modality::kAudio, arguments.audio, query);
}

void Print(const pipeline::Catalogue& catalogue,
           const std::vector<answers::SearchHit>& hits,
           const SearchArguments& arguments) {
  if (arguments.json) {
    Json found = Json::array();
    for (const auto& hit : hits) {
      found.push_back({{"item", data::ToJson(catalogue.items[hit.item])},
                       {"score", hit.score},
                       {"matched_by", hit.matched_by}});
    }
    std::printf("%s\n", DumpJson({{"hits", std::move(found)}}).c_str());
    return;
  }
  if (hits.empty()) std::printf("Nothing found.\n");
  std::size_t rank = 0;
  for (const auto& hit : hits) {
    std::string by;
    for (const auto& source : hit.matched_by) by += (by.empty() ? "" : ", ") + source;
    const auto& item = catalogue.items[hit.item];
    std::printf("%3zu  %-12s  %s  (%s)\n",
                ++rank,
                item.id.c_str(),
                data::DisplayTitle(item, arguments.locale).c_str(),
                by.c_str());
  }
}

void RunSearch(Context& context, SearchArguments& arguments) {
  const auto workspace = context.OpenWorkspace();
  if (!workspace) return context.Fail(workspace.error());
  const auto catalogue = pipeline::LoadCatalogue(*workspace);
  if (!catalogue) return context.Fail(catalogue.error());
  if (const auto added = AddVectors(*workspace, **catalogue, arguments); !added)
    return context.Fail(added.error());
  auto rules = pipeline::LoadVerdict(*workspace, **catalogue, arguments.user);
  if (!rules) return context.Fail(rules.error());
  arguments.query.filter.rules = *std::move(rules);
  const auto code = index::VectorCodeNamed(workspace->Setting("search.vectors", ""));
  auto words = answers::LoadWords(*workspace, **catalogue);
  if (!words) return context.Fail(words.error());
  const auto hits =
      answers::SearchIndex::Build(*catalogue, code, *std::move(words))->Search(arguments.query);
  if (!hits) return context.Fail(hits.error());
  Print(**catalogue, *hits, arguments);
}

}  // namespace

void AddSearch(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<SearchArguments>();
  auto& query = arguments->query;
  auto* command = app.add_subcommand(
      "search",
      "Find items by words, a picture or a sound: exact titles first, then the best matches");
  command->add_option("--text", query.text, "Words, in any language the encoder knows");
  command->add_option("--image", arguments->image, "A picture file: items that look like it")
      ->check(CLI::ExistingFile);
  command->add_option("--audio", arguments->audio, "A sound file: items that sound like it")
      ->check(CLI::ExistingFile);
  command->add_option("--kind", query.filter.kind, "Only items of this kind");
  command->add_option("--category", query.filter.category, "Only items of this category");
  command->add_option(
      "--language", query.filter.language, "Only items in this language, as \"zh\"");
  command->add_option(
      "--min-price", query.filter.min_price, "Only items with this price or a higher one");
  command->add_option(
      "--max-price", query.filter.max_price, "Only items with this price or a lower one");
  command->add_option("--user",
                      arguments->user,
                      "Whom the [[rules]] are asked for; not given: those for everybody alone");
  command->add_option("-n", query.n, "How many")->capture_default_str();
  command->add_option("--locale", arguments->locale, "Language of the titles shown: en or zh")
      ->capture_default_str();
  command->add_flag(
      "--words-only", arguments->words_only, "Compare words, not meanings: no encoder is loaded");
  command->add_flag(
      "--json", arguments->json, "Everything as JSON: items, scores, what each was found by");
  command->callback([&context, arguments] { RunSearch(context, *arguments); });
}

}  // namespace medley::apps

#include "medley/jobs/enrich_job.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/clock.h"
#include "medley/core/file.h"
#include "medley/core/hash.h"
#include "medley/core/json.h"
#include "medley/core/parameters.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/data/catalogue.h"
#include "medley/data/modality.h"
#include "medley/data/triple.h"
#include "medley/encoders/text/pack_analyser.h"
#include "medley/jobs/enrich_marks.h"
#include "medley/jobs/picture_labels.h"
#include "medley/llm/language_model.h"
#include "medley/pipeline/knowledge.h"
#include "medley/pipeline/snapshot.h"
#include "medley/storage/settings.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"
#include "medley/text/corpus.h"
#include "medley/understanding/digest.h"
#include "medley/understanding/extraction.h"
#include "medley/understanding/known_names.h"
#include "medley/understanding/model_extraction.h"

namespace medley::jobs {
namespace {

using understanding::Extractor;
using understanding::Found;
using understanding::ModelExtractor;

constexpr std::size_t kWindow = 256;
constexpr std::size_t kModelWindow = 8;
constexpr int kMostFailures = 3;
constexpr std::size_t kHashDigits = 16;

/// The texts of an item that are read: all but titles, which name more than they say.
std::vector<std::pair<std::string, const std::string*>> TextsOf(const data::Item& item) {
  std::vector<std::pair<std::string, const std::string*>> texts;
  if (!item.description.empty()) texts.emplace_back("description", &item.description);
  for (const auto& [name, text] : item.texts) {
    if (!name.starts_with("title") && !text.empty()) texts.emplace_back(name, &text);
  }
  return texts;
}

std::string HashOf(std::string_view version, const data::Item& item) {
  std::string all(version);
  all += "\n" + item.kind;
  for (const auto& [name, text] : TextsOf(item)) all += "\n" + name + "\n" + *text;
  return Sha256(all).substr(0, kHashDigits);
}

/// Whether it is the model that failed, and not this text.
bool OutOfReach(ErrorCode code) {
  return code != ErrorCode::kCancelled && code != ErrorCode::kUnsupported &&
         code != ErrorCode::kLimitExceeded;
}

Json ToJson(const std::vector<Found>& found) {
  Json out = Json::array();
  for (const auto& one : found)
    out.push_back({one.relation, one.tail, one.begin, one.end, one.confidence});
  return out;
}

std::vector<Found> FoundFromJson(const Json& json) {
  std::vector<Found> out;
  for (const auto& one : json) {
    if (!one.is_array() || one.size() != 5) continue;
    out.push_back({one[0].get<std::string>(),
                   one[1].get<std::string>(),
                   one[2].get<std::uint32_t>(),
                   one[3].get<std::uint32_t>(),
                   one[4].get<float>(),
                   "model"});
  }
  return out;
}

/// Everything that readers share.
struct Tools {
  const storage::Workspace& workspace;
  const EnrichOptions& options;
  const pipeline::Catalogue& catalogue;
  const Extractor& extractor;
  llm::LanguageModel* model;  ///< nullptr: none is asked for
  double verify_above;
  Progress& progress;
  const CancelToken& cancel;
};

/// One reader's way through the catalogue.
class SourceRun {
 public:
  SourceRun(Tools& tools, Reader reader, std::vector<std::size_t> chosen)
      : tools_(tools),
        reader_(reader),
        chosen_(std::move(chosen)),
        name_(Name()),
        marks_(tools.workspace.store(), name_) {}

  Result<EnrichReport::Source> Run() {
    const Stopwatch watch;
    report_.name = name_;
    MEDLEY_ASSIGN_OR_RETURN(generation_, Generation());
    MEDLEY_ASSIGN_OR_RETURN(auto pending, Pending());
    const auto& options = tools_.options;
    if (options.limit > 0 && pending.size() > options.limit) pending.resize(options.limit);
    tools_.progress.Begin("read " + name_, pending.size(), "items", 0);
    const std::size_t window = reader_ == Reader::kRules ? kWindow : kModelWindow;
    for (std::size_t at = 0; at < pending.size(); at += window) {
      if (tools_.cancel.cancelled()) return Fail(ErrorCode::kCancelled, "stopped");
      MEDLEY_RETURN_IF_ERROR(
          ReadWindow(std::span(pending).subspan(at, std::min(window, pending.size() - at))));
    }
    tools_.progress.End();
    report_.seconds = watch.Seconds();
    return std::move(report_);
  }

 private:
  std::string Name() const {
    switch (reader_) {
      case Reader::kRules:
        return "text:rules";
      case Reader::kVerified:
        return "text:rules+" + std::string(tools_.model->name());
      case Reader::kModel:
        break;
    }
    return "text:" + std::string(tools_.model->name());
  }

  std::string Version() const {
    std::string version(Extractor::kVersion);
    if (reader_ != Reader::kRules) version += "/" + Asked().version();
    return version;
  }

  ModelExtractor Asked() const { return ModelExtractor(*tools_.model, tools_.verify_above); }

  bool OfAll() const { return tools_.options.items.empty() && tools_.options.limit == 0; }

  storage::Store& store() const { return tools_.workspace.store(); }
  std::string StateName() const { return "enrich/" + name_ + "/state"; }

  /// Counts how often all of the source was forgotten; a forgetting that was cut short is done
  /// first.
  Result<std::int64_t> Generation() {
    MEDLEY_ASSIGN_OR_RETURN(const auto value, store().GetValue(StateName()));
    if (!value) return 0;
    MEDLEY_ASSIGN_OR_RETURN(const Json state, ParseJson(*value));
    const auto generation = state.value("generation", std::int64_t{0});
    if (state.value("forgetting", false)) MEDLEY_RETURN_IF_ERROR(Forget(generation));
    return generation;
  }

  Status Forget(std::int64_t generation) {
    MEDLEY_RETURN_IF_ERROR(store().PutValue(
        StateName(), DumpJson({{"generation", generation}, {"forgetting", true}})));
    const auto deleted = store().DeleteTriples(name_);
    if (!deleted) return tl::unexpected(deleted.error());
    return store().PutValue(StateName(),
                            DumpJson({{"generation", generation}, {"forgetting", false}}));
  }

  /// The items to read. What was read in texts that are others now is forgotten first, where all
  /// items are read again afterwards.
  Result<std::vector<std::size_t>> Pending() {
    const std::string version = Version();
    bool stale = tools_.options.again && OfAll();
    std::vector<std::size_t> pending;
    for (const std::size_t i : chosen_) {
      MEDLEY_ASSIGN_OR_RETURN(const Json mark, marks_.Of(tools_.catalogue.keys[i]));
      const bool current = mark.is_object() && mark.value("generation", -1) == generation_;
      const bool same =
          current && mark.value("hash", "") == HashOf(version, tools_.catalogue.items[i]);
      stale = stale || (current && (!same || mark.value("stale", false)));
      if (!same || tools_.options.again || mark.value("stale", false)) pending.push_back(i);
      if (current && !same && !OfAll()) stale_.push_back(i);
    }
    if (stale && OfAll()) {
      MEDLEY_RETURN_IF_ERROR(Forget(++generation_));
      pending = chosen_;
    }
    report_.unchanged = chosen_.size() - pending.size();
    return pending;
  }

  Status ReadWindow(std::span<const std::size_t> window) {
    std::vector<std::vector<data::Triple>> triples(window.size());
    std::vector<std::uint8_t> done(window.size(), 1);
    if (reader_ == Reader::kRules) {
      constexpr std::size_t kGrain = 16;
      ParallelFor(window.size(), kGrain, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) triples[i] = *ReadItem(window[i]);
      });
    } else {
      for (std::size_t i = 0; i < window.size(); ++i) {
        auto read = ReadItem(window[i]);
        if (!read && read.error().code == ErrorCode::kCancelled)
          return tl::unexpected(read.error());
        if (read) {
          triples[i] = *std::move(read);
        } else {
          done[i] = 0;
          ++report_.failed;
        }
      }
    }
    std::vector<data::Triple> all;
    for (auto& some : triples) {
      for (auto& triple : some) {
        ++report_.relations[triple.relation];
        all.push_back(std::move(triple));
      }
    }
    return Write(window, all, done);
  }

  Status Write(std::span<const std::size_t> window,
               const std::vector<data::Triple>& triples,
               const std::vector<std::uint8_t>& done) {
    MEDLEY_ASSIGN_OR_RETURN(const auto counts, store().PutTriples(triples));
    report_.triples.added += counts.added;
    report_.triples.changed += counts.changed;
    report_.triples.unchanged += counts.unchanged;
    const std::string version = Version();
    for (std::size_t i = 0; i < window.size(); ++i) {
      if (done[i] == 0) continue;
      ++report_.read;
      Json mark = {{"generation", generation_},
                   {"hash", HashOf(version, tools_.catalogue.items[window[i]])}};
      if (std::ranges::find(stale_, window[i]) != stale_.end()) mark["stale"] = true;
      MEDLEY_RETURN_IF_ERROR(marks_.Set(tools_.catalogue.keys[window[i]], std::move(mark)));
    }
    MEDLEY_RETURN_IF_ERROR(marks_.Save());
    tools_.progress.Advance(window.size());
    return {};
  }

  /// Errors: of the model only.
  Result<std::vector<data::Triple>> ReadItem(std::size_t index) {
    const auto& item = tools_.catalogue.items[index];
    std::vector<data::Triple> triples;
    for (const auto& [field, text] : TextsOf(item)) {
      MEDLEY_ASSIGN_OR_RETURN(const auto found,
                              ReadText(*text, understanding::TextKindOf(item.kind)));
      for (const auto& one : found) {
        const bool said = std::ranges::any_of(triples, [&](const data::Triple& other) {
          return other.relation == one.relation && other.tail.text == one.tail;
        });
        if (said) continue;
        data::Triple triple;
        triple.head.kind = data::TripleEnd::Kind::kItem;
        triple.head.text = item.id;
        triple.relation = one.relation;
        triple.tail.text = one.tail;
        triple.source = name_;
        triple.span = {item.id, field, one.begin, one.end};
        triple.confidence = one.confidence;
        triples.push_back(std::move(triple));
      }
    }
    return triples;
  }

  Result<std::vector<Found>> ReadText(const std::string& text, understanding::TextKind kind) {
    if (reader_ == Reader::kRules) return tools_.extractor.Extract(text, kind);
    const std::string cached =
        "extract/" + Sha256(name_ + "\n" + Version() + "\n" + text).substr(0, 2 * kHashDigits);
    MEDLEY_ASSIGN_OR_RETURN(const auto value, store().GetValue(cached));
    if (value) {
      MEDLEY_ASSIGN_OR_RETURN(const Json json, ParseJson(*value));
      return FoundFromJson(json);
    }
    if (failures_ >= kMostFailures) return Fail(ErrorCode::kUnavailable, report_.error);
    auto found = AskModel(text, kind);
    if (!found) {
      if (OutOfReach(found.error().code) && ++failures_ >= kMostFailures)
        report_.error = found.error().message;
      return found;
    }
    failures_ = 0;
    MEDLEY_RETURN_IF_ERROR(store().PutValue(cached, DumpJson(ToJson(*found))));
    return found;
  }

  Result<std::vector<Found>> AskModel(const std::string& text, understanding::TextKind kind) {
    ModelExtractor model = Asked();
    const auto limits = [&] {
      return llm::CallLimits{
          std::chrono::steady_clock::now() + std::chrono::milliseconds(static_cast<std::int64_t>(
                                                 tools_.options.model_seconds * 1000)),
          &tools_.cancel};
    };
    if (reader_ == Reader::kModel) return model.Extract(text, kind, limits(), report_.model);
    std::vector<Found> kept;
    for (auto& one : tools_.extractor.Extract(text, kind)) {
      MEDLEY_ASSIGN_OR_RETURN(const bool yes, model.Verify(text, one, limits(), report_.model));
      if (yes)
        kept.push_back(std::move(one));
      else
        ++report_.refused;
    }
    return kept;
  }

  Tools& tools_;
  Reader reader_;
  std::vector<std::size_t> chosen_;
  std::string name_;
  EnrichMarks marks_;
  EnrichReport::Source report_;
  std::int64_t generation_ = 0;
  std::vector<std::size_t> stale_;  ///< read now, while what their old texts said is still there
  int failures_ = 0;
};

Result<std::vector<std::size_t>> ChooseItems(const pipeline::Catalogue& catalogue,
                                             const EnrichOptions& options) {
  std::vector<std::size_t> chosen;
  for (const auto& id : options.items) {
    const auto index = catalogue.Find(id);
    if (index == kNoIndex) return Fail(ErrorCode::kNotFound, "there is no item '" + id + "'");
    chosen.push_back(index);
  }
  if (!options.items.empty()) return chosen;
  for (std::size_t i = 0; i < catalogue.items.size(); ++i) {
    if (catalogue.visible[i] != 0) chosen.push_back(i);
  }
  return chosen;
}

std::string WholeText(const data::Item& item) {
  std::string whole;
  for (const auto& [name, text] : TextsOf(item)) whole += (whole.empty() ? "" : "\n") + *text;
  return whole;
}

text::Corpus CorpusOf(const pipeline::Catalogue& catalogue, const text::Analyser& analyser) {
  text::Corpus corpus;
  for (const auto& item : catalogue.items) {
    std::vector<std::vector<std::string>> sentences;
    analyser.ForEachSentence(WholeText(item), [&](std::span<const text::Word> words) {
      sentences.push_back(text::MeaningfulTerms(words));
    });
    corpus.Add(sentences);
  }
  return corpus;
}

constexpr std::string_view kDigestName = "digest";

Result<std::size_t> MakeDigests(const Tools& tools,
                                const text::Analyser& analyser,
                                std::vector<std::size_t> chosen) {
  EnrichMarks marks(tools.workspace.store(), std::string(kDigestName));
  std::vector<std::size_t> pending;
  for (const std::size_t i : chosen) {
    MEDLEY_ASSIGN_OR_RETURN(const Json mark, marks.Of(tools.catalogue.keys[i]));
    const bool same =
        mark.is_object() && mark.value("hash", "") == HashOf("1", tools.catalogue.items[i]);
    if (!same || tools.options.again) pending.push_back(i);
  }
  if (tools.options.limit > 0 && pending.size() > tools.options.limit)
    pending.resize(tools.options.limit);
  if (pending.empty()) return 0;
  const text::Corpus corpus = CorpusOf(tools.catalogue, analyser);
  tools.progress.Begin("keywords and summaries", pending.size(), "items", 0);
  for (std::size_t at = 0; at < pending.size(); ++at) {
    if (tools.cancel.cancelled()) return Fail(ErrorCode::kCancelled, "stopped");
    const auto& item = tools.catalogue.items[pending[at]];
    const auto digest = understanding::MakeDigest(WholeText(item), analyser, corpus);
    MEDLEY_RETURN_IF_ERROR(marks.Set(
        tools.catalogue.keys[pending[at]],
        {{"hash", HashOf("1", item)}, {"keywords", digest.keywords}, {"summary", digest.summary}}));
    if ((at + 1) % kWindow == 0) MEDLEY_RETURN_IF_ERROR(marks.Save());
    tools.progress.Advance(1);
  }
  MEDLEY_RETURN_IF_ERROR(marks.Save());
  tools.progress.End();
  return pending.size();
}

/// Without a classifier the texts are read all the same, and the report says why no picture was.
Status ReadPictures(const Tools& tools, std::span<const std::size_t> chosen, EnrichReport& report) {
  const auto& options = tools.options;
  const auto has_picture = [&](std::size_t item) {
    return std::ranges::any_of(tools.catalogue.items[item].media, [](const data::Media& media) {
      return media.modality == data::Modality::kImage;
    });
  };
  std::vector<std::size_t> pictured;
  std::ranges::copy_if(chosen, std::back_inserter(pictured), has_picture);
  if (options.limit > 0 && pictured.size() > options.limit) pictured.resize(options.limit);
  if (options.pictures.empty() || pictured.empty()) return {};
  auto read = LabelPictures(tools.workspace,
                            tools.catalogue,
                            pictured,
                            {.model = options.pictures, .again = options.again},
                            tools.progress,
                            tools.cancel);
  if (read) {
    report.pictures = *read;
  } else if (read.error().code == ErrorCode::kNotFound) {
    report.no_pictures = read.error().message;
  } else {
    return tl::unexpected(std::move(read).error());
  }
  return {};
}

Result<std::unique_ptr<llm::LanguageModel>> ModelFor(const storage::Workspace& workspace,
                                                     const EnrichOptions& options) {
  const bool asked =
      std::ranges::any_of(options.readers, [](Reader reader) { return reader != Reader::kRules; });
  if (!asked) return nullptr;
  MEDLEY_ASSIGN_OR_RETURN(const auto source, llm::FindLanguageModel(workspace.Section("llm")));
  return source.load();
}

Result<double> VerifyAbove(const storage::Workspace& workspace) {
  const auto* spec = storage::FindSetting("enrich.verify_above");
  MEDLEY_ASSIGN_OR_RETURN(const auto settings,
                          Parameters::FromText({*spec}, workspace.Section("enrich")));
  return settings.Real(spec->name);
}

}  // namespace

Result<EnrichReport> EnrichCatalogue(const storage::Workspace& workspace,
                                     const EnrichOptions& options,
                                     Progress& progress,
                                     const CancelToken& cancel) {
  const Stopwatch watch;
  const auto lock = FileLock::Acquire(workspace.root() / "enrich.lock");
  if (!lock)
    return Fail(ErrorCode::kUnavailable, "another enrichment of this workspace is under way");
  MEDLEY_ASSIGN_OR_RETURN(const auto catalogue, pipeline::LoadCatalogue(workspace));
  MEDLEY_ASSIGN_OR_RETURN(const auto all, ChooseItems(*catalogue, options));
  auto chosen = all;
  if (options.items.empty())
    std::erase_if(chosen, [&](std::size_t i) { return TextsOf(catalogue->items[i]).empty(); });
  MEDLEY_ASSIGN_OR_RETURN(const auto analyser, encoders::OpenPackAnalyser());
  MEDLEY_ASSIGN_OR_RETURN(const auto knowledge, pipeline::LoadKnowledge(workspace, *catalogue));
  const understanding::KnownNames names(*knowledge);
  const Extractor extractor(analyser, names);
  MEDLEY_ASSIGN_OR_RETURN(const auto model, ModelFor(workspace, options));
  MEDLEY_ASSIGN_OR_RETURN(const double verify_above, VerifyAbove(workspace));
  Tools tools{
      workspace, options, *catalogue, extractor, model.get(), verify_above, progress, cancel};
  EnrichReport report;
  for (const Reader reader : options.readers) {
    MEDLEY_ASSIGN_OR_RETURN(auto source, SourceRun(tools, reader, chosen).Run());
    report.sources.push_back(std::move(source));
  }
  MEDLEY_ASSIGN_OR_RETURN(report.digests, MakeDigests(tools, analyser, chosen));
  MEDLEY_RETURN_IF_ERROR(ReadPictures(tools, all, report));
  report.seconds = watch.Seconds();
  return report;
}

Result<Json> StoredDigest(const storage::Workspace& workspace, const storage::StoredItem& item) {
  EnrichMarks marks(workspace.store(), std::string(kDigestName));
  MEDLEY_ASSIGN_OR_RETURN(Json digest, marks.Of(item.key));
  MEDLEY_ASSIGN_OR_RETURN(const Json labels, LabelsOfPictures(workspace, item.item));
  if (!digest.is_object() && labels.empty()) return Json();
  if (!digest.is_object()) digest = {{"keywords", Json::array()}, {"summary", ""}};
  digest.erase("hash");
  digest["tags"] = Json::array();
  for (const auto& keyword : digest["keywords"])
    digest["tags"].push_back({{"tag", keyword}, {"source", "text"}});
  for (const auto& label : labels) digest["tags"].push_back(label);
  return digest;
}

}  // namespace medley::jobs

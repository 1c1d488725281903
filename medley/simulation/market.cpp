#include "medley/simulation/market.h"

#include <algorithm>
#include <fstream>
#include <mutex>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/log.h"
#include "medley/core/threads.h"
#include "medley/simulation/behaviour.h"
#include "medley/simulation/clip.h"
#include "medley/simulation/interest.h"
#include "medley/simulation/picture.h"
#include "medley/simulation/sound.h"
#include "medley/simulation/text.h"
#include "medley/simulation/truth.h"

namespace medley::simulation {
namespace {

namespace fs = std::filesystem;

constexpr int kPictureSide = 256;
constexpr int kPictureQuality = 85;
constexpr std::size_t kMostItems = 10'000'000;

/// The first error of several threads.
class FirstError {
 public:
  void Keep(Status status) {
    if (status.has_value()) return;
    const std::lock_guard lock(mutex_);
    if (status_.has_value()) status_ = std::move(status);
  }
  bool any() {
    const std::lock_guard lock(mutex_);
    return !status_.has_value();
  }
  Status Take() { return std::move(status_); }

 private:
  std::mutex mutex_;
  Status status_;
};

/// Not flushed to the disk one by one: a market that was cut short is drawn again.
Status WriteBytes(const fs::path& file, std::string_view bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) return Fail(ErrorCode::kIo, "cannot write " + file.string());
  return {};
}

/// The item as the JSONL reader takes it: its media by file name, since no media store has them
/// yet.
Json AsImported(const data::Item& item) {
  Json json = ToJson(item);
  for (auto& media : json["media"]) media.erase("hash");
  return json;
}

/// Everything of one market; each item's random states are forked from its number, so that the
/// threads don't matter.
class Artist {
 public:
  Artist(const MarketOptions& options, fs::path folder)
      : options_(options),
        folder_(std::move(folder)),
        random_(Random(options.seed).Fork("market")) {
    const TimeMs end = MarketEnd(options.seed);
    for (std::size_t i = 0; i < options.items; ++i) {
      Random own = Of(i).Fork("latents");
      latents_.push_back(DrawItemLatents(i, end, own));
    }
    items_.resize(options.items);
  }

  Status DrawItems(Progress& progress) {
    FirstError error;
    progress.Begin("draw items", latents_.size(), "items");
    ParallelFor(latents_.size(), 16, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end && !error.any(); ++i) error.Keep(DrawItem(i));
      progress.Advance(end - begin);
    });
    progress.End();
    return error.Take();
  }

  Status DrawClips(Progress& progress) {
    std::vector<std::size_t> films;
    for (std::size_t i = 0; i < latents_.size(); ++i) {
      if (latents_[i].kind == Kind::kFilm) films.push_back(i);
    }
    FirstError error;
    progress.Begin("draw clips", films.size(), "clips");
    // Enough clips a run to make ffmpeg's start cheap, and few enough for memory.
    ParallelFor(films.size(), 24, [&](std::size_t begin, std::size_t end) {
      std::vector<ClipJob> jobs;
      for (std::size_t f = begin; f < end; ++f) {
        const std::size_t i = films[f];
        jobs.push_back({latents_[i],
                        Of(i).Fork("picture"),
                        ComposeSound(latents_[i], Of(i).Fork("sound")),
                        fs::absolute(folder_ / Source(i, "webm"))});
      }
      if (!error.any()) error.Keep(EncodeClips(jobs));
      progress.Advance(end - begin);
    });
    progress.End();
    return error.Take();
  }

  Status WriteItems() const {
    std::string lines;
    for (const auto& item : items_) lines += DumpJson(AsImported(item)) + "\n";
    return WriteFileAtomically(folder_ / "items.jsonl", lines);
  }

  Status WriteBehaviour(Progress& progress) {
    Truth truth(options_.seed, DrawUsers(options_.users, random_.Fork("users")), latents_);
    const auto events = SimulateBehaviour(truth, random_.Fork("behaviour"), progress);
    const auto survey = AskPeople(truth, random_.Fork("survey"));
    auto best = ScoreTruth(truth, events);
    best.interest = BestInterest(truth, survey.test);
    truth.set_best(best);
    MEDLEY_RETURN_IF_ERROR(WriteSurvey(truth, survey, folder_));
    std::string lines;
    for (const auto& user : truth.users())
      lines += DumpJson(ToJson(AsUser(user, truth.market_end()))) + "\n";
    MEDLEY_RETURN_IF_ERROR(WriteFileAtomically(folder_ / "users.jsonl", lines));
    lines.clear();
    for (const auto& event : events) lines += DumpJson(ToJson(event)) + "\n";
    MEDLEY_RETURN_IF_ERROR(WriteFileAtomically(folder_ / "events.jsonl", lines));
    spdlog::info(
        "simulated market: {} items, {} users, {} events; best possible recall@10 {:.3f}, "
        "recall@20 {:.3f}, NDCG@10 {:.3f} "
        "(popularity {:.3f}, {:.3f}, {:.3f})",
        items_.size(),
        truth.users().size(),
        events.size(),
        best.behaviour.recall_10,
        best.behaviour.recall_20,
        best.behaviour.ndcg_10,
        best.popularity.recall_10,
        best.popularity.recall_20,
        best.popularity.ndcg_10);
    spdlog::info(
        "simulated market: {} people's answers, {:.3f} yes; best possible accuracy {:.3f}, F1 "
        "{:.3f}",
        best.interest.answers,
        best.interest.base_rate,
        best.interest.accuracy,
        best.interest.f1);
    return truth.Save(folder_ / "truth.json");
  }

 private:
  Random Of(std::size_t item) const { return random_.Fork("item").Fork(item); }
  std::string Source(std::size_t i, const char* extension) const {
    return "media/" + ItemId(latents_[i].kind, i) + "." + extension;
  }

  data::User AsUser(const UserTruth& truth, TimeMs market_end) const {
    Random own = random_.Fork("labels").Fork(truth.id);
    data::User user;
    user.id = truth.id;
    user.locale = truth.chinese ? "zh" : "en";
    user.labels["simulated"] = true;
    user.labels["age"] = 16 + own.Below(60);
    user.created = market_end - kMarketSpanMs -
                   static_cast<TimeMs>(own.Uniform(1, 700) * static_cast<double>(kDayMs));
    return user;
  }

  Status DrawItem(std::size_t i) {
    const ItemLatents& latents = latents_[i];
    const ItemText text = WriteText(latents, Of(i).Fork("text"));
    data::Item item = MakeItem(i, latents, text, Of(i).Fork("attributes"));
    Canvas canvas(kPictureSide, kPictureSide);
    DrawPicture(canvas, latents, text.title_en, Of(i).Fork("picture"));
    MEDLEY_ASSIGN_OR_RETURN(const std::string jpeg, EncodeJpeg(canvas, kPictureQuality));
    MEDLEY_RETURN_IF_ERROR(WriteBytes(folder_ / Source(i, "jpg"), jpeg));
    MEDLEY_ASSIGN_OR_RETURN(const std::string flac,
                            EncodeFlac(ComposeSound(latents, Of(i).Fork("sound"))));
    MEDLEY_RETURN_IF_ERROR(WriteBytes(folder_ / Source(i, "flac"), flac));
    item.media.push_back({.modality = data::Modality::kImage, .source = Source(i, "jpg")});
    item.media.push_back({.modality = data::Modality::kAudio, .source = Source(i, "flac")});
    if (latents.kind == Kind::kFilm)
      item.media.push_back({.modality = data::Modality::kVideo, .source = Source(i, "webm")});
    items_[i] = std::move(item);
    return {};
  }

  MarketOptions options_;
  fs::path folder_;
  Random random_;
  std::vector<ItemLatents> latents_;
  std::vector<data::Item> items_;
};

}  // namespace

Status DrawMarket(const MarketOptions& options, const fs::path& folder, Progress& progress) {
  if (options.items < 1 || options.items > kMostItems || options.users > kMostItems) {
    return Fail(ErrorCode::kInvalidInput,
                "a market has 1 to 10,000,000 items and at most as many users");
  }
  std::error_code error;
  fs::create_directories(folder / "media", error);
  if (error)
    return Fail(ErrorCode::kIo,
                "cannot make " + (folder / "media").string() + ": " + error.message());
  Artist artist(options, folder);
  MEDLEY_RETURN_IF_ERROR(artist.DrawItems(progress));
  MEDLEY_RETURN_IF_ERROR(artist.DrawClips(progress));
  MEDLEY_RETURN_IF_ERROR(artist.WriteBehaviour(progress));
  return artist.WriteItems();
}

}  // namespace medley::simulation

#include "medley/simulation/behaviour.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unordered_set>

#include "medley/core/threads.h"
#include "medley/simulation/exposure.h"
#include "medley/simulation/text.h"

namespace medley::simulation {
namespace {

using data::Event;
using data::EventType;
using data::Modality;

Taste DrawTaste(Random& random) {
  Taste taste;
  for (auto& v : taste.category) v = -1.2 + 0.5 * random.Normal();
  const int favourites = 3 + static_cast<int>(random.Below(4));
  for (int i = 0; i < favourites; ++i)
    taste.category[random.Below(kCategories)] = random.Uniform(1.6, 3.4);
  const auto spread = [&random](auto& values, double low, double high) {
    for (auto& v : values) v = -0.5 + 0.3 * random.Normal();
    const auto first = random.Below(values.size());
    values[first] = high;
    values[(first + 1 + random.Below(values.size() - 1)) % values.size()] = low;
  };
  spread(taste.colour, 0.5, random.Uniform(0.8, 2.0));
  spread(taste.style, 0.5, random.Uniform(0.8, 2.0));
  spread(taste.mood, 0.5, random.Uniform(0.8, 2.0));
  taste.tempo = random.Uniform(70, 150);
  taste.tempo_weight = random.Uniform(0.1, 0.9);
  taste.brightness = 0.5 * random.Normal();
  taste.foreign_language = -random.Uniform(0.4, 2.2);
  return taste;
}

/// Most of a taste stays; a favourite category or two, and a colour or mood, change.
Taste Drifted(const Taste& early, Random& random) {
  const Taste other = DrawTaste(random);
  Taste late = early;
  for (std::size_t c = 0; c < late.category.size(); ++c) {
    if (random.Bernoulli(0.25)) late.category[c] = other.category[c];
  }
  if (random.Bernoulli(0.4)) late.colour = other.colour;
  if (random.Bernoulli(0.4)) late.mood = other.mood;
  late.tempo += 12 * random.Normal();
  return late;
}

/// One user's time in the market.
class Visitor {
 public:
  Visitor(const Truth& truth, const Exposure& exposure, UserIndex user, Random random)
      : truth_(truth),
        exposure_(exposure),
        user_(truth.users()[user]),
        number_(user),
        random_(random) {}

  std::vector<Event> Live() {
    const double activity = std::exp(0.45 * random_.Normal());
    const int sessions = std::clamp(static_cast<int>(std::lround(7 * activity)), 3, 30);
    for (int s = 0; s < sessions; ++s) Visit(s, sessions);
    if (!liked_something_) LikeTheBest();
    return std::move(events_);
  }

 private:
  void Add(EventType type, ItemIndex item, double value = 0, std::string text = {}) {
    now_ += static_cast<TimeMs>(random_.Uniform(1.5, 20) * kSecondMs);
    Event event;
    event.user = user_.id;
    if (item != kNoIndex) event.item = truth_.item_ids().IdOf(item);
    event.type = type;
    event.value = value;
    event.text = std::move(text);
    switch (type) {
      case EventType::kImageView:
        event.modality = Modality::kImage;
        break;
      case EventType::kWatch:
        event.modality = Modality::kVideo;
        break;
      case EventType::kListen:
        event.modality = Modality::kAudio;
        break;
      case EventType::kSearch:
      case EventType::kComment:
        event.modality = Modality::kText;
        break;
      default:
        break;
    }
    event.session = session_;
    event.time = now_;
    events_.push_back(std::move(event));
  }

  void Visit(int number, int of) {
    const TimeMs start = truth_.market_end() - kMarketSpanMs;
    const double day = std::floor((number + random_.Uniform()) * 89 / of);
    // Most come in the evening.
    const double hour = std::clamp(19.5 + 3 * random_.Normal(), 6.0, 23.0);
    now_ = start + static_cast<TimeMs>(day * static_cast<double>(kDayMs) + hour * 3600 * kSecondMs);
    session_ = "s" + std::to_string(number_) + "-" + std::to_string(number);
    taste_ = TasteAt(user_, now_, truth_.market_end());
    const int sought = random_.Bernoulli(0.22) ? Search() : -1;
    const ExposureList list = exposure_.Show(taste_, user_.chinese, sought, now_, seen_, random_);
    for (std::size_t position = 0; position < list.size(); ++position) {
      const auto& shown = list[position];
      const double utility = Utility(taste_, truth_.items()[shown.item], user_.chinese);
      const double looked = 1 / (1 + 0.12 * static_cast<double>(position));
      if (!random_.Bernoulli(looked)) continue;
      if (random_.Bernoulli(ClickProbability(utility))) {
        seen_.insert(shown.item);
        Take(shown, position, utility);
      } else if (utility < -2 && random_.Bernoulli(0.05)) {
        Add(EventType::kSkip, shown.item);
      }
    }
  }

  int Search() {
    const auto best = std::max_element(taste_.category.begin(), taste_.category.end());
    std::array<double, kCategories> weights{};
    for (std::size_t c = 0; c < weights.size(); ++c)
      weights[c] = std::exp(1.5 * (taste_.category[c] - *best));
    const int category = static_cast<int>(random_.Categorical(weights));
    const auto top = [](const auto& values) {
      return static_cast<int>(std::max_element(values.begin(), values.end()) - values.begin());
    };
    Add(EventType::kSearch,
        kNoIndex,
        0,
        WriteQuery(category, top(taste_.colour), top(taste_.mood), user_.chinese, random_));
    return category;
  }

  void Take(const Shown& shown, std::size_t position, double utility) {
    const double liking =
        std::clamp(std::tanh((utility - 1) / 2) + 0.22 * random_.Normal(), -1.0, 1.0);
    Add(EventType::kClick, shown.item);
    events_.back().context = Json{{"position", position}, {"shown_by", shown.reason}};
    const ItemLatents& item = truth_.items()[shown.item];
    switch (item.kind) {
      case Kind::kGoods:
        Shop(shown.item, item, liking);
        break;
      case Kind::kSong:
        Listen(shown.item, item, liking);
        break;
      case Kind::kFilm:
        Watch(shown.item, item, liking);
        break;
      case Kind::kNews:
        Read(shown.item, item, liking);
        break;
      case Kind::kPost:
        Meet(shown.item, item, liking);
        break;
    }
    liked_something_ = liked_something_ || liking > 0.2;
  }

  double Seconds(double liking, double most) {
    const double share = std::clamp(0.5 + 0.5 * liking + 0.12 * random_.Normal(), 0.05, 1.0);
    return std::round(share * most * 100) / 100;
  }
  void Rate(ItemIndex item, double liking) {
    Add(EventType::kRating, item, std::clamp(std::round(3.1 + 2.2 * liking), 1.0, 5.0));
  }
  void Comment(ItemIndex index, const ItemLatents& item, double liking) {
    Add(EventType::kComment, index, 0, WriteComment(item, liking, user_.chinese, random_));
  }
  bool Often(double probability) { return random_.Bernoulli(probability); }

  void Shop(ItemIndex index, const ItemLatents& item, double liking) {
    if (Often(0.6)) Add(EventType::kImageView, index, Seconds(liking, 20));
    if (Often(0.35)) Add(EventType::kBrowse, index);
    if (liking > 0.25 && Often(0.3)) Add(EventType::kFavourite, index);
    if (liking > 0.3 && Often(0.35)) {
      Add(EventType::kPurchase, index, Often(0.85) ? 1 : 2);
      if (Often(0.45)) Rate(index, liking);
      if (Often(0.3)) Comment(index, item, liking);
    } else if (liking < -0.3 && Often(0.15)) {
      Comment(index, item, liking);
    }
    if (liking > 0.4 && Often(0.08)) Add(EventType::kShare, index);
  }
  void Listen(ItemIndex index, const ItemLatents& item, double liking) {
    Add(EventType::kListen, index, Seconds(liking, kClipSeconds));
    if (liking < -0.1 && Often(0.6)) return Add(EventType::kSkip, index);
    if (liking > 0.2 && Often(0.45)) Add(EventType::kLike, index);
    if (liking > 0.3 && Often(0.2)) Add(EventType::kFavourite, index);
    if (liking > 0.4 && Often(0.1)) Add(EventType::kShare, index);
    if (Often(0.1)) Rate(index, liking);
    if (Often(0.08)) Comment(index, item, liking);
  }
  void Watch(ItemIndex index, const ItemLatents& item, double liking) {
    Add(EventType::kWatch, index, Seconds(liking, kClipSeconds));
    if (liking < -0.3 && Often(0.4)) Add(EventType::kSkip, index);
    if (Often(0.5)) Rate(index, liking);
    if (Often(0.25)) Comment(index, item, liking);
    if (liking > 0.3 && Often(0.2)) Add(EventType::kFavourite, index);
    if (liking > 0.4 && Often(0.1)) Add(EventType::kShare, index);
  }
  void Read(ItemIndex index, const ItemLatents& item, double liking) {
    Add(EventType::kBrowse, index);
    if (Often(0.25)) Add(EventType::kImageView, index, Seconds(liking, 15));
    if (liking > 0.2 && Often(0.2)) Add(EventType::kLike, index);
    if (liking > 0.3 && Often(0.15)) Add(EventType::kShare, index);
    if (Often(0.14)) Comment(index, item, liking);
  }
  void Meet(ItemIndex index, const ItemLatents& item, double liking) {
    Add(EventType::kImageView, index, Seconds(liking, 12));
    if (Often(0.2)) Add(EventType::kListen, index, Seconds(liking, kClipSeconds));
    if (liking > 0 && Often(0.5)) Add(EventType::kLike, index);
    if (Often(0.2)) Comment(index, item, liking);
    if (liking > 0.4 && Often(0.1)) Add(EventType::kShare, index);
  }

  void LikeTheBest() {
    ItemIndex best = kNoIndex;
    double most = 0;
    for (std::size_t i = 0; i < truth_.items().size(); ++i) {
      const ItemLatents& item = truth_.items()[i];
      if (item.cold() || item.created > now_) continue;
      const double utility = Utility(taste_, item, user_.chinese);
      if (best != kNoIndex && utility <= most) continue;
      best = static_cast<ItemIndex>(i);
      most = utility;
    }
    if (best == kNoIndex) return;
    Add(EventType::kClick, best);
    Add(EventType::kLike, best);
  }

  static constexpr double kClipSeconds = 3;
  const Truth& truth_;
  const Exposure& exposure_;
  const UserTruth& user_;
  UserIndex number_;
  Random random_;
  Taste taste_;
  std::string session_;
  TimeMs now_ = 0;
  bool liked_something_ = false;
  std::unordered_set<ItemIndex> seen_;
  std::vector<Event> events_;
};

/// A program that opens everything, twice a second.
std::vector<Event> RunBot(const Truth& truth, UserIndex user, std::size_t count, Random random) {
  std::vector<Event> events(count);
  TimeMs now =
      truth.market_end() - static_cast<TimeMs>(random.Uniform(5, 80) * static_cast<double>(kDayMs));
  for (auto& event : events) {
    event.user = truth.users()[user].id;
    event.item =
        truth.item_ids().IdOf(static_cast<std::uint32_t>(random.Below(truth.items().size())));
    event.type = EventType::kClick;
    event.session = "b" + std::to_string(user);
    event.time = now += 500;
  }
  return events;
}

/// Adds what networks and clients get wrong: the same event again, and values that cannot be.
void AddNoise(std::vector<Event>& events, Random random) {
  const std::size_t real = events.size();
  for (std::size_t i = 0; i < real; ++i) {
    if (random.Bernoulli(0.003)) {
      Event again = events[i];
      again.time += static_cast<TimeMs>(random.Below(900));
      events.push_back(std::move(again));
    }
    if (!random.Bernoulli(0.0025)) continue;
    switch (events[i].type) {
      case EventType::kWatch:
      case EventType::kListen:
      case EventType::kImageView:
        events[i].value = random.Bernoulli(0.5) ? -5 : 4e9;
        break;
      case EventType::kRating:
        events[i].value = random.Bernoulli(0.5) ? 99 : -1;
        break;
      default:
        break;
    }
  }
}

}  // namespace

std::vector<UserTruth> DrawUsers(std::size_t count, const Random& random) {
  std::vector<UserTruth> users(count);
  const std::size_t bots = count >= 200 ? std::max<std::size_t>(1, count / 500) : 0;
  for (std::size_t i = 0; i < count; ++i) {
    Random own = random.Fork(i);
    char id[32];
    std::snprintf(id, sizeof id, "user-%04zu", i + 1);
    users[i].id = id;
    users[i].chinese = own.Bernoulli(0.35);
    users[i].early = DrawTaste(own);
    users[i].late = Drifted(users[i].early, own);
    if (own.Bernoulli(0.02) && i > 0) users[i].role = Role::kCold;
    if (i + bots >= count) users[i].role = Role::kBot;
  }
  return users;
}

std::vector<Event> SimulateBehaviour(const Truth& truth, const Random& random, Progress& progress) {
  const Exposure exposure(truth.items());
  std::vector<std::vector<Event>> of_user(truth.users().size());
  progress.Begin("simulate behaviour", truth.users().size(), "users");
  ParallelFor(of_user.size(), 8, [&](std::size_t begin, std::size_t end) {
    for (std::size_t u = begin; u < end; ++u) {
      const auto user = static_cast<UserIndex>(u);
      if (truth.users()[u].role == Role::kPerson) {
        of_user[u] = Visitor(truth, exposure, user, random.Fork(u)).Live();
      } else if (truth.users()[u].role == Role::kBot) {
        of_user[u] = RunBot(truth, user, 80, random.Fork(u));
      }
    }
    progress.Advance(end - begin);
  });
  progress.End();
  std::vector<Event> events;
  for (auto& own : of_user) std::move(own.begin(), own.end(), std::back_inserter(events));
  AddNoise(events, random.Fork("noise"));
  std::stable_sort(
      events.begin(), events.end(), [](const Event& a, const Event& b) { return a.time < b.time; });
  for (std::size_t i = 0; i < events.size(); ++i) {
    char id[32];
    std::snprintf(id, sizeof id, "event-%07zu", i + 1);
    events[i].id = id;
  }
  return events;
}

}  // namespace medley::simulation

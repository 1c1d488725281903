#include "medley/understanding/profile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/data/interactions.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/graph/relation_names.h"
#include "medley/llm/language_model.h"
#include "medley/llm/prompt.h"

namespace medley::understanding {
namespace {

constexpr std::size_t kMostLikes = 5;
constexpr std::size_t kMostDislikes = 3;
constexpr std::size_t kLeastItems = 3;
constexpr double kLeastZ = 2;
constexpr double kMostShare = 0.6;  // what nearly all items share says nothing of anyone

struct RelationWords {
  std::string_view relation;
  std::string_view english;
  std::string_view chinese;
};
/// What a profile speaks of; with a word where the name alone would leave open what it is.
constexpr std::array<RelationWords, 19> kRelations = {
    {{"genre", "", ""},
     {"category", "", ""},
     {"genre_of_decade", "", ""},
     {"decade", "", "年代"},
     {"director", "director", "导演"},
     {"actor", "actor", "演员"},
     {"writer", "writer", "编剧"},
     {"author", "author", "作者"},
     {"artist", "artist", "艺人"},
     {"country", "country", "国家"},
     {"language", "language", "语言"},
     {"theme", "theme", "主题"},
     {"period", "period", "时期"},
     {"set_in", "place", "地点"},
     {"character_occupation", "character", "人物"},
     {"brand", "brand", "品牌"},
     {"colour", "", ""},
     {"material", "", ""},
     {"tag", "", ""}}};

const RelationWords* WordsOf(std::string_view relation) {
  const auto* found = std::ranges::find(kRelations, relation, &RelationWords::relation);
  return found == kRelations.end() ? nullptr : found;
}

std::string Said(const Taste& taste, bool chinese) {
  const auto* words = WordsOf(taste.relation);
  const auto word = words == nullptr ? std::string_view()
                    : chinese        ? words->chinese
                                     : words->english;
  if (word.empty()) return taste.name;
  return chinese ? taste.name + "（" + std::string(word) + "）"
                 : taste.name + " (" + std::string(word) + ")";
}

std::string Listed(const std::vector<Taste>& tastes, bool chinese) {
  std::string out;
  for (std::size_t i = 0; i < tastes.size(); ++i) {
    if (i > 0)
      out += chinese ? "、" : i + 1 < tastes.size() ? ", " : tastes.size() > 2 ? ", and " : " and ";
    out += Said(tastes[i], chinese);
  }
  return out;
}

}  // namespace

std::uint32_t ProfileMaker::Number(std::string relation, std::string name) {
  const auto [found, fresh] =
      numbers_.try_emplace(relation + "\n" + name, static_cast<std::uint32_t>(shared_.size()));
  if (fresh) shared_.push_back({std::move(relation), std::move(name), 0});
  return found->second;
}

void ProfileMaker::ReadItem(const graph::KnowledgeGraph& knowledge,
                            graph::NodeIndex node,
                            ItemIndex item) {
  std::string decade;
  std::vector<std::string> genres;
  auto& mine = of_item_[item];
  for (const auto& edge : knowledge.Edges(node)) {
    const auto& relation = knowledge.relations()[edge.relation].name;
    const auto& name = knowledge.node(edge.to).name;
    if (edge.backward || name.empty()) continue;
    if (relation == graph::kYear && name.size() == 4) {
      decade = name.substr(0, 3) + "0s";
      mine.push_back(Number("decade", decade));
    } else if (WordsOf(relation) != nullptr) {
      mine.push_back(Number(relation, name));
      if (relation == "genre") genres.push_back(name);
    }
  }
  for (const auto& genre : genres) {
    if (!decade.empty()) mine.push_back(Number("genre_of_decade", decade + " " + genre));
  }
  std::ranges::sort(mine);
  mine.erase(std::ranges::unique(mine).begin(), mine.end());
}

ProfileMaker::ProfileMaker(const graph::KnowledgeGraph& knowledge,
                           const data::Interactions& everyone)
    : everyone_(&everyone), of_item_(everyone.n_items()) {
  for (ItemIndex item = 0; item < of_item_.size(); ++item) {
    if (const auto node = knowledge.OfItem(item); node != kNoIndex) ReadItem(knowledge, node, item);
  }
  for (UserIndex user = 0; user < everyone.n_users(); ++user) {
    for (const auto& one : everyone.OfUser(user)) {
      for (const auto shared : of_item_[one.item]) shared_[shared].share += 1;
    }
  }
  for (auto& shared : shared_)
    shared.share /= static_cast<double>(std::max<std::size_t>(everyone.size(), 1));
}

std::vector<Taste> ProfileMaker::Best(const Counts& counts,
                                      std::size_t n,
                                      const Counts* background,
                                      std::size_t n_background,
                                      std::size_t most) const {
  struct Scored {
    double z;
    std::uint32_t shared;
    Taste taste;
  };
  std::vector<Scored> scored;
  for (const auto& [number, count] : counts) {
    const Shared& shared = shared_[number];
    double share = shared.share;
    if (background != nullptr)
      share = static_cast<double>(background->at(number)) / static_cast<double>(n_background);
    if (count < kLeastItems || share > kMostShare) continue;
    const double expected = share * static_cast<double>(n);
    // One more than expected at least: of what hardly anyone has, a few would be miracles.
    const double z =
        (static_cast<double>(count) - expected) / std::sqrt(std::max(expected * (1 - share), 1.0));
    if (z < kLeastZ) continue;
    scored.push_back({z,
                      number,
                      {shared.relation,
                       shared.name,
                       count,
                       static_cast<double>(count) / std::max(expected, 1e-9)}});
  }
  std::ranges::stable_sort(scored, [](const Scored& a, const Scored& b) { return a.z > b.z; });
  std::vector<Taste> out;
  for (auto& one : scored) {
    if (out.size() == most) break;
    // "1980s Sci-Fi" and "Sci-Fi" say the same twice.
    const bool said = std::ranges::any_of(out, [&](const Taste& other) {
      return other.name.find(one.taste.name) != std::string::npos ||
             one.taste.name.find(other.name) != std::string::npos;
    });
    if (!said) out.push_back(std::move(one.taste));
  }
  return out;
}

Profile ProfileMaker::Make(UserIndex user) const {
  Profile profile;
  const auto mine = everyone_->OfUser(user);
  if (mine.empty()) return profile;
  double sum = 0;
  for (const auto& one : mine) sum += one.weight;
  const double mean = sum / static_cast<double>(mine.size());
  Counts liked;
  Counts disliked;
  Counts all;
  for (const auto& one : mine) {
    const bool likes = one.weight > 0 && one.weight >= mean - 1e-6;
    ++(likes ? profile.n_liked : profile.n_disliked);
    for (const auto shared : of_item_[one.item]) {
      ++(likes ? liked : disliked)[shared];
      ++all[shared];
    }
  }
  profile.likes = Best(liked, profile.n_liked, nullptr, 0, kMostLikes);
  profile.dislikes = Best(disliked, profile.n_disliked, &all, mine.size(), kMostDislikes);
  return profile;
}

std::string ProfileSentence(const Profile& profile, std::string_view locale) {
  const bool chinese = locale.starts_with("zh");
  if (profile.likes.empty() && profile.dislikes.empty())
    return chinese ? "还看不出特别的喜好。" : "No particular taste shows yet.";
  std::string out;
  if (!profile.likes.empty()) out = (chinese ? "喜欢" : "Likes ") + Listed(profile.likes, chinese);
  if (!profile.dislikes.empty()) {
    if (!out.empty()) out += chinese ? "；" : "; ";
    const bool begins = out.empty();
    out += chinese ? "不喜欢" : begins ? "Dislikes " : "dislikes ";
    out += Listed(profile.dislikes, chinese);
  }
  return out + (chinese ? "。" : ".");
}

Json ToJson(const Profile& profile) {
  const auto list = [](const std::vector<Taste>& tastes) {
    Json out = Json::array();
    for (const auto& taste : tastes) {
      out.push_back({{"relation", taste.relation},
                     {"name", taste.name},
                     {"items", taste.n_items},
                     {"lift", taste.lift}});
    }
    return out;
  };
  return {{"likes", list(profile.likes)},
          {"dislikes", list(profile.dislikes)},
          {"liked_items", profile.n_liked},
          {"disliked_items", profile.n_disliked}};
}

Profile ProfileFromJson(const Json& json) {
  Profile profile;
  const auto read = [&](const char* name, std::vector<Taste>& out) {
    for (const auto& one : json.value(name, Json::array())) {
      out.push_back({one.value("relation", ""),
                     one.value("name", ""),
                     one.value("items", std::size_t{0}),
                     one.value("lift", 0.0)});
    }
  };
  read("likes", profile.likes);
  read("dislikes", profile.dislikes);
  profile.n_liked = json.value("liked_items", std::size_t{0});
  profile.n_disliked = json.value("disliked_items", std::size_t{0});
  return profile;
}

bool SaysProfile(const Profile& profile, std::string_view text) {
  std::string rest(text);
  for (const auto* const tastes : {&profile.likes, &profile.dislikes}) {
    for (const auto& taste : *tastes) {
      auto at = rest.find(taste.name);
      if (at == std::string::npos) return false;
      for (; at != std::string::npos; at = rest.find(taste.name))
        rest.replace(at, taste.name.size(), "~");
    }
  }
  bool begins = true;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c >= '0' && c <= '9') return false;
    if (c >= 'A' && c <= 'Z' && !begins) return false;
    if (c != ' ') begins = c == '.' || c == '!' || c == '?';
  }
  return true;
}

Result<std::string> WriteProfile(const Profile& profile,
                                 std::string_view locale,
                                 llm::LanguageModel& model,
                                 const llm::CallLimits& limits) {
  const bool chinese = locale.starts_with("zh");
  const std::string none = chinese ? "没有特别的" : "nothing in particular";
  MEDLEY_ASSIGN_OR_RETURN(const auto prompt,
                          llm::FindPrompt(chinese ? "profile_zh" : "profile_en"));
  MEDLEY_ASSIGN_OR_RETURN(
      const auto filled,
      prompt.Fill(
          {{"likes", profile.likes.empty() ? none : Listed(profile.likes, chinese)},
           {"dislikes", profile.dislikes.empty() ? none : Listed(profile.dislikes, chinese)}}));
  constexpr int kMostTokens = 120;
  llm::GenerateOptions options;
  options.max_tokens = kMostTokens;
  options.stops = {"\n"};
  options.deadline = limits.deadline;
  options.cancel = limits.cancel;
  MEDLEY_ASSIGN_OR_RETURN(const auto answer, model.Generate(filled, options));
  const auto begin = answer.text.find_first_not_of(' ');
  std::string text = begin == std::string::npos ? std::string() : answer.text.substr(begin);
  if (!answer.complete || !SaysProfile(profile, text))
    return Fail(ErrorCode::kUnsupported, "the model's words say something else than the profile");
  return text;
}

}  // namespace medley::understanding

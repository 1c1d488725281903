#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/interactions.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/llm/language_model.h"

namespace medley::understanding {

/// Something that items share, and what a user's behaviour says of it.
struct Taste {
  std::string relation;  ///< "director", "decade"; "genre_of_decade" for both at once
  std::string name;      ///< "Ridley Scott", "1980s Sci-Fi"
  std::size_t n_items = 0;
  double lift = 0;  ///< how many times as often as people in general; of dislikes, as the user's
                    ///< own items
};

/// A user in words, from behaviour alone.
struct Profile {
  std::vector<Taste> likes;
  std::vector<Taste> dislikes;
  std::size_t n_liked = 0;
  std::size_t n_disliked = 0;
};

/// What items share, ready to make profiles from. Threads: immutable once made. Cost: making takes
/// a pass over the graph and one over the interactions.
class ProfileMaker {
 public:
  /// Shapes: the item indices of both are the catalogue's.
  ProfileMaker(const graph::KnowledgeGraph& knowledge, const data::Interactions& everyone);

  /// Liked is what weighs as much as the user's mean or more, disliked what weighs less; where all
  /// weigh alike, all is liked. A like is had significantly more often than by people in general
  /// (z of the binomial >= 2, at least 3 items), a dislike among the disliked more often than among
  /// all of the user's own. At most 5 and 3. Missing: too little behaviour gives an empty profile.
  Profile Make(UserIndex user) const;

 private:
  struct Shared {
    std::string relation;
    std::string name;
    double share = 0;  ///< of everyone's interactions
  };
  using Counts = std::map<std::uint32_t, std::size_t>;
  std::uint32_t Number(std::string relation, std::string name);
  void ReadItem(const graph::KnowledgeGraph& knowledge, graph::NodeIndex node, ItemIndex item);
  std::vector<Taste> Best(const Counts& counts,
                          std::size_t n,
                          const Counts* background,
                          std::size_t n_background,
                          std::size_t most) const;

  const data::Interactions* everyone_;
  std::vector<Shared> shared_;
  StringMap<std::uint32_t> numbers_;
  std::vector<std::vector<std::uint32_t>> of_item_;
};

/// "Likes 1980s Sci-Fi and Ridley Scott (director); dislikes Romance." In Chinese where `locale`
/// is. Says so where nothing is known.
std::string ProfileSentence(const Profile& profile, std::string_view locale);
Json ToJson(const Profile& profile);
Profile ProfileFromJson(const Json& json);

/// The profile in a language model's words, where they say all of it, and nothing that looks like
/// more: no other number, no other name. Errors: those of Generate; kUnsupported where they don't:
/// the sentence above then stands.
Result<std::string> WriteProfile(const Profile& profile,
                                 std::string_view locale,
                                 llm::LanguageModel& model,
                                 const llm::CallLimits& limits);
/// Whether `text` says the names of all tastes, and no number and no name beside them.
bool SaysProfile(const Profile& profile, std::string_view text);

}  // namespace medley::understanding

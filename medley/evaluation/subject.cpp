#include "medley/evaluation/subject.h"

#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "medley/core/ids.h"
#include "medley/core/result.h"
#include "medley/data/event.h"
#include "medley/data/interactions.h"
#include "medley/evaluation/protocol.h"
#include "medley/evaluation/ratings.h"
#include "medley/evaluation/split_files.h"
#include "medley/pipeline/snapshot.h"
#include "medley/recommenders/recommender.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"

namespace medley::evaluation {
namespace {

/// The ratings of all who agreed to be learned from; of several of one item the last one counts.
Result<data::Interactions> LoadRatingEvents(const storage::Workspace& workspace,
                                            const pipeline::Catalogue& catalogue,
                                            IdMap& users) {
  std::unordered_map<storage::Key, UserIndex> index_of_key;
  MEDLEY_RETURN_IF_ERROR(workspace.store().ForEachUser([&](const storage::StoredUser& stored) {
    if (stored.user.consent) index_of_key.emplace(stored.key, users.Intern(stored.user.id));
    return true;
  }));
  std::vector<data::Interactions::Row> rows;
  MEDLEY_RETURN_IF_ERROR(workspace.store().ForEachEventRow([&](const storage::EventRow& row) {
    const auto user = index_of_key.find(row.user);
    if (row.type != data::EventType::kRating || row.item <= 0 || user == index_of_key.end())
      return true;
    const auto item = static_cast<ItemIndex>(row.item - 1);
    if (item < catalogue.items.size()) rows.push_back({user->second, {item, row.value, row.time}});
    return true;
  }));
  return data::Interactions(users.size(), catalogue.items.size(), KeepLast(std::move(rows)));
}

Status LoadFromFiles(const SubjectRequest& request, Subject& subject) {
  const auto& catalogue = *subject.catalogue;
  const auto find = [&](std::string_view id) { return catalogue.Find(id); };
  if (request.ratings) {
    MEDLEY_ASSIGN_OR_RETURN(auto loaded, LoadRatings(request.files, catalogue.items.size(), find));
    subject.ratings = std::move(loaded.split);
    subject.users = std::move(loaded.users);
    return {};
  }
  MEDLEY_ASSIGN_OR_RETURN(auto loaded, LoadSplit(request.files, catalogue.items.size(), find));
  subject.split = std::move(loaded.split);
  subject.users = std::move(loaded.users);
  return {};
}

}  // namespace

const recommenders::ItemFeatures* Subject::features() const {
  const auto& known = catalogue->features;
  const bool none = known.attribute_names.empty() && known.spaces.empty() && known.graph == nullptr;
  return none ? nullptr : &known;
}

Result<Subject> LoadSubject(const storage::Workspace& workspace, const SubjectRequest& request) {
  Subject subject;
  MEDLEY_ASSIGN_OR_RETURN(subject.catalogue, pipeline::LoadCatalogue(workspace));
  subject.item_ids.reserve(subject.catalogue->items.size());
  for (const auto& item : subject.catalogue->items) subject.item_ids.push_back(item.id);
  if (!request.files.test.empty()) {
    MEDLEY_RETURN_IF_ERROR(LoadFromFiles(request, subject));
    return subject;
  }
  if (request.ratings) {
    MEDLEY_ASSIGN_OR_RETURN(const auto ratings,
                            LoadRatingEvents(workspace, *subject.catalogue, subject.users));
    subject.ratings = MakeRatingSplit(ratings, request.protocol, subject.ids(), request.seed);
    return subject;
  }
  MEDLEY_ASSIGN_OR_RETURN(const auto behaviour,
                          pipeline::LoadBehaviour(workspace, *subject.catalogue));
  subject.users = behaviour->users;
  subject.split = MakeSplit(behaviour->interactions, request.protocol, subject.ids(), request.seed);
  return subject;
}

}  // namespace medley::evaluation

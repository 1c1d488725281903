#include "medley/jobs/profile_job.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "medley/core/clock.h"
#include "medley/core/hash.h"
#include "medley/core/ids.h"
#include "medley/core/json.h"
#include "medley/core/progress.h"
#include "medley/core/result.h"
#include "medley/core/threads.h"
#include "medley/graph/knowledge_graph.h"
#include "medley/llm/language_model.h"
#include "medley/pipeline/knowledge.h"
#include "medley/pipeline/snapshot.h"
#include "medley/storage/store.h"
#include "medley/storage/workspace.h"
#include "medley/understanding/profile.h"

namespace medley::jobs {
namespace {

using understanding::Profile;
using understanding::ProfileMaker;

constexpr std::string_view kFormat = "1";
constexpr std::string_view kAllMade = "profiles/made_of";

std::string ValueName(const std::string& user) { return "profile/" + user; }

/// Alike as long as nothing changed that profiles are made of.
Result<std::string> Origin(const storage::Workspace& workspace) {
  MEDLEY_ASSIGN_OR_RETURN(const auto counts, workspace.store().Counts());
  return std::string(kFormat) + "/" + std::to_string(counts.version);
}

struct Loaded {
  std::shared_ptr<const pipeline::Behaviour> behaviour;
  std::shared_ptr<const graph::KnowledgeGraph> knowledge;
};

Result<Loaded> Load(const storage::Workspace& workspace) {
  MEDLEY_ASSIGN_OR_RETURN(const auto catalogue, pipeline::LoadCatalogue(workspace));
  Loaded loaded;
  MEDLEY_ASSIGN_OR_RETURN(loaded.behaviour, pipeline::LoadBehaviour(workspace, *catalogue));
  MEDLEY_ASSIGN_OR_RETURN(loaded.knowledge, pipeline::LoadKnowledge(workspace, *catalogue));
  return loaded;
}

Status Keep(const storage::Workspace& workspace,
            const std::string& user,
            const std::string& origin,
            const Profile& profile) {
  return workspace.store().PutValue(ValueName(user),
                                    DumpJson({{"made_of", origin}, {"profile", ToJson(profile)}}));
}

Result<std::optional<Profile>> Kept(const storage::Workspace& workspace,
                                    const std::string& user,
                                    const std::string& origin) {
  MEDLEY_ASSIGN_OR_RETURN(const auto value, workspace.store().GetValue(ValueName(user)));
  if (!value) return std::nullopt;
  MEDLEY_ASSIGN_OR_RETURN(const Json json, ParseJson(*value));
  if (json.value("made_of", "") != origin) return std::nullopt;
  return understanding::ProfileFromJson(json.value("profile", Json::object()));
}

Result<Profile> ProfileOf(const storage::Workspace& workspace, const std::string& user) {
  MEDLEY_ASSIGN_OR_RETURN(const auto origin, Origin(workspace));
  MEDLEY_ASSIGN_OR_RETURN(auto kept, Kept(workspace, user, origin));
  if (kept) return *std::move(kept);
  MEDLEY_ASSIGN_OR_RETURN(const auto loaded, Load(workspace));
  const UserIndex index = loaded.behaviour->users.Find(user);
  if (index == kNoIndex)
    return Fail(ErrorCode::kNotFound, "there is no user '" + user + "' who did anything");
  const Profile profile =
      ProfileMaker(*loaded.knowledge, loaded.behaviour->interactions).Make(index);
  MEDLEY_RETURN_IF_ERROR(Keep(workspace, user, origin, profile));
  return profile;
}

/// The model's sentence, kept by the hash of what it was made of.
Result<std::string> Written(const storage::Workspace& workspace,
                            const Profile& profile,
                            std::string_view locale,
                            double seconds) {
  MEDLEY_ASSIGN_OR_RETURN(const auto source, llm::FindLanguageModel(workspace.Section("llm")));
  const std::string name = "profile_sentence/" + Sha256(source.id + "\n" + std::string(locale) +
                                                        "\n" + DumpJson(ToJson(profile)))
                                                     .substr(0, 32);
  MEDLEY_ASSIGN_OR_RETURN(const auto kept, workspace.store().GetValue(name));
  if (kept) return *kept;
  MEDLEY_ASSIGN_OR_RETURN(const auto model, source.load());
  const llm::CallLimits limits{
      std::chrono::steady_clock::now() +
          std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000)),
      nullptr};
  MEDLEY_ASSIGN_OR_RETURN(auto text, understanding::WriteProfile(profile, locale, *model, limits));
  MEDLEY_RETURN_IF_ERROR(workspace.store().PutValue(name, text));
  return text;
}

}  // namespace

Result<ProfileReport> MakeProfiles(const storage::Workspace& workspace,
                                   Progress& progress,
                                   const CancelToken& cancel) {
  const Stopwatch watch;
  ProfileReport report;
  MEDLEY_ASSIGN_OR_RETURN(const auto origin, Origin(workspace));
  MEDLEY_ASSIGN_OR_RETURN(const auto made, workspace.store().GetValue(kAllMade));
  MEDLEY_ASSIGN_OR_RETURN(const auto counts, workspace.store().Counts());
  if (made && *made == origin) {
    report.unchanged = counts.users;
    return report;
  }
  MEDLEY_ASSIGN_OR_RETURN(const auto loaded, Load(workspace));
  const ProfileMaker maker(*loaded.knowledge, loaded.behaviour->interactions);
  const auto& users = loaded.behaviour->users;
  progress.Begin("profiles", users.size(), "users", 0);
  for (UserIndex user = 0; user < users.size(); ++user) {
    if (cancel.cancelled()) return Fail(ErrorCode::kCancelled, "stopped");
    MEDLEY_ASSIGN_OR_RETURN(const auto kept, Kept(workspace, users.IdOf(user), origin));
    if (!kept) {
      MEDLEY_RETURN_IF_ERROR(Keep(workspace, users.IdOf(user), origin, maker.Make(user)));
      ++report.made;
    } else {
      ++report.unchanged;
    }
    progress.Advance(1);
  }
  progress.End();
  MEDLEY_RETURN_IF_ERROR(workspace.store().PutValue(kAllMade, origin));
  report.seconds = watch.Seconds();
  return report;
}

Result<Json> UserProfile(const storage::Workspace& workspace,
                         const std::string& user,
                         std::string_view locale,
                         double seconds) {
  MEDLEY_ASSIGN_OR_RETURN(const auto profile, ProfileOf(workspace, user));
  Json out = {{"user", user}, {"profile", ToJson(profile)}, {"author", "template"}};
  out["sentence"] = understanding::ProfileSentence(profile, locale);
  if (seconds <= 0) return out;
  if (profile.likes.empty() && profile.dislikes.empty()) {
    out["template_because"] = "nothing_to_say";
    return out;
  }
  const auto text = Written(workspace, profile, locale, seconds);
  if (!text) {
    out["template_because"] =
        text.error().code == ErrorCode::kUnsupported ? "rejected" : "unavailable";
    out["message"] = text.error().message;
    return out;
  }
  out["author"] = "model";
  out["sentence"] = *text;
  return out;
}

}  // namespace medley::jobs

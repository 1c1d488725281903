#include "medley/encoders/model_file.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "medley/core/hash.h"
#include "medley/core/result.h"
#include "medley/inference/model_pack.h"

namespace medley::encoders {

Result<ModelFile> FindModelFile(const std::string& model, std::string_view part) {
  if (model.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                "this encoder needs 'model': a file, or a name from `medley models list`");
  }
  std::error_code ignored;
  if (model.find('/') == std::string::npos && !std::filesystem::is_regular_file(model, ignored)) {
    MEDLEY_ASSIGN_OR_RETURN(const inference::ModelPack pack, inference::ModelPack::Open());
    MEDLEY_ASSIGN_OR_RETURN(const inference::PackModel found, pack.Find(model));
    MEDLEY_ASSIGN_OR_RETURN(auto path, found.File(part));
    return ModelFile{.path = std::move(path), .fingerprint = found.fingerprint};
  }
  if (!std::filesystem::exists(model, ignored))
    return Fail(ErrorCode::kNotFound, "no model file " + model);
  MEDLEY_ASSIGN_OR_RETURN(std::string digest, Sha256OfFile(model));
  // The weights of an IR lie in a second file of the same name.
  auto weights = std::filesystem::path(model);
  if (weights.extension() == ".xml" &&
      std::filesystem::exists(weights.replace_extension(".bin"), ignored)) {
    MEDLEY_ASSIGN_OR_RETURN(const std::string more, Sha256OfFile(weights));
    digest += more;
  }
  return ModelFile{.path = model, .fingerprint = std::move(digest)};
}

}  // namespace medley::encoders

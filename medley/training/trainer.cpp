#include "medley/training/trainer.h"

#include <cblas.h>
#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "medley/core/result.h"
#include "medley/linalg/matrix.h"
#include "medley/training/network.h"
#include "medley/training/sound_trainer.h"
#include "medley/training/transformer_trainer.h"

namespace medley::training {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "medley-networks.so";

/// The top of the build tree that `folder` lies in; empty where it lies in none.
fs::path BuildTree(fs::path folder) {
  std::error_code error;
  for (; folder.has_relative_path(); folder = folder.parent_path()) {
    if (fs::exists(folder / "CMakeCache.txt", error)) return folder;
  }
  return {};
}

std::vector<fs::path> Candidates() {
  if (const char* given = std::getenv("MEDLEY_NETWORKS"); given != nullptr && *given != '\0')
    return {fs::path(given)};
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error).parent_path();
  if (self.empty()) return {};
  std::vector<fs::path> out = {self / kName, self.parent_path() / "lib" / "medley" / kName};
  if (const fs::path tree = BuildTree(self); !tree.empty()) out.push_back(tree / "bin" / kName);
  return out;
}

tl::unexpected<Error> Missing(const std::string& why) {
  return Fail(ErrorCode::kUnavailable,
              "networks can't be trained here: " + why +
                  "; install medley-networks.so beside the program, or set MEDLEY_NETWORKS to its "
                  "full name (trained networks answer without it)");
}

Result<const NetworkLibrary*> Load() {
  for (const auto& file : Candidates()) {
    // A name without a folder would be looked for in LD_LIBRARY_PATH.
    std::error_code error;
    if (!file.is_absolute() || !fs::is_regular_file(file, error)) continue;
    void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return Missing(dlerror());
    using Entry = const NetworkLibrary* (*)();
    const auto entry = reinterpret_cast<Entry>(dlsym(library, "medley_networks"));
    if (entry == nullptr) return Missing(file.string() + " is no library of Medley's");
    if (entry()->interface != kNetworkInterface)
      return Missing(file.string() + " belongs to another version of Medley");
    return entry();
  }
  return Missing("the library that trains them was not found");
}

}  // namespace

Result<const NetworkLibrary*> LoadNetworkLibrary() {
  // Never closed: libtorch's threads and registries don't survive it.
  static const Result<const NetworkLibrary*> library = Load();
  return library;
}

Result<std::unique_ptr<NetworkTrainer>> MakeTrainer(const TrainerOptions& options,
                                                    const Weights& start,
                                                    linalg::ConstMatrixView content,
                                                    std::span<const float> counts) {
  MEDLEY_RETURN_IF_ERROR(CheckShape(options.shape));
  MEDLEY_ASSIGN_OR_RETURN(const auto* library, LoadNetworkLibrary());
  // libtorch multiplies with the same BLAS as we do, whose own threads split sums by their number.
  openblas_set_num_threads(1);
  return library->make(options, start, content, counts);
}

Result<std::unique_ptr<SoundTrainer>> MakeSoundTrainer(const SoundTrainerOptions& options,
                                                       const Weights& start) {
  MEDLEY_RETURN_IF_ERROR(CheckShape(options.shape));
  MEDLEY_ASSIGN_OR_RETURN(const auto* library, LoadNetworkLibrary());
  openblas_set_num_threads(1);  // as above
  return library->make_sounds(options, start);
}

Result<std::unique_ptr<TransformerTrainer>> MakeTransformerTrainer(
    const TransformerTrainerOptions& options, const Weights& start) {
  MEDLEY_RETURN_IF_ERROR(CheckShape(options.shape));
  MEDLEY_ASSIGN_OR_RETURN(const auto* library, LoadNetworkLibrary());
  openblas_set_num_threads(1);  // as above
  return library->make_transformers(options, start);
}

}  // namespace medley::training

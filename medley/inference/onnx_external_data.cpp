#include "medley/inference/onnx_external_data.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/result.h"

namespace medley::inference {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{2} << 30;
constexpr int kMaxDepth = 64;

/// The messages of onnx.proto that a tensor can lie in, and the fields that lead to it.
enum class Message : std::uint8_t {
  kModel,
  kGraph,
  kNode,
  kAttribute,
  kSparseTensor,
  kFunction,
  kTraining,
  kTensor,
  kEntry
};

struct Child {
  Message parent;
  std::uint64_t field;
  Message message;
};
constexpr std::array kChildren = {
    Child{Message::kModel, 7, Message::kGraph},
    Child{Message::kModel, 20, Message::kTraining},
    Child{Message::kModel, 25, Message::kFunction},
    Child{Message::kTraining, 1, Message::kGraph},
    Child{Message::kTraining, 2, Message::kGraph},
    Child{Message::kFunction, 7, Message::kNode},
    Child{Message::kFunction, 11, Message::kAttribute},
    Child{Message::kGraph, 1, Message::kNode},
    Child{Message::kGraph, 5, Message::kTensor},
    Child{Message::kGraph, 15, Message::kSparseTensor},
    Child{Message::kNode, 5, Message::kAttribute},
    Child{Message::kAttribute, 5, Message::kTensor},
    Child{Message::kAttribute, 6, Message::kGraph},
    Child{Message::kAttribute, 10, Message::kTensor},
    Child{Message::kAttribute, 11, Message::kGraph},
    Child{Message::kAttribute, 22, Message::kSparseTensor},
    Child{Message::kAttribute, 23, Message::kSparseTensor},
    Child{Message::kSparseTensor, 1, Message::kTensor},
    Child{Message::kSparseTensor, 2, Message::kTensor},
    Child{Message::kTensor, 13, Message::kEntry},
};

/// One field of a protocol buffer message; `bytes` for the length-delimited kind only.
struct Field {
  std::uint64_t number = 0;
  std::optional<std::string_view> bytes;
};

/// Reads fields off the front of a message.
class FieldReader {
 public:
  explicit FieldReader(std::string_view message) : rest_(message) {}

  bool done() const { return rest_.empty(); }

  std::optional<Field> Next() {
    const auto tag = Varint();
    if (!tag) return std::nullopt;
    Field field{.number = *tag >> 3, .bytes = std::nullopt};
    switch (*tag & 7) {
      case 0:
        return Varint() ? std::optional(field) : std::nullopt;
      case 1:
        return Skip(8) ? std::optional(field) : std::nullopt;
      case 5:
        return Skip(4) ? std::optional(field) : std::nullopt;
      case 2: {
        const auto length = Varint();
        if (!length || *length > rest_.size()) return std::nullopt;
        field.bytes = rest_.substr(0, *length);
        rest_.remove_prefix(*length);
        return field;
      }
      default:
        return std::nullopt;
    }
  }

 private:
  std::optional<std::uint64_t> Varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 127U} << shift;
      if (byte < 128) return value;
    }
    return std::nullopt;
  }

  bool Skip(std::size_t bytes) {
    if (rest_.size() < bytes) return false;
    rest_.remove_prefix(bytes);
    return true;
  }

  std::string_view rest_;
};

Status Malformed() { return Fail(ErrorCode::kCorrupt, "it is no ONNX file, or a damaged one"); }

/// The value of a key-value entry whose key is "location".
std::optional<std::string> LocationOf(std::string_view entry) {
  std::string_view key;
  std::string_view value;
  for (FieldReader reader(entry); !reader.done();) {
    const auto field = reader.Next();
    if (!field) return std::nullopt;
    if (field->number == 1) key = field->bytes.value_or("");
    if (field->number == 2) value = field->bytes.value_or("");
  }
  if (key != "location") return std::nullopt;
  return std::string(value);
}

Status Collect(std::string_view message,
               Message kind,
               int depth,
               std::vector<std::string>& locations) {
  if (depth > kMaxDepth) return Fail(ErrorCode::kCorrupt, "its graphs nest too deep");
  if (kind == Message::kEntry) {
    if (auto location = LocationOf(message)) locations.push_back(*std::move(location));
    return {};
  }
  for (FieldReader reader(message); !reader.done();) {
    const auto field = reader.Next();
    if (!field) return Malformed();
    if (!field->bytes) continue;
    const auto* child = std::ranges::find_if(kChildren, [&](const Child& one) {
      return one.parent == kind && one.field == field->number;
    });
    if (child != kChildren.end()) {
      MEDLEY_RETURN_IF_ERROR(Collect(*field->bytes, child->message, depth + 1, locations));
    }
  }
  return {};
}

bool StaysInside(const std::filesystem::path& folder, const std::string& location) {
  const std::filesystem::path relative(location);
  if (location.empty() || relative.is_absolute() || location.find('\0') != std::string::npos)
    return false;
  if (std::ranges::find(relative, std::filesystem::path("..")) != relative.end()) return false;
  std::error_code error;
  const auto home = std::filesystem::canonical(folder, error);
  if (error) return false;
  const auto target = std::filesystem::weakly_canonical(home / relative, error);
  if (error) return false;
  return std::ranges::mismatch(home, target).in1 == home.end();
}

}  // namespace

Result<std::vector<std::string>> OnnxExternalFiles(const std::filesystem::path& model) {
  std::error_code error;
  const auto size = std::filesystem::file_size(model, error);
  if (error) return Fail(ErrorCode::kIo, model.string() + ": " + error.message());
  if (size > kMaxBytes)
    return Fail(ErrorCode::kLimitExceeded, model.string() + " is longer than an ONNX file can be");
  MEDLEY_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(model));
  std::vector<std::string> locations;
  if (auto status = Collect(file.text(), Message::kModel, 0, locations); !status)
    return Wrap(model.string(), status.error());
  const auto folder = model.has_parent_path() ? model.parent_path() : std::filesystem::path(".");
  for (const std::string& location : locations) {
    if (!StaysInside(folder, location)) {
      return Fail(
          ErrorCode::kInvalidInput,
          model.string() + " takes weights from '" + location +
              "', outside its own folder; put them beside the model and name them relatively");
    }
  }
  std::ranges::sort(locations);
  const auto repeated = std::ranges::unique(locations);
  locations.erase(repeated.begin(), repeated.end());
  return locations;
}

}  // namespace medley::inference

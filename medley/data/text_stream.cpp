#include "medley/data/text_stream.h"

#include <fcntl.h>
#include <simdjson.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/ucnv_err.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "medley/core/file.h"
#include "medley/core/result.h"

namespace medley::data {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

Result<Converter> OpenConverter(const std::string& name) {
  UErrorCode status = U_ZERO_ERROR;
  Converter converter(ucnv_open(name.c_str(), &status));
  if (U_FAILURE(status)) {
    return Fail(ErrorCode::kUnsupported,
                "unknown text encoding '" + name +
                    "'; known are utf-8, gbk, gb18030, big5, utf-16le, latin1, ...");
  }
  return converter;
}

void CountMalformed(const void* context,
                    UConverterToUnicodeArgs* args,
                    const char* units,
                    std::int32_t length,
                    UConverterCallbackReason reason,
                    UErrorCode* status) {
  if (reason <= UCNV_IRREGULAR) ++*static_cast<std::uint64_t*>(const_cast<void*>(context));
  UCNV_TO_U_CALLBACK_SUBSTITUTE(nullptr, args, units, length, reason, status);
}

/// UTF-16 without a mark: ASCII in it has a zero in every other byte.
std::string DetectUtf16(std::string_view sample) {
  std::size_t zeros[2] = {0, 0};
  for (std::size_t i = 0; i < sample.size(); ++i) zeros[i % 2] += sample[i] == '\0' ? 1 : 0;
  const std::size_t enough = sample.size() / 8;
  if (zeros[1] > enough && zeros[0] < zeros[1] / 8) return "utf-16le";
  if (zeros[0] > enough && zeros[1] < zeros[0] / 8) return "utf-16be";
  return {};
}

/// Cut before a UTF-8 character that the sample's end splits.
std::string_view WithoutSplitCharacter(std::string_view sample) {
  std::size_t tail = 0;
  while (tail < 3 && tail < sample.size() &&
         (static_cast<unsigned char>(sample[sample.size() - 1 - tail]) & 0xC0U) == 0x80)
    ++tail;
  if (tail < sample.size() &&
      (static_cast<unsigned char>(sample[sample.size() - 1 - tail]) & 0xC0U) == 0xC0) {
    return sample.substr(0, sample.size() - 1 - tail);
  }
  return sample;
}

bool IsAscii(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

}  // namespace

std::string DetectEncoding(std::string_view sample) {
  if (auto utf16 = DetectUtf16(sample); !utf16.empty()) return utf16;
  const auto whole = WithoutSplitCharacter(sample);
  if (simdjson::validate_utf8(whole.data(), whole.size())) return "utf-8";
  // GBK writes a character as two bytes, mostly both above 0xA0; accented letters stand alone among
  // ASCII.
  std::size_t pairs = 0;
  std::size_t alone = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const auto lead = static_cast<unsigned char>(sample[i]);
    if (lead < 0x80) continue;
    const auto trail = i + 1 < sample.size() ? static_cast<unsigned char>(sample[i + 1]) : 0;
    if (lead >= 0x81 && lead <= 0xFE && trail >= 0x80) {
      ++pairs;
      ++i;
    } else {
      ++alone;
    }
  }
  // A few broken bytes in a UTF-8 file must not make all of it GBK.
  std::size_t broken = 0;
  std::size_t lines = 0;
  for (std::size_t begin = 0; begin < whole.size();) {
    const std::size_t end = std::min(whole.find('\n', begin), whole.size());
    if (!IsAscii(whole.substr(begin, end - begin))) {
      ++lines;
      broken += simdjson::validate_utf8(whole.data() + begin, end - begin) ? 0 : 1;
    }
    begin = end + 1;
  }
  if (broken * 4 < lines) return "utf-8";
  return pairs > alone ? "gb18030" : "windows-1252";
}

struct TextStream::State {
  std::filesystem::path file;
  FileDescriptor fd;
  std::string encoding;
  std::string pending;  ///< read while detecting, not yet handed on
  Converter from;       ///< none for UTF-8
  Converter to;
  std::vector<UChar> pivot = std::vector<UChar>(4096);
  UChar* pivot_source = nullptr;
  UChar* pivot_target = nullptr;
  bool reset = true;
  bool at_end = false;
  bool flushed = false;
  std::uint64_t bytes_read = 0;
  std::uint64_t malformed = 0;

  Status ReadRaw(std::string& out) {
    std::string chunk(kChunk, '\0');
    while (true) {
      const ssize_t count = ::read(fd.get(), chunk.data(), chunk.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        return Fail(
            ErrorCode::kIo,
            "cannot read '" + file.string() + "': " + std::generic_category().message(errno));
      }
      bytes_read += static_cast<std::uint64_t>(count);
      at_end = count == 0;
      out.append(chunk.data(), static_cast<std::size_t>(count));
      return {};
    }
  }

  Status Detect();
  Status Convert(std::string_view raw, std::string& out);
};

Status TextStream::State::Detect() {
  MEDLEY_RETURN_IF_ERROR(ReadRaw(pending));
  const auto drop_mark = [&](std::string_view mark, const char* name) {
    if (!encoding.empty() || !std::string_view(pending).starts_with(mark)) return;
    pending.erase(0, mark.size());
    encoding = name;
  };
  drop_mark("\xEF\xBB\xBF", "utf-8");
  drop_mark("\xFF\xFE", "utf-16le");
  drop_mark("\xFE\xFF", "utf-16be");
  if (!encoding.empty()) return {};
  if (!IsAscii(pending) || pending.find('\0') != std::string::npos) {
    encoding = DetectEncoding(pending);
    return {};
  }
  // All ASCII so far: look on until something tells, without keeping what was looked at.
  std::string chunk;
  off_t offset = static_cast<off_t>(pending.size());
  chunk.resize(kChunk);
  encoding = "utf-8";
  while (true) {
    const ssize_t count = ::pread(fd.get(), chunk.data(), chunk.size(), offset);
    if (count <= 0) return {};
    const std::string_view seen(chunk.data(), static_cast<std::size_t>(count));
    const auto first =
        std::ranges::find_if(seen, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    if (first != seen.end()) {
      encoding = DetectEncoding(seen.substr(static_cast<std::size_t>(first - seen.begin())));
      return {};
    }
    offset += count;
  }
}

Status TextStream::State::Convert(std::string_view raw, std::string& out) {
  const char* source = raw.data();
  const char* source_end = raw.data() + raw.size();
  if (pivot_source == nullptr) pivot_source = pivot_target = pivot.data();
  while (true) {
    const std::size_t start = out.size();
    out.resize(start + raw.size() * 2 + 1024);
    char* target = out.data() + start;
    UErrorCode status = U_ZERO_ERROR;
    ucnv_convertEx(to.get(),
                   from.get(),
                   &target,
                   out.data() + out.size(),
                   &source,
                   source_end,
                   pivot.data(),
                   &pivot_source,
                   &pivot_target,
                   pivot.data() + pivot.size(),
                   static_cast<UBool>(reset),
                   static_cast<UBool>(at_end),
                   &status);
    reset = false;
    out.resize(static_cast<std::size_t>(target - out.data()));
    if (status == U_BUFFER_OVERFLOW_ERROR) continue;
    if (U_FAILURE(status))
      return Fail(ErrorCode::kIo, "cannot convert '" + file.string() + "' from " + encoding);
    return {};
  }
}

TextStream::TextStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
TextStream::TextStream(TextStream&&) noexcept = default;
TextStream& TextStream::operator=(TextStream&&) noexcept = default;
TextStream::~TextStream() = default;

Result<TextStream> TextStream::Open(const std::filesystem::path& file, std::string_view encoding) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    return Fail(
        std::filesystem::exists(file, error) ? ErrorCode::kInvalidInput : ErrorCode::kNotFound,
        std::filesystem::exists(file, error) ? "'" + file.string() + "' is no plain file"
                                             : "no file '" + file.string() + "'");
  }
  auto state = std::make_unique<State>();
  state->file = file;
  state->fd = FileDescriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!state->fd)
    return Fail(ErrorCode::kIo,
                "cannot open '" + file.string() + "': " + std::generic_category().message(errno));
  state->encoding = encoding;
  if (encoding.empty()) {
    MEDLEY_RETURN_IF_ERROR(state->Detect());
  } else {
    MEDLEY_RETURN_IF_ERROR(state->ReadRaw(state->pending));
    const bool utf16 = encoding.starts_with("utf-16") && (state->pending.starts_with("\xFF\xFE") ||
                                                          state->pending.starts_with("\xFE\xFF"));
    if (state->pending.starts_with("\xEF\xBB\xBF")) state->pending.erase(0, 3);
    if (utf16) state->pending.erase(0, 2);
  }
  MEDLEY_ASSIGN_OR_RETURN(state->from, OpenConverter(state->encoding));
  if (ucnv_getType(state->from.get()) == UCNV_UTF8) {
    state->from.reset();
  } else {
    MEDLEY_ASSIGN_OR_RETURN(state->to, OpenConverter("utf-8"));
    UErrorCode status = U_ZERO_ERROR;
    ucnv_setToUCallBack(
        state->from.get(), &CountMalformed, &state->malformed, nullptr, nullptr, &status);
  }
  return TextStream(std::move(state));
}

Result<bool> TextStream::Fill(std::string& buffer) {
  State& state = *state_;
  if (state.flushed) return false;
  std::string raw = std::exchange(state.pending, {});
  if (state.from == nullptr) {
    if (!raw.empty()) {
      buffer += raw;
      return true;
    }
    MEDLEY_RETURN_IF_ERROR(state.ReadRaw(buffer));
    state.flushed = state.at_end;
    return !state.at_end;
  }
  if (raw.empty()) MEDLEY_RETURN_IF_ERROR(state.ReadRaw(raw));
  const std::size_t before = buffer.size();
  MEDLEY_RETURN_IF_ERROR(state.Convert(raw, buffer));
  state.flushed = state.at_end;
  return !state.at_end || buffer.size() > before;
}

const std::string& TextStream::encoding() const { return state_->encoding; }
std::uint64_t TextStream::bytes_read() const { return state_->bytes_read; }
std::uint64_t TextStream::malformed() const { return state_->malformed; }

}  // namespace medley::data

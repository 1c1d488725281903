#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "medley/core/result.h"

namespace medley::data {

/// A text file as UTF-8, piece by piece, whatever its encoding: byte order marks are followed and
/// dropped; without one UTF-8, UTF-16, GBK (GB 18030) and Windows-1252 are told apart by the first
/// bytes that are not ASCII. Bytes that claim to be UTF-8 are handed on as they are: whoever takes
/// rows out of them checks them. Cost: a copy for UTF-8; about 200 MB/s for the others.
class TextStream {
 public:
  /// `encoding` is an ICU name ("gb18030", "utf-16le", "latin1"); empty: detected. Errors:
  /// kNotFound, kIo, kUnsupported for an unknown encoding.
  static Result<TextStream> Open(const std::filesystem::path& file, std::string_view encoding = {});
  TextStream(TextStream&&) noexcept;
  TextStream& operator=(TextStream&&) noexcept;
  ~TextStream();

  /// Appends some UTF-8 to `buffer`. False: the file is at its end.
  Result<bool> Fill(std::string& buffer);
  const std::string& encoding() const;
  std::uint64_t bytes_read() const;
  /// Characters that the encoding has not, replaced by U+FFFD.
  std::uint64_t malformed() const;

 private:
  struct State;
  explicit TextStream(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The encoding of a text by a sample of it: "utf-8", "utf-16le", "utf-16be", "gb18030",
/// "windows-1252".
std::string DetectEncoding(std::string_view sample);

}  // namespace medley::data

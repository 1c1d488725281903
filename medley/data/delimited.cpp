#include "medley/data/delimited.h"

#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/core/result.h"

namespace medley::data {
namespace {

constexpr std::size_t kMaxRowBytes = std::size_t{4} << 20;

std::size_t FindByte(const std::string& text, char byte, std::size_t from) {
  if (from >= text.size()) return std::string::npos;
  const void* found = std::memchr(text.data() + from, byte, text.size() - from);
  return found == nullptr ? std::string::npos
                          : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

std::string_view WithoutReturn(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

void DelimitedRows::SplitPlain(std::string_view line, DelimitedRow& row) const {
  const char* begin = line.data();
  const char* end = begin + line.size();
  if (delimiter_.size() == 1) {
    while (true) {
      const auto* stop = static_cast<const char*>(
          std::memchr(begin, delimiter_[0], static_cast<std::size_t>(end - begin)));
      if (stop == nullptr) break;
      row.cells.emplace_back(begin, static_cast<std::size_t>(stop - begin));
      begin = stop + 1;
    }
    row.cells.emplace_back(begin, static_cast<std::size_t>(end - begin));
    return;
  }
  std::size_t from = 0;
  for (std::size_t stop = line.find(delimiter_); stop != std::string_view::npos;
       stop = line.find(delimiter_, from)) {
    row.cells.push_back(line.substr(from, stop - from));
    from = stop + delimiter_.size();
  }
  row.cells.push_back(line.substr(from));
}

/// Parses one row at the front of `rest`, quotes and all, and sets `size` to its length without the
/// line end.
DelimitedRows::Quoted DelimitedRows::SplitQuoted(std::string_view rest,
                                                 DelimitedRow& row,
                                                 std::size_t& size) {
  std::size_t at = 0;
  while (true) {
    if (at < rest.size() && rest[at] == '"') {
      std::string& value = unquoted_.emplace_back();
      std::size_t from = at + 1;
      while (true) {
        const std::size_t quote = rest.find('"', from);
        if (quote == std::string_view::npos)
          return rest.size() > kMaxRowBytes || at_end_ ? Quoted::kNotClosed : Quoted::kNeedsMore;
        value.append(rest.substr(from, quote - from));
        from = quote + 1;
        // Whether the quote is doubled may stand in the next piece.
        if (from == rest.size() && !at_end_) return Quoted::kNeedsMore;
        if (from == rest.size() || rest[from] != '"') break;
        value += '"';
        ++from;
      }
      row.cells.emplace_back(value);
      at = from;
      if (rest.substr(at).starts_with("\r\n") || rest.substr(at) == "\r") ++at;
      if (at == rest.size() && !at_end_) return Quoted::kNeedsMore;
      if (at == rest.size() || rest[at] == '\n') {
        size = at;
        return Quoted::kGood;
      }
      if (!rest.substr(at).starts_with(delimiter_)) return Quoted::kLiteral;
      at += delimiter_.size();
      continue;
    }
    const std::size_t line_end = rest.find('\n', at);
    if (line_end == std::string_view::npos && !at_end_) {
      return rest.size() > kMaxRowBytes ? Quoted::kNotClosed : Quoted::kNeedsMore;
    }
    const std::size_t end = std::min(line_end, rest.size());
    const std::size_t stop = rest.substr(0, end).find(delimiter_, at);
    if (stop == std::string_view::npos) {
      row.cells.push_back(WithoutReturn(rest.substr(at, end - at)));
      size = end;
      return Quoted::kGood;
    }
    row.cells.push_back(rest.substr(at, stop - at));
    at = stop + delimiter_.size();
  }
}

Status DelimitedRows::ReadMore() {
  buffer_.erase(0, position_);
  position_ = 0;
  MEDLEY_ASSIGN_OR_RETURN(const bool more, stream_.Fill(buffer_));
  at_end_ = !more;
  return {};
}

/// Finds the end of the line at position_. False: nothing is left.
Result<bool> DelimitedRows::FindLineEnd(std::size_t& line_end) {
  std::size_t searched = position_;
  while (true) {
    line_end = FindByte(buffer_, '\n', searched);
    if (line_end != std::string::npos) return true;
    if (at_end_) {
      line_end = buffer_.size();
      return position_ < buffer_.size();
    }
    const std::size_t length = buffer_.size() - position_;
    MEDLEY_RETURN_IF_ERROR(ReadMore());
    searched = length;
    if (length > kMaxRowBytes) {
      // Hand out what there is: the row is refused, and the memory stays bounded.
      line_end = length;
      return true;
    }
  }
}

Result<bool> DelimitedRows::Next(DelimitedRow& row) {
  std::size_t line_end = 0;
  do {
    position_ = next_;
    MEDLEY_ASSIGN_OR_RETURN(const bool more, FindLineEnd(line_end));
    if (!more) return false;
    ++line_;
    next_ = std::min(line_end + 1, buffer_.size());
  } while (line_end == position_ || (line_end == position_ + 1 && buffer_[position_] == '\r'));

  row.cells.clear();
  row.malformed = {};
  row.line = line_;
  std::string_view line(buffer_.data() + position_, line_end - position_);
  if (std::memchr(line.data(), '"', line.size()) == nullptr) {
    row.text = WithoutReturn(line);
    SplitPlain(row.text, row);
  } else {
    MEDLEY_RETURN_IF_ERROR(NextQuoted(row, line.size()));
  }
  if (row.text.size() > kMaxRowBytes) {
    row.malformed = "the row is longer than 4 MiB";
  } else if (!simdjson::validate_utf8(row.text.data(), row.text.size())) {
    row.malformed = "the row is not valid UTF-8; is another --encoding meant?";
  }
  return true;
}

Status DelimitedRows::NextQuoted(DelimitedRow& row, std::size_t line_size) {
  std::size_t size = 0;
  Quoted result = Quoted::kNeedsMore;
  while (true) {
    row.cells.clear();
    unquoted_.clear();
    result = SplitQuoted(std::string_view(buffer_).substr(position_), row, size);
    if (result != Quoted::kNeedsMore) break;
    MEDLEY_RETURN_IF_ERROR(ReadMore());
  }
  if (result != Quoted::kGood) {
    row.cells.clear();
    row.text = WithoutReturn(std::string_view(buffer_).substr(position_, line_size));
    SplitPlain(row.text, row);
    // In a tab-separated text quotes are mostly just quotes.
    if (result == Quoted::kNotClosed && delimiter_ != "\t")
      row.malformed = "a quote is opened and never closed";
    next_ = std::min(position_ + line_size + 1, buffer_.size());
    return {};
  }
  row.text = WithoutReturn(std::string_view(buffer_).substr(position_, size));
  line_ += static_cast<std::uint64_t>(std::ranges::count(row.text, '\n'));
  next_ = std::min(position_ + size + 1, buffer_.size());
  return {};
}

std::string DetectDelimiter(std::string_view sample) {
  constexpr std::string_view kCandidates = ",\t;|";
  constexpr std::size_t kLines = 50;
  std::string best = ",";
  double best_score = 0;
  for (const char candidate : kCandidates) {
    std::vector<std::size_t> counts;
    std::size_t count = 0;
    bool quoted = false;
    for (const char c : sample) {
      if (c == '"') quoted = !quoted && candidate != '\t';
      if (quoted) continue;
      if (c == candidate) ++count;
      if (c == '\n') {
        counts.push_back(std::exchange(count, 0));
        if (counts.size() == kLines) break;
      }
    }
    if (count > 0 || counts.empty()) counts.push_back(count);
    if (counts.front() == 0) continue;
    const auto same = static_cast<double>(std::ranges::count(counts, counts.front()));
    // A tab or a bar is never there by chance; commas are in every title.
    const double score = same / static_cast<double>(counts.size()) + (candidate == '\t' ? 0.5 : 0);
    if (score > best_score) {
      best_score = score;
      best = std::string(1, candidate);
    }
  }
  return best;
}

}  // namespace medley::data

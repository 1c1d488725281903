#include "medley/serving/response_head.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <ctime>
#include <string>
#include <string_view>

#include "medley/serving/http.h"

namespace medley::serving {
namespace {

void Add(std::string& head, std::string_view name, std::string_view value) {
  assert(value.find_first_of("\r\n") == std::string_view::npos);
  head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string_view ReasonPhrase(int status) {
  struct Row {
    int status;
    std::string_view phrase;
  };
  static constexpr std::array kRows = {
      Row{200, "OK"},
      Row{201, "Created"},
      Row{204, "No Content"},
      Row{206, "Partial Content"},
      Row{304, "Not Modified"},
      Row{400, "Bad Request"},
      Row{401, "Unauthorized"},
      Row{403, "Forbidden"},
      Row{404, "Not Found"},
      Row{405, "Method Not Allowed"},
      Row{409, "Conflict"},
      Row{413, "Content Too Large"},
      Row{415, "Unsupported Media Type"},
      Row{416, "Range Not Satisfiable"},
      Row{421, "Misdirected Request"},
      Row{422, "Unprocessable Content"},
      Row{431, "Request Header Fields Too Large"},
      Row{500, "Internal Server Error"},
      Row{503, "Service Unavailable"},
      Row{504, "Gateway Timeout"},
  };
  const auto* row = std::ranges::find(kRows, status, &Row::status);
  return row == kRows.end() ? std::string_view() : row->phrase;
}

std::string HttpDate(std::time_t time) {
  static constexpr std::array<const char*, 7> kDays = {
      "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 32> clock{};
  std::strftime(clock.data(), clock.size(), " %Y %H:%M:%S GMT", &parts);
  std::array<char, 8> day{};
  std::strftime(day.data(), day.size(), ", %d ", &parts);
  return std::string(kDays.at(static_cast<std::size_t>(parts.tm_wday))) + day.data() +
         kMonths.at(static_cast<std::size_t>(parts.tm_mon)) + clock.data();
}

std::string ResponseHead(const HttpResponse& response, bool keep_alive, std::string_view date) {
  std::string head;
  head.reserve(512);
  head.append("HTTP/1.1 ")
      .append(std::to_string(response.status))
      .append(" ")
      .append(ReasonPhrase(response.status))
      .append("\r\n");
  Add(head, "Date", date);
  if (!response.content_type.empty()) Add(head, "Content-Type", response.content_type);
  bool has_policy = false;
  for (const auto& [name, value] : response.headers) {
    Add(head, name, value);
    has_policy = has_policy || name == "Content-Security-Policy";
  }
  if (!has_policy)
    Add(head, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  Add(head, "X-Content-Type-Options", "nosniff");
  Add(head, "Referrer-Policy", "no-referrer");
  Add(head, "Cross-Origin-Resource-Policy", "same-origin");
  if (response.streamed())
    Add(head, "Transfer-Encoding", "chunked");
  else if (response.status != 204 && response.status != 304)
    Add(head, "Content-Length", std::to_string(response.size()));
  Add(head, "Connection", keep_alive ? "keep-alive" : "close");
  return head.append("\r\n");
}

}  // namespace medley::serving

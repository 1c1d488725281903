#include "medley/serving/origin_guard.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace medley::serving {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool IsPort(std::string_view text) {
  return text.size() <= 5 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string HostName(std::string_view authority) {
  std::size_t end = 0;
  if (authority.starts_with('[')) {
    end = authority.find(']');
    if (end == std::string_view::npos) return {};
    ++end;
  } else {
    end = std::min(authority.find(':'), authority.size());
  }
  const std::string_view port = authority.substr(end);
  if (!port.empty() && (port.front() != ':' || !IsPort(port.substr(1)))) return {};
  std::string name = Lower(authority.substr(0, end));
  if (name.find_first_of("/@?#\\ \t,") != std::string::npos) return {};
  if (name.size() > 1 && name.ends_with('.')) name.pop_back();
  return name;
}

OriginGuard::OriginGuard(std::vector<std::string> hosts, std::vector<std::string> origins)
    : origins_(std::move(origins)) {
  hosts_ = {"localhost", "127.0.0.1", "[::1]"};
  for (const auto& host : hosts) hosts_.push_back(HostName(host));
  std::erase(hosts_, std::string());
  for (auto& origin : origins_) origin = Lower(origin);
}

bool OriginGuard::HostAllowed(std::string_view host_header) const {
  const std::string name = HostName(host_header);
  return !name.empty() && std::ranges::find(hosts_, name) != hosts_.end();
}

bool OriginGuard::OriginAllowed(std::string_view origin, std::string_view host_header) const {
  if (origin.empty()) return true;
  const std::string lower = Lower(origin);
  const std::string host = Lower(host_header);
  if (lower == "http://" + host || lower == "https://" + host) return true;
  return std::ranges::find(origins_, lower) != origins_.end();
}

}  // namespace medley::serving

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "medley/core/result.h"

namespace medley::serving {

/// The name in a Host header or an origin's authority, lower case, without the port:
/// "LocalHost:8080" gives "localhost",
/// "[::1]:80" gives "[::1]". Empty: it is none.
std::string HostName(std::string_view authority);

/// Keeps other web pages from using this server through a visitor's browser. A page whose name was
/// rebound to 127.0.0.1 sends its own name as Host; a page elsewhere that posts here sends its own
/// Origin. Both are refused. Threads: immutable.
class OriginGuard {
 public:
  /// `hosts`: names to answer to beside localhost, 127.0.0.1 and [::1]. `origins`: pages
  /// ("https://shop.example") that may change things here.
  OriginGuard(std::vector<std::string> hosts, std::vector<std::string> origins);

  bool HostAllowed(std::string_view host_header) const;
  /// Same origin as `host_header` names, or one of the list. An empty `origin` (no browser, or an
  /// old one) is allowed.
  bool OriginAllowed(std::string_view origin, std::string_view host_header) const;

 private:
  std::vector<std::string> hosts_;
  std::vector<std::string> origins_;
};

}  // namespace medley::serving

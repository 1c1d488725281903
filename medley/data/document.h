#pragma once

#include <string>

namespace medley::data {

/// A text that questions are answered from: a policy, a page of help, an order.
struct Document {
  std::string id;
  std::string title;
  std::string user;    ///< whose it is: nobody else is answered from it; "": everybody's
  std::string locale;  ///< "en", "zh-CN"; "": not said
  std::string text;
};

}  // namespace medley::data

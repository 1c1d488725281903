#pragma once

#include <functional>
#include <map>
#include <string>

#include "medley/linalg/matrix.h"

namespace medley::training {

/// Learnable matrices by name; linear maps are stored output x input, biases and norms as one row.
using Weights = std::map<std::string, linalg::Matrix, std::less<>>;

}  // namespace medley::training

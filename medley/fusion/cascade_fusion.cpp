#include "medley/fusion/cascade_fusion.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "medley/alignment/tape.h"
#include "medley/core/parameters.h"
#include "medley/core/random.h"
#include "medley/fusion/trained_fusion.h"
#include "medley/linalg/matrix.h"

namespace medley::fusion {
namespace {

std::string In(std::size_t slot) { return "cascade/in/" + std::to_string(slot); }
std::string Out(std::size_t slot) { return "cascade/out/" + std::to_string(slot); }

}  // namespace

std::vector<ParameterSpec> CascadeFusion::Specs() {
  auto specs = TrainedFusion::Specs();
  specs.push_back({"order",
                   std::string("text,image,audio,video"),
                   "Which modality comes after which; those not named come last",
                   0,
                   0,
                   {}});
  return specs;
}

CascadeFusion::CascadeFusion(const Parameters& parameters) : TrainedFusion(parameters) {
  std::string words = parameters.Text("order");
  std::replace(words.begin(), words.end(), ',', ' ');
  std::istringstream in(words);
  for (std::string word; in >> word;) order_.push_back(word);
}

void CascadeFusion::DrawJoin(const Random& random) {
  const std::size_t d = dimension();
  for (std::size_t slot = 0; slot < spaces().size(); ++slot) {
    weights()[In(slot)] = alignment::DrawNormal(
        d, 2 * d, 1 / std::sqrt(2 * static_cast<double>(d)), random.Fork(slot));
    weights()[Out(slot)] = linalg::Matrix(d, d);
  }
}

bool CascadeFusion::JoinFits() const {
  const std::size_t d = dimension();
  for (std::size_t slot = 0; slot < spaces().size(); ++slot) {
    const auto in = weights().find(In(slot));
    const auto out = weights().find(Out(slot));
    if (in == weights().end() || out == weights().end() || in->second.rows() != d ||
        in->second.cols() != 2 * d || out->second.rows() != d || out->second.cols() != d)
      return false;
  }
  return true;
}

alignment::Tape::Node CascadeFusion::Join(alignment::Tape& tape,
                                          std::span<const Part> parts) const {
  std::vector<Part> sorted(parts.begin(), parts.end());
  std::ranges::stable_sort(sorted, {}, [this](const Part& part) {
    return std::ranges::find(order_, part.space) - order_.begin();
  });
  auto z = tape.Input(linalg::Matrix(tape.Value(parts.front().vectors).rows(), dimension()));
  for (const Part& part : sorted) {
    const std::array both = {z, part.vectors};
    const auto inner =
        tape.Tanh(tape.Linear(tape.SideBySide(both), weights().find(In(part.slot))->second));
    const auto correction = tape.Linear(inner, weights().find(Out(part.slot))->second);
    z = tape.Add(z, tape.ScaleRows(tape.Add(part.vectors, correction), part.factors));
  }
  return z;
}

}  // namespace medley::fusion

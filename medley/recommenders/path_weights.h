#pragma once

#include <span>
#include <vector>

#include "medley/linalg/matrix.h"

namespace medley::recommenders {

/// Learns how much each of several reasons counts for what people choose: the w >= 0 that minimise
///   sum over the rows d of ln(1 + exp(-w . d)) + rows x ridge / 2 x |w|^2,
/// each row what the reasons say for something chosen less what they say for something drawn.
/// Newton's method; reasons that would count against are taken out, the worst first. Missing: 0 for
/// a column without entries, and for all where there are no rows. Cost: rows x columns^2 / 2 a
/// step, about 8 steps. Source: pairwise logistic loss, Rendle et al. 2009.
std::vector<double> LearnPathWeights(const linalg::Matrix& differences, double ridge);

}  // namespace medley::recommenders

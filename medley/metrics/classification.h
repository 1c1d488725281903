#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace medley::metrics {

/// How well yes-or-no answers, probabilities and ratings are predicted, pair by pair.
/// Shapes: all spans of one call are equally long. Missing: no NaN; 0 of nothing.

/// Of yes-or-no answers; "yes" is the positive class.
struct LabelScores {
  double accuracy = 0;   ///< right / all
  double precision = 0;  ///< right yes / predicted yes, 0 where none is predicted
  double recall = 0;     ///< right yes / true yes, 0 where there is none
  double f1 = 0;         ///< harmonic mean of both, 0 where either is
};
/// Shapes: 0 is no, anything else yes.
LabelScores ScoreLabels(std::span<const std::uint8_t> truth,
                        std::span<const std::uint8_t> predicted);

/// Mean of -ln of the probability given to what was true, each kept kLogLossMargin away from 0
/// and 1. Units: nats.
inline constexpr double kLogLossMargin = 0x1p-52;
double LogLoss(std::span<const std::uint8_t> truth, std::span<const double> probability);

/// How far probabilities are from how often they come true: over `bins` intervals of equal width,
/// open on the left except the first, the mean of |mean probability - share of yes|, weighed by how
/// many fall into each. Shapes: probabilities in [0, 1]; bins > 0. Source: Naeini, Cooper,
/// Hauskrecht, 2015.
inline constexpr std::size_t kCalibrationBins = 10;
double ExpectedCalibrationError(std::span<const std::uint8_t> truth,
                                std::span<const double> probability,
                                std::size_t bins = kCalibrationBins);

/// The mean of the users' AUCs, each weighed by the user's number of pairs. Missing: users whose
/// answers are all alike have no AUC and are left out; 0.5 where none has one. Source: Zhou et al.,
/// Deep Interest Network, 2018.
double Gauc(std::span<const std::uint32_t> user,
            std::span<const double> scores,
            std::span<const std::uint8_t> truth);

/// The root of the mean squared difference.
double Rmse(std::span<const double> truth, std::span<const double> predicted);
/// The mean absolute difference.
double Mae(std::span<const double> truth, std::span<const double> predicted);

}  // namespace medley::metrics

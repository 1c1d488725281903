#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "medley/linalg/matrix.h"

namespace medley::linalg {

/// The inner loops of everything that computes with vectors. One source, compiled for several
/// instruction sets; the best that this CPU has is chosen at the first call. Sums run in a fixed
/// order, so that the same CPU always gives the same bits. Threads: any.

/// Sum of a[i] * b[i]. Shapes: equal sizes.
float Dot(std::span<const float> a, std::span<const float> b);
/// Sum of a[i]^2.
float SquaredNorm(std::span<const float> a);
/// y += scale * x. Shapes: equal sizes.
void Axpy(float scale, std::span<const float> x, std::span<float> y);
/// x *= scale.
void Scale(float scale, std::span<float> x);
/// Brings x to length 1. Missing: false, and x untouched, where it is all zeros or not finite.
bool Normalize(std::span<float> x);
/// out[r] = <row r, x>. Shapes: x has matrix.cols, out has matrix.rows.
void TimesVector(ConstMatrixView matrix, std::span<const float> x, std::span<float> out);
/// out += sum over k of (targets[k] + factors[k] <row rows[k], x>) row rows[k]: what a few rows of
/// a matrix add to the normal equations of least squares, times x. Shapes: rows, factors and
/// targets (or none: 0) of one size; x and out have matrix.cols; out is not x.
void AddProjections(ConstMatrixView matrix,
                    std::span<const std::uint32_t> rows,
                    std::span<const float> targets,
                    std::span<const float> factors,
                    std::span<const float> x,
                    std::span<float> out);
/// Whether none is NaN or infinite.
bool AllFinite(std::span<const float> x);
/// All values that exceed `bound`, and where they stand, in order; returns how many. Shapes:
/// indices and values at least as long as x.
std::size_t GatherAbove(std::span<const float> x,
                        float bound,
                        std::span<std::uint32_t> indices,
                        std::span<float> values);
/// The first index >= `from` whose value exceeds `bound`; x.size() where there is none. NaN exceeds
/// nothing.
std::size_t NextAbove(std::span<const float> x, std::size_t from, float bound);

/// The instruction set in use ("AVX2", "AVX3", "SSE4"...), for `medley doctor` and benchmark
/// reports.
std::string_view KernelTarget();

}  // namespace medley::linalg

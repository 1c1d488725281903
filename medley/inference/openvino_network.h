#pragma once

// Of this folder alone: what shows OpenVINO's own types.

#include <exception>
#include <memory>
#include <openvino/openvino.hpp>
#include <string>

#include "medley/core/result.h"
#include "medley/inference/network.h"

namespace medley::inference {

/// One runtime a process: it holds the plug-ins.
ov::Core& Runtime();

/// OpenVINO's messages begin with lines of where in its sources the exception comes from; the
/// reason is the last line.
std::string ReasonOf(const std::exception& error);

/// Compiles a network in memory; throws what OpenVINO throws.
struct NetworkOf {
  static Network Compile(const std::shared_ptr<ov::Model>& model, const NetworkOptions& options);
};

}  // namespace medley::inference

#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "medley/core/result.h"
#include "medley/jobs/encoder_bench.h"
#include "medley/pipeline/engine.h"
#include "medley/serving/http.h"
#include "medley/serving/live_answers.h"
#include "medley/serving/live_search.h"
#include "medley/serving/options.h"
#include "medley/serving/query_encoder.h"
#include "medley/serving/request_metrics.h"
#include "medley/serving/target.h"
#include "medley/serving/workspace_watch.h"

namespace medley::serving {

/// What the handlers work on. Threads: all of it from any number at once.
struct Service {
  Service(pipeline::Engine& served, const ServeOptions& serve_options)
      : engine(served),
        options(serve_options),
        search(served),
        answers(served),
        bench(served.workspace()),
        encoder(served.workspace(), bench),
        watch(served, bench) {}

  pipeline::Engine& engine;
  const ServeOptions options;
  RequestMetrics metrics;
  LiveSearch search;
  LiveAnswers answers;
  jobs::EncoderBench bench;
  QueryEncoder encoder;
  WorkspaceWatch watch;
  std::atomic<bool> stopping{false};
};

/// One request on its way to its handler.
struct Call {
  const HttpRequest& request;
  const Query& query;
  const std::vector<std::string>& path;  ///< values of the pattern's {names}, in order
};

/// Errors become answers in one place (problem.h).
using Handler = Result<HttpResponse> (*)(Service& service, const Call& call);

}  // namespace medley::serving

#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "medley/core/json.h"
#include "medley/serving/http.h"

namespace medley::serving {

/// The figures behind /metrics. Threads: any. Cost of Finished: about a microsecond.
class RequestMetrics {
 public:
  RequestMetrics();

  void Started() { in_flight_->Increment(); }
  /// `route`: the pattern, or "console", "refused": never what a client wrote, which would let it
  /// make labels without end.
  void Finished(Method method, std::string_view route, int status, double seconds);
  void ConnectionOpened() { connections_->Increment(); }
  void ConnectionClosed() { connections_->Decrement(); }
  void Recommended(std::size_t items);
  void EventsAccepted(std::size_t added, std::size_t rejected);

  /// The text of /metrics, with what Engine::State says at this moment.
  std::string Text(const Json& state);

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>* requests_;
  prometheus::Family<prometheus::Histogram>* seconds_;
  prometheus::Family<prometheus::Gauge>* catalogue_;
  prometheus::Family<prometheus::Gauge>* models_;
  prometheus::Gauge* in_flight_;
  prometheus::Gauge* connections_;
  prometheus::Counter* recommendations_;
  prometheus::Counter* recommended_items_;
  prometheus::Counter* events_accepted_;
  prometheus::Counter* events_rejected_;
};

}  // namespace medley::serving

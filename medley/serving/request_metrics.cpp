#include "medley/serving/request_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "medley/core/json.h"
#include "medley/serving/http.h"

namespace medley::serving {
namespace {

const prometheus::Histogram::BucketBoundaries& Buckets() {
  static const prometheus::Histogram::BucketBoundaries buckets = {
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return buckets;
}

prometheus::Counter* OneCounter(prometheus::Registry& registry,
                                const char* name,
                                const char* help) {
  return &prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Gauge* OneGauge(prometheus::Registry& registry, const char* name, const char* help) {
  return &prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

RequestMetrics::RequestMetrics() : registry_(std::make_shared<prometheus::Registry>()) {
  prometheus::Registry& r = *registry_;
  requests_ = &prometheus::BuildCounter()
                   .Name("medley_http_requests_total")
                   .Help("Requests answered")
                   .Register(r);
  seconds_ = &prometheus::BuildHistogram()
                  .Name("medley_http_request_seconds")
                  .Help(
                      "From the end of the request's header to the answer's being ready; of a "
                      "streamed one, to its end")
                  .Register(r);
  catalogue_ = &prometheus::BuildGauge()
                    .Name("medley_catalog_size")
                    .Help("Users, items and events in the store")
                    .Register(r);
  models_ = &prometheus::BuildGauge()
                 .Name("medley_model_info")
                 .Help("1 for the version of each model in use")
                 .Register(r);
  in_flight_ = OneGauge(r, "medley_http_in_flight", "Requests being answered");
  connections_ = OneGauge(r, "medley_http_connections", "Connections open");
  recommendations_ =
      OneCounter(r, "medley_recommendations_total", "Lists of recommendations served");
  recommended_items_ = OneCounter(r, "medley_recommended_items_total", "Items in the lists served");
  events_accepted_ = OneCounter(r, "medley_events_accepted_total", "Events added to the store");
  events_rejected_ = OneCounter(r, "medley_events_rejected_total", "Events refused");
}

void RequestMetrics::Finished(Method method, std::string_view route, int status, double seconds) {
  in_flight_->Decrement();
  const std::string route_label(route);
  requests_
      ->Add({{"method", std::string(MethodName(method))},
             {"route", route_label},
             {"status", std::to_string(status)}})
      .Increment();
  seconds_->Add({{"route", route_label}}, Buckets()).Observe(seconds);
}

void RequestMetrics::Recommended(std::size_t items) {
  recommendations_->Increment();
  recommended_items_->Increment(static_cast<double>(items));
}

void RequestMetrics::EventsAccepted(std::size_t added, std::size_t rejected) {
  events_accepted_->Increment(static_cast<double>(added));
  events_rejected_->Increment(static_cast<double>(rejected));
}

std::string RequestMetrics::Text(const Json& state) {
  for (const char* kind : {"users", "items", "events"}) {
    if (const auto count = state.find(kind); count != state.end() && count->is_number()) {
      catalogue_->Add({{"kind", kind}}).Set(count->get<double>());
    }
  }
  for (auto& family : models_->Collect()) {
    for (const auto& metric : family.metric) {
      prometheus::Labels labels;
      for (const auto& label : metric.label) labels[label.name] = label.value;
      models_->Add(labels).Set(0);
    }
  }
  if (const auto models = state.find("models"); models != state.end() && models->is_object()) {
    for (const auto& [name, version] : models->items()) {
      if (version.is_string())
        models_->Add({{"recommender", name}, {"version", version.get<std::string>()}}).Set(1);
    }
  }
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

}  // namespace medley::serving

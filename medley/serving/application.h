#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "medley/serving/http.h"
#include "medley/serving/origin_guard.h"
#include "medley/serving/routes.h"
#include "medley/serving/service.h"
#include "medley/serving/target.h"

namespace medley::serving {

/// From a request to its answer, knowing nothing of sockets: checks, finds the route, calls the
/// handler, turns errors into answers and counts. Threads: any number at once.
class Application {
 public:
  explicit Application(Service& service);

  /// What the header alone decides, before a byte of the body is read.
  struct Admission {
    std::optional<HttpResponse>
        refusal;  ///< the answer; the body, if there is one, need not be read
    std::size_t body_limit = 0;
    Work work = Work::kDirect;

    const Route* route = nullptr;  ///< nullptr: the console
    Query query;
    std::vector<std::string> path;
    std::chrono::steady_clock::time_point received;
  };
  Admission Admit(const HttpRequest& head);

  /// The answer of an admitted request. Never fails: what goes wrong is an answer too.
  HttpResponse Handle(const HttpRequest& request, const Admission& admission);

  /// For requests that the server gives up before or instead of handling them.
  HttpResponse Refuse(const HttpRequest& request, const Admission& admission, HttpResponse refusal);

  Service& service() { return service_; }

 private:
  std::optional<HttpResponse> CheckOrigin(const HttpRequest& head) const;
  std::optional<HttpResponse> CheckKey(const HttpRequest& head, const Target& target) const;
  std::optional<HttpResponse> FindRoute(const HttpRequest& head,
                                        const Target& target,
                                        Admission& admission) const;
  std::optional<HttpResponse> CheckBodyType(const HttpRequest& head,
                                            const Admission& admission) const;
  std::optional<HttpResponse> Check(const HttpRequest& head, Admission& admission) const;
  void Count(Method method, const Admission& admission, int status);
  void CountAtEnd(Method method, const Admission& admission, int status, StreamedBody& body);

  Service& service_;
  OriginGuard guard_;
};

}  // namespace medley::serving

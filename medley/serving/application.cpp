#include "medley/serving/application.h"

#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "medley/core/log.h"
#include "medley/core/result.h"
#include "medley/serving/handlers.h"
#include "medley/serving/http.h"
#include "medley/serving/options.h"
#include "medley/serving/problem.h"
#include "medley/serving/routes.h"
#include "medley/serving/target.h"

namespace medley::serving {
namespace {

std::vector<std::string> HostsOf(const ServeOptions& options) {
  std::vector<std::string> hosts = options.hosts;
  hosts.push_back(options.host.find(':') == std::string::npos ? options.host
                                                              : "[" + options.host + "]");
  return hosts;
}

bool ChangesState(Method method) {
  return method != Method::kGet && method != Method::kHead && method != Method::kOptions;
}

/// In a time that depends on the lengths alone.
bool EqualSecrets(std::string_view given, std::string_view secret) {
  unsigned difference = given.size() == secret.size() ? 0 : 1;
  for (std::size_t i = 0; i < secret.size(); ++i) {
    const char c = i < given.size() ? given[i] : '\0';
    difference |= static_cast<unsigned>(static_cast<unsigned char>(c) ^
                                        static_cast<unsigned char>(secret[i]));
  }
  return difference == 0;
}

std::string Joined(const std::vector<Method>& methods) {
  std::string list;
  for (const Method method : methods) {
    list += std::string(MethodName(method)) + ", ";
    if (method == Method::kGet) list += "HEAD, ";
  }
  return list + "OPTIONS";
}

bool IsJsonType(std::string_view type) {
  const std::string_view essence = type.substr(0, type.find_first_of("; "));
  return essence.empty() || essence == "application/json" || essence.ends_with("+json");
}

bool IsMediaType(std::string_view type) {
  return type.starts_with("image/") || type.starts_with("audio/");
}

std::string_view RouteLabel(const Application::Admission& admission, int status) {
  if (admission.route != nullptr) return admission.route->pattern;
  return status >= 400 ? "refused" : "console";
}

}  // namespace

Application::Application(Service& service)
    : service_(service), guard_(HostsOf(service.options), service.options.origins) {}

std::optional<HttpResponse> Application::CheckOrigin(const HttpRequest& head) const {
  if (!guard_.HostAllowed(head.headers.host)) {
    return ProblemResponse(HttpFault::kMisdirected,
                           "the Host header names none of this server's hosts; add yours to hosts "
                           "in the [serve] section of medley.toml");
  }
  if (ChangesState(head.method) && !guard_.OriginAllowed(head.headers.origin, head.headers.host)) {
    return ProblemResponse(HttpFault::kForbidden,
                           "a page of another origin may change nothing here; add it to origins in "
                           "the [serve] section of medley.toml");
  }
  return std::nullopt;
}

std::optional<HttpResponse> Application::CheckKey(const HttpRequest& head,
                                                  const Target& target) const {
  if (service_.options.api_key.empty() || !target.path.starts_with("/api/")) return std::nullopt;
  // Whoever knows a hash knows the content; pictures in a page can't send a header.
  if (target.path.starts_with("/api/v1/health/") || target.path.starts_with("/api/v1/media/"))
    return std::nullopt;
  constexpr std::string_view kScheme = "Bearer ";
  std::string_view given = head.headers.authorization;
  if (given.starts_with(kScheme)) {
    given.remove_prefix(kScheme.size());
    if (EqualSecrets(given, service_.options.api_key)) return std::nullopt;
  }
  HttpResponse refusal =
      ProblemResponse(HttpFault::kUnauthorized, "send the header Authorization: Bearer <key>");
  refusal.headers.push_back({"WWW-Authenticate", "Bearer"});
  return refusal;
}

std::optional<HttpResponse> Application::FindRoute(const HttpRequest& head,
                                                   const Target& target,
                                                   Admission& admission) const {
  RouteMatch match = MatchRoute(head.method, target);
  const bool console = match.allowed.empty() && !target.path.starts_with("/api/");
  if (console) match.allowed = {Method::kGet};
  if (match.allowed.empty()) {
    return ProblemResponse(
        {ErrorCode::kNotFound, "no such address; the API is described at /api/v1/openapi.json"});
  }
  const bool reads = head.method == Method::kGet || head.method == Method::kHead;
  if (match.route == nullptr && !(console && reads)) {
    HttpResponse refusal;
    refusal.status = 204;
    if (head.method != Method::kOptions) {
      refusal = ProblemResponse(HttpFault::kMethodNotAllowed,
                                "this address knows " + Joined(match.allowed));
    }
    refusal.headers.push_back({"Allow", Joined(match.allowed)});
    return refusal;
  }
  admission.route = match.route;
  admission.path = std::move(match.path);
  return std::nullopt;
}

std::optional<HttpResponse> Application::CheckBodyType(const HttpRequest& head,
                                                       const Admission& admission) const {
  const std::string& type = head.headers.content_type;
  if (admission.route->body == BodyKind::kJson && !IsJsonType(type)) {
    return ProblemResponse(HttpFault::kUnsupportedMediaType,
                           "the body must be JSON: send Content-Type: application/json");
  }
  if (admission.route->body == BodyKind::kUpload && !IsMediaType(type)) {
    return ProblemResponse(HttpFault::kUnsupportedMediaType,
                           "the body must be a picture or a sound: send its Content-Type, "
                           "image/jpeg or audio/wav for instance");
  }
  return std::nullopt;
}

std::optional<HttpResponse> Application::Check(const HttpRequest& head,
                                               Admission& admission) const {
  if (auto refusal = CheckOrigin(head)) return refusal;
  auto target = Target::Parse(head.target);
  if (!target) return ProblemResponse(target.error());
  if (auto refusal = CheckKey(head, *target)) return refusal;
  if (auto refusal = FindRoute(head, *target, admission)) return refusal;
  if (admission.route == nullptr) return std::nullopt;
  auto query = Query::Parse(target->query);
  if (!query) return ProblemResponse(query.error());
  if (auto known = query->CheckKnown(admission.route->parameters); !known)
    return ProblemResponse(known.error());
  admission.query = *std::move(query);
  admission.work = admission.route->work;
  if (admission.route->body == BodyKind::kJson)
    admission.body_limit = service_.options.max_batch_bytes;
  if (admission.route->body == BodyKind::kUpload)
    admission.body_limit = service_.options.max_upload_bytes;
  return CheckBodyType(head, admission);
}

Application::Admission Application::Admit(const HttpRequest& head) {
  Admission admission;
  admission.received = std::chrono::steady_clock::now();
  service_.metrics.Started();
  if (auto refusal = Check(head, admission)) {
    admission.refusal = Refuse(head, admission, *std::move(refusal));
  }
  return admission;
}

HttpResponse Application::Handle(const HttpRequest& request, const Admission& admission) {
  HttpResponse response;
  try {
    Result<HttpResponse> answer = HttpResponse();
    if (admission.route == nullptr) {
      answer =
          GetConsole(request, std::string_view(request.target).substr(0, request.target.find('?')));
    } else {
      answer = admission.route->handler(service_, Call{request, admission.query, admission.path});
    }
    response = answer ? *std::move(answer) : ProblemResponse(answer.error());
  } catch (const std::exception& exception) {
    // Memory that ran out, or a bug of ours: it costs this request, not the server.
    response =
        ProblemResponse({ErrorCode::kInternal, std::string("internal error: ") + exception.what()});
  }
  auto* streamed = std::get_if<StreamedBody>(&response.body);
  if (streamed == nullptr) {
    Count(request.method, admission, response.status);
  } else {
    CountAtEnd(request.method, admission, response.status, *streamed);
  }
  return response;
}

HttpResponse Application::Refuse(const HttpRequest& request,
                                 const Admission& admission,
                                 HttpResponse refusal) {
  Count(request.method, admission, refusal.status);
  return refusal;
}

void Application::Count(Method method, const Admission& admission, int status) {
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - admission.received;
  service_.metrics.Finished(method, RouteLabel(admission, status), status, taken.count());
}

void Application::CountAtEnd(Method method,
                             const Admission& admission,
                             int status,
                             StreamedBody& body) {
  // Whoever holds the body last lets go of it: after the last word, or when its reader went away.
  const std::shared_ptr<void> end(
      nullptr,
      [this, method, status, route = RouteLabel(admission, status), received = admission.received](
          void* /*nothing*/) {
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - received;
        service_.metrics.Finished(method, route, status, taken.count());
      });
  body.write = [end, write = std::move(body.write)](const SendPiece& send) { write(send); };
}

}  // namespace medley::serving

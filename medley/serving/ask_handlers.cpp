#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "medley/answers/answerer.h"
#include "medley/answers/document_answer.h"
#include "medley/answers/passage_writer.h"
#include "medley/answers/question_parser.h"
#include "medley/answers/search.h"
#include "medley/core/json.h"
#include "medley/core/result.h"
#include "medley/data/json_fields.h"
#include "medley/data/text_check.h"
#include "medley/serving/ask_sources.h"
#include "medley/serving/batch.h"
#include "medley/serving/handlers.h"
#include "medley/serving/http.h"
#include "medley/serving/problem.h"
#include "medley/serving/service.h"

namespace medley::serving {
namespace {

struct AskRequest {
  std::string question;
  std::string user;
  std::string session;
};

Result<AskRequest> RequestOf(const HttpRequest& request) {
  MEDLEY_ASSIGN_OR_RETURN(const Json body, ReadJsonBody(request));
  if (!body.is_object())
    return Fail(ErrorCode::kInvalidInput, "the body must be an object with a 'question'");
  data::JsonFields fields(body, "question");
  AskRequest ask;
  ask.question = fields.Text("question");
  ask.user = fields.Text("user");
  ask.session = fields.Text("session");
  MEDLEY_RETURN_IF_ERROR(fields.Finish());
  if (!ask.user.empty()) MEDLEY_RETURN_IF_ERROR(data::CheckId("user", ask.user));
  if (!ask.session.empty()) MEDLEY_RETURN_IF_ERROR(data::CheckId("session", ask.session));
  return ask;
}

Result<answers::DocumentSources> DocumentsFor(Service& service, const std::string& user) {
  answers::DocumentSources sources;
  MEDLEY_ASSIGN_OR_RETURN(sources.index, service.answers.Documents());
  sources.user = user;
  sources.encode = [&service](std::string_view question) -> std::vector<float> {
    auto vector = service.encoder.EncodeText(question);
    return vector && vector->has_value() ? std::move((*vector)->vector) : std::vector<float>();
  };
  if (auto* writer = service.answers.writer(); writer != nullptr) {
    sources.word = [writer](std::string_view question,
                            const answers::DocumentAnswer& answer,
                            const answers::Say& say) {
      return writer->Write(question, answer, say);
    };
  }
  return sources;
}

/// `json`: on one line.
std::string ServerEvent(std::string_view name, const std::string& json) {
  return "event: " + std::string(name) + "\ndata: " + json + "\n\n";
}

/// A question with all that answers it. Copies of it may answer on any thread, while `service`
/// lives.
struct Asking {
  Service& service;
  AskRequest request;
  std::shared_ptr<const answers::Answerer> answerer;
  answers::WishSources wishes;
  answers::DocumentSources documents;

  Result<Json> Answer(const answers::Say& say = {}) const {
    answers::Conversation conversation = service.answers.Recall(request.session);
    MEDLEY_ASSIGN_OR_RETURN(const auto answer,
                            answerer->Ask(request.question, conversation, wishes, documents, say));
    service.answers.Remember(request.session, std::move(conversation));
    return answers::ToJson(answer, answerer->graph());
  }
};

/// An event with each part of the words as it is sure, then one with everything.
HttpResponse EventStream(Asking asking) {
  HttpResponse response;
  response.content_type = "text/event-stream";
  response.headers.push_back({"Cache-Control", "no-store"});
  response.body = StreamedBody{[asking = std::move(asking)](const SendPiece& send) {
    const auto answer = asking.Answer([&send](std::string_view words) {
      return send(ServerEvent("text", DumpJson({{"text", words}})));
    });
    send(answer
             ? ServerEvent("answer", DumpJson(*answer))
             : ServerEvent("error", std::get<std::string>(ProblemResponse(answer.error()).body)));
  }};
  return response;
}

}  // namespace

Result<HttpResponse> PostAsk(Service& service, const Call& call) {
  MEDLEY_ASSIGN_OR_RETURN(const AskRequest ask, RequestOf(call.request));
  MEDLEY_RETURN_IF_ERROR(answers::CheckQuestion(ask.question));
  if (!ask.user.empty())
    MEDLEY_RETURN_IF_ERROR(service.engine.workspace().store().GetUser(ask.user));
  MEDLEY_ASSIGN_OR_RETURN(auto answerer, service.answers.Current());
  auto wishes = AskSources(
      service.engine,
      ask.user,
      [&service](const answers::SearchQuery& asked) -> Result<answers::WishSources::Ids> {
        answers::SearchQuery query = asked;
        if (auto vector = service.encoder.EncodeText(query.text); vector && vector->has_value())
          query.vectors.push_back(**std::move(vector));
        MEDLEY_ASSIGN_OR_RETURN(const auto found, service.search.Search(query));
        answers::WishSources::Ids ids;
        for (const auto& one : found) ids.push_back(one.item.id);
        return ids;
      });
  MEDLEY_ASSIGN_OR_RETURN(auto documents, DocumentsFor(service, ask.user));
  Asking asking{service, ask, std::move(answerer), std::move(wishes), std::move(documents)};
  if (call.request.headers.accept.starts_with("text/event-stream"))
    return EventStream(std::move(asking));
  MEDLEY_ASSIGN_OR_RETURN(const Json answer, asking.Answer());
  return JsonResponse(answer);
}

}  // namespace medley::serving

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "medley/answers/answerer.h"
#include "medley/answers/document_answer.h"
#include "medley/answers/passage_writer.h"
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
    sources.word = [writer](std::string_view question, const answers::DocumentAnswer& answer) {
      return writer->Write(question, answer);
    };
  }
  return sources;
}

/// One event with the words, for who shows them as they come, one with everything.
HttpResponse EventStream(const Json& answer) {
  HttpResponse response;
  response.content_type = "text/event-stream";
  response.headers.push_back({"Cache-Control", "no-store"});
  response.body = "event: text\ndata: " + DumpJson({{"text", answer.at("text")}}) +
                  "\n\nevent: answer\ndata: " + DumpJson(answer) + "\n\n";
  return response;
}

}  // namespace

Result<HttpResponse> PostAsk(Service& service, const Call& call) {
  MEDLEY_ASSIGN_OR_RETURN(const AskRequest ask, RequestOf(call.request));
  if (!ask.user.empty())
    MEDLEY_RETURN_IF_ERROR(service.engine.workspace().store().GetUser(ask.user));
  MEDLEY_ASSIGN_OR_RETURN(const auto answerer, service.answers.Current());
  const auto sources = AskSources(
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
  MEDLEY_ASSIGN_OR_RETURN(const auto documents, DocumentsFor(service, ask.user));
  answers::Conversation conversation = service.answers.Recall(ask.session);
  MEDLEY_ASSIGN_OR_RETURN(const auto answer,
                          answerer->Ask(ask.question, conversation, sources, documents));
  service.answers.Remember(ask.session, std::move(conversation));
  const Json json = answers::ToJson(answer, answerer->graph());
  if (call.request.headers.accept.starts_with("text/event-stream")) return EventStream(json);
  return JsonResponse(json);
}

}  // namespace medley::serving

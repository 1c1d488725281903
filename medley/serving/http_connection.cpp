#include "medley/serving/http_connection.h"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/verb.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <exception>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "medley/core/log.h"
#include "medley/serving/application.h"
#include "medley/serving/http.h"
#include "medley/serving/options.h"
#include "medley/serving/problem.h"
#include "medley/serving/response_head.h"

namespace medley::serving {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using Parser = http::request_parser<http::string_body>;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
/// Answers go out in pieces of this size, each with a time of its own.
constexpr std::size_t kPiece = std::size_t{256} << 10;
constexpr std::size_t kFirstRead = 4096;
/// After a refusal, what a client still sends is read and dropped for so long, so that the refusal
/// reaches it.
constexpr std::chrono::milliseconds kLinger{1000};
/// Bodies up to this size are not counted against max_body_memory.
constexpr std::size_t kSmallBody = std::size_t{64} << 10;

/// A share of a count with an upper bound, given back at the end of scope.
class Share {
 public:
  Share(std::atomic<std::size_t>& count, std::size_t amount, std::size_t limit)
      : count_(count), amount_(amount) {
    held_ = count_.fetch_add(amount_) + amount_ <= limit;
    if (!held_) count_.fetch_sub(amount_);
  }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  ~Share() {
    if (held_) count_.fetch_sub(amount_);
  }
  bool held() const { return held_; }

 private:
  std::atomic<std::size_t>& count_;
  std::size_t amount_;
  bool held_ = false;
};

Method MethodOf(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::kGet;
    case http::verb::head:
      return Method::kHead;
    case http::verb::post:
      return Method::kPost;
    case http::verb::put:
      return Method::kPut;
    case http::verb::patch:
      return Method::kPatch;
    case http::verb::delete_:
      return Method::kDelete;
    case http::verb::options:
      return Method::kOptions;
    default:
      return Method::kOther;
  }
}

HttpRequest RequestOf(const Parser& parser) {
  const auto& message = parser.get();
  const auto text = [&](http::field field) { return std::string(message[field]); };
  HttpRequest request;
  request.method = MethodOf(message.method());
  request.target = std::string(message.target());
  request.takes_chunks = message.version() >= 11;
  request.headers = {text(http::field::host),
                     text(http::field::origin),
                     text(http::field::content_type),
                     text(http::field::range),
                     text(http::field::if_range),
                     text(http::field::if_none_match),
                     text(http::field::authorization),
                     text(http::field::accept)};
  return request;
}

/// What would be read in two ways by two servers is read in none.
bool Ambiguous(const Parser& parser) {
  const auto& message = parser.get();
  if (message.count(http::field::host) > 1 || message.count(http::field::content_length) > 1)
    return true;
  if (message.version() != 10 && message.version() != 11) return true;
  const auto encoding = message[http::field::transfer_encoding];
  return !encoding.empty() && !beast::iequals(encoding, "chunked");
}

HttpResponse Malformed(std::string message) {
  return ProblemResponse(HttpFault::kMalformed, std::move(message));
}

HttpResponse TooLarge(std::size_t limit) {
  if (limit == 0) return ProblemResponse(HttpFault::kBodyTooLarge, "this address takes no body");
  return ProblemResponse(HttpFault::kBodyTooLarge,
                         "the body is larger than " + std::to_string(limit) + " bytes");
}

/// Reads up to a piece of the answer's body at `offset`. Empty: the file is shorter than it was.
std::string_view BodyPiece(const HttpResponse& response,
                           std::uint64_t offset,
                           std::vector<char>& storage) {
  const std::size_t length =
      static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, response.size() - offset));
  if (const auto* text = std::get_if<std::string>(&response.body))
    return std::string_view(*text).substr(offset, length);
  if (const auto* text = std::get_if<std::string_view>(&response.body))
    return text->substr(offset, length);
  const auto& slice = std::get<FileSlice>(response.body);
  storage.resize(length);
  const ssize_t got =
      ::pread(slice.file->get(), storage.data(), length, static_cast<off_t>(slice.offset + offset));
  return {storage.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

/// Sends the whole answer. False: the connection is of no more use.
awaitable<bool> Send(Connection& connection,
                     const HttpResponse& response,
                     bool head_only,
                     bool keep_alive) {
  std::string head = ResponseHead(response, keep_alive, connection.date.Now());
  const std::uint64_t size =
      head_only || response.status == 204 || response.status == 304 ? 0 : response.size();
  std::vector<char> storage;
  std::uint64_t sent = 0;
  do {
    std::string_view piece;
    if (size > 0) {
      piece = BodyPiece(response, sent, storage);
      if (piece.empty()) co_return false;
    }
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head),
                                                       asio::buffer(piece.data(), piece.size())};
    connection.stream.expires_after(connection.shared.options.write_timeout);
    const auto [error, written] = co_await asio::async_write(connection.stream, buffers, kTuple);
    if (error) co_return false;
    sent += piece.size();
    head.clear();
  } while (sent < size);
  co_return keep_alive;
}

/// Ends a connection so that what was sent last arrives: half-close, then drop what still comes for
/// a while.
awaitable<void> Finish(Connection& connection) {
  error_code ignored;
  connection.stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
  if (ignored) co_return;
  connection.stream.expires_after(kLinger);
  std::vector<char> dropped(kPiece / 4);
  while (true) {
    const auto [error, got] =
        co_await connection.stream.async_read_some(asio::buffer(dropped), kTuple);
    if (error) co_return;
  }
}

/// Sends bytes as one chunk, none as the last. False: the connection is of no more use.
awaitable<bool> SendChunk(Connection& connection, std::string_view bytes) {
  std::string size = "0\r\n";
  if (!bytes.empty()) size = fmt::format("{:x}\r\n", bytes.size());
  const std::array<asio::const_buffer, 3> buffers = {
      asio::buffer(size), asio::buffer(bytes.data(), bytes.size()), asio::buffer("\r\n", 2)};
  connection.stream.expires_after(connection.shared.options.write_timeout);
  const auto [error, written] = co_await asio::async_write(connection.stream, buffers, kTuple);
  co_return !error;
}

/// On a worker: each piece is sent by the connection's own thread, which the worker waits for.
awaitable<bool> MakeAndSend(Connection& connection, const StreamedBody& body) {
  bool alive = true;
  try {
    body.write([&](std::string_view piece) {
      if (alive && !piece.empty())
        alive =
            asio::co_spawn(
                connection.stream.get_executor(), SendChunk(connection, piece), asio::use_future)
                .get();
      return alive;
    });
  } catch (const std::exception& exception) {
    // A bug of ours, or no memory: without its last chunk the reader sees that the body broke off.
    spdlog::error("an answer broke off: {}", exception.what());
    alive = false;
  }
  co_return alive;
}

/// Sends an answer while it is made. False: the connection is of no more use.
awaitable<bool> SendStreamed(Connection& connection,
                             const HttpResponse& response,
                             bool keep_alive) {
  ServerResources& shared = connection.shared;
  const std::string head = ResponseHead(response, keep_alive, connection.date.Now());
  connection.stream.expires_after(shared.options.write_timeout);
  const auto [error, written] =
      co_await asio::async_write(connection.stream, asio::buffer(head), kTuple);
  if (error) co_return false;
  // It takes a worker as a request does; those that come meanwhile are counted beside it.
  const Share place(shared.waiting, 1, std::numeric_limits<std::size_t>::max());
  // Making it takes as long as it takes; sending each piece has a time of its own.
  connection.stream.expires_never();
  const bool whole =
      co_await asio::co_spawn(shared.worker_pool,
                              MakeAndSend(connection, std::get<StreamedBody>(response.body)),
                              asio::use_awaitable);
  if (!whole) co_return false;
  if (!co_await SendChunk(connection, {})) co_return false;
  co_return keep_alive;
}

/// For who can't read chunks (HTTP/1.0): the body as a whole.
void Collect(HttpResponse& response) {
  try {
    std::string whole;
    std::get<StreamedBody>(response.body).write([&whole](std::string_view piece) {
      whole += piece;
      return true;
    });
    response.body = std::move(whole);
  } catch (const std::exception& exception) {
    response =
        ProblemResponse({ErrorCode::kInternal, std::string("internal error: ") + exception.what()});
  }
}

awaitable<HttpResponse> HandleHere(Application& application,
                                   const HttpRequest& request,
                                   const Application::Admission& admission) {
  HttpResponse response = application.Handle(request, admission);
  if (response.streamed() && !request.takes_chunks) Collect(response);
  co_return response;
}

/// Answers where the route's work belongs, and comes back to the connection's thread.
awaitable<HttpResponse> Answer(ServerResources& shared,
                               const HttpRequest& request,
                               const Application::Admission& admission) {
  if (admission.work == Work::kDirect)
    co_return co_await HandleHere(shared.application, request, admission);
  const bool encodes = admission.work == Work::kEncoder;
  const Share place(encodes ? shared.waiting_encodings : shared.waiting,
                    1,
                    encodes ? shared.options.max_waiting_encodings : shared.options.max_waiting);
  if (!place.held()) {
    co_return shared.application.Refuse(
        request,
        admission,
        ProblemResponse(HttpFault::kOverloaded, "too many requests are waiting; try again"));
  }
  asio::thread_pool& pool = encodes ? shared.encoder_pool : shared.worker_pool;
  co_return co_await asio::co_spawn(
      pool, HandleHere(shared.application, request, admission), asio::use_awaitable);
}

enum class Next { kReuse, kFinish, kDrop };

/// Reads the body that the header promises. An answer: what is wrong with it.
awaitable<std::optional<HttpResponse>> ReadBody(Connection& connection,
                                                Parser& parser,
                                                std::size_t limit,
                                                bool& alive) {
  const ServeOptions& options = connection.shared.options;
  const std::uint64_t length = parser.content_length().value_or(limit);
  if (length > limit || (parser.chunked() && limit == 0)) co_return TooLarge(limit);
  parser.body_limit(limit);
  if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
    connection.stream.expires_after(options.write_timeout);
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto [error, written] =
        co_await asio::async_write(connection.stream, asio::buffer(kContinue), kTuple);
    alive = !error;
    if (error) co_return std::nullopt;
  }
  connection.stream.expires_after(options.body_timeout + std::chrono::seconds(length >> 16));
  const auto [error, got] =
      co_await http::async_read(connection.stream, connection.buffer, parser, kTuple);
  if (!error) co_return std::nullopt;
  if (error == http::error::body_limit) co_return TooLarge(limit);
  alive = error.category() == http::make_error_code(http::error::bad_chunk).category() &&
          error != http::error::partial_message;
  if (alive) co_return Malformed("the body is no HTTP: " + error.message());
  co_return std::nullopt;
}

/// From an admitted header to the answer's last byte.
awaitable<Next> AnswerRequest(Connection& connection, Parser& parser) {
  ServerResources& shared = connection.shared;
  HttpRequest request = RequestOf(parser);
  const bool head_only = request.method == Method::kHead;
  Application::Admission admission = shared.application.Admit(request);
  const bool has_body = !parser.is_done();
  if (admission.refusal) {
    const bool reuse = !has_body && parser.keep_alive();
    co_return co_await Send(connection, *admission.refusal, head_only, reuse) ? Next::kReuse
                                                                              : Next::kFinish;
  }
  const std::uint64_t promised =
      has_body ? parser.content_length().value_or(admission.body_limit) : 0;
  const std::size_t memory =
      promised > kSmallBody
          ? static_cast<std::size_t>(std::min<std::uint64_t>(promised, admission.body_limit))
          : 0;
  const Share body_memory(shared.body_memory, memory, shared.options.max_body_memory);
  std::optional<HttpResponse> problem;
  bool alive = true;
  if (!body_memory.held()) {
    problem = ProblemResponse(HttpFault::kOverloaded, "too many large bodies at once; try again");
  } else if (has_body) {
    problem = co_await ReadBody(connection, parser, admission.body_limit, alive);
  }
  if (problem || !alive) {
    const HttpResponse refusal = shared.application.Refuse(
        request, admission, problem ? *std::move(problem) : Malformed("the body broke off"));
    if (!alive) co_return Next::kDrop;
    co_await Send(connection, refusal, head_only, false);
    co_return Next::kFinish;
  }
  request.body = std::move(parser.get().body());
  const HttpResponse response = co_await Answer(shared, request, admission);
  const bool reuse = parser.keep_alive() && !shared.stopping.load();
  if (response.streamed())
    co_return co_await SendStreamed(connection, response, reuse) ? Next::kReuse : Next::kFinish;
  co_return co_await Send(connection, response, head_only, reuse) ? Next::kReuse : Next::kFinish;
}

/// Reads one request and answers it.
awaitable<Next> ServeRequest(Connection& connection) {
  const ServeOptions& options = connection.shared.options;
  if (connection.buffer.size() == 0) {
    if (connection.shared.stopping.load()) co_return Next::kDrop;
    connection.idle = true;
    connection.stream.expires_after(options.idle_timeout);
    const auto [error, got] =
        co_await connection.stream.async_read_some(connection.buffer.prepare(kFirstRead), kTuple);
    connection.idle = false;
    if (error) co_return Next::kDrop;
    connection.buffer.commit(got);
  }
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(options.max_header_bytes));
  parser.body_limit(boost::none);
  connection.stream.expires_after(options.header_timeout);
  const auto [error, got] =
      co_await http::async_read_header(connection.stream, connection.buffer, parser, kTuple);
  if (error == http::error::end_of_stream || error == http::error::partial_message)
    co_return Next::kDrop;
  HttpResponse refusal;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    refusal = ProblemResponse(
        HttpFault::kHeaderTooLarge,
        "the header is larger than " + std::to_string(options.max_header_bytes) + " bytes");
  } else if (error.category() == http::make_error_code(http::error::bad_method).category()) {
    refusal = Malformed("this is no HTTP request: " + error.message());
  } else if (error) {
    co_return Next::kDrop;  // time is up, or the other side is gone
  } else if (Ambiguous(parser)) {
    refusal = Malformed("the header is ambiguous: one Host, one length, and HTTP/1.0 or 1.1");
  } else {
    co_return co_await AnswerRequest(connection, parser);
  }
  co_await Send(connection, refusal, false, false);
  co_return Next::kFinish;
}

}  // namespace

const std::string& DateLine::Now() {
  const std::time_t now = std::time(nullptr);
  if (now != time_) text_ = HttpDate(time_ = now);
  return text_;
}

awaitable<void> Converse(Connection& connection) {
  error_code ignored;
  connection.stream.socket().set_option(tcp::no_delay(true), ignored);
  Next next = Next::kReuse;
  while (next == Next::kReuse) next = co_await ServeRequest(connection);
  if (next == Next::kFinish) co_await Finish(connection);
  connection.stream.close();
}

}  // namespace medley::serving

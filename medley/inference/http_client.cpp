#include "medley/inference/http_client.h"

#include <curl/curl.h>
#include <curl/easy.h>
#include <curl/multi.h>
#include <curl/system.h>
#include <curl/urlapi.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "medley/core/threads.h"

namespace medley::inference {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kLook{50};  ///< between two looks at the cancellation and the clock
constexpr std::size_t kMaxHeader = 256;

void StartCurl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListFree>;

void Append(List& list, const std::string& line) {
  list.reset(curl_slist_append(list.release(), line.c_str()));
}

bool StartsWithNoCase(std::string_view text, std::string_view beginning) {
  return text.size() >= beginning.size() &&
         std::equal(beginning.begin(), beginning.end(), text.begin(), [](char a, char b) {
           return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
         });
}

/// One call under way: what curl's callbacks write to.
struct Transfer {
  const HttpCall& call;
  HttpAnswer answer;
  CURL* easy = nullptr;
  std::size_t received = 0;
  Clock::time_point progress = Clock::now();

  std::size_t OnHeader(std::string_view line) {
    if (line.starts_with("HTTP/")) {  // also of what stands before it: 100 Continue
      answer.content_type.clear();
      answer.retry_after.clear();
      return line.size();
    }
    const auto value = [&line](std::string_view name) {
      std::string_view rest = line.substr(name.size());
      rest = rest.substr(0, rest.find_last_not_of("\r\n \t") + 1);
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
      return std::string(rest.substr(0, kMaxHeader));
    };
    if (StartsWithNoCase(line, "content-type:")) answer.content_type = value("content-type:");
    if (StartsWithNoCase(line, "retry-after:")) answer.retry_after = value("retry-after:");
    return line.size();
  }

  /// The number of bytes taken; fewer than came end the transfer.
  std::size_t OnData(std::string_view bytes) {
    received += bytes.size();
    if (received > call.max_bytes) {
      answer.end = HttpEnd::kTooLarge;
      return 0;
    }
    long status = 0;  // NOLINT(google-runtime-int): curl's type
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (!call.on_data || status / 100 != 2) {
      answer.body += bytes;
      progress = Clock::now();
      return bytes.size();
    }
    switch (call.on_data(bytes)) {
      case Taken::kStop:
        answer.end = HttpEnd::kStopped;
        return 0;
      case Taken::kProgress:
        progress = Clock::now();
        break;
      case Taken::kNothing:
        break;
    }
    return bytes.size();
  }
};

std::size_t HeaderCallback(char* data, std::size_t size, std::size_t count, void* transfer) {
  return static_cast<Transfer*>(transfer)->OnHeader({data, size * count});
}
std::size_t DataCallback(char* data, std::size_t size, std::size_t count, void* transfer) {
  return static_cast<Transfer*>(transfer)->OnData({data, size * count});
}

HttpEnd EndOf(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return HttpEnd::kWhole;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return HttpEnd::kUntrusted;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return HttpEnd::kWrongUrl;
    case CURLE_OPERATION_TIMEDOUT:
      return HttpEnd::kTimeout;
    default:
      return HttpEnd::kBroken;
  }
}

std::string HostOf(const std::string& url) {
  std::string host;
  CURLU* parsed = curl_url();
  char* part = nullptr;
  if (curl_url_set(parsed, CURLUPART_URL, url.c_str(), 0) == CURLUE_OK &&
      curl_url_get(parsed, CURLUPART_HOST, &part, 0) == CURLUE_OK) {
    host = part;
    curl_free(part);
  }
  curl_url_cleanup(parsed);
  return host;
}

}  // namespace

struct HttpClient::State {
  CURLM* multi = curl_multi_init();
  CURL* easy = curl_easy_init();

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
  }

  void Prepare(const HttpCall& call, Transfer& transfer, const List& headers) const;
  void Run(const HttpCall& call, Transfer& transfer) const;
};

void HttpClient::State::Prepare(const HttpCall& call,
                                Transfer& transfer,
                                const List& headers) const {
  curl_easy_reset(easy);
  const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(easy, option, value); };
  set(CURLOPT_URL, call.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // don't wait for a name that is still being looked up
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!call.ca_file.empty()) set(CURLOPT_CAINFO, call.ca_file.c_str());
  if (IsLoopback(HostOf(call.url))) set(CURLOPT_PROXY, "");
  set(CURLOPT_USERAGENT, "medley");
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_CONNECTTIMEOUT_MS, std::max<long>(1, call.connect_limit.count()));  // NOLINT
  if (!call.body.empty()) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, call.body.c_str());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
  }
  set(CURLOPT_HEADERFUNCTION, &HeaderCallback);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
  set(CURLOPT_WRITEFUNCTION, &DataCallback);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
}

void HttpClient::State::Run(const HttpCall& call, Transfer& transfer) const {
  const auto give_up = [&transfer](HttpEnd end, std::string detail) {
    transfer.answer.end = end;
    transfer.answer.detail = std::move(detail);
  };
  for (;;) {
    int running = 0;
    if (const CURLMcode code = curl_multi_perform(multi, &running); code != CURLM_OK)
      return give_up(HttpEnd::kBroken, curl_multi_strerror(code));
    int left = 0;
    if (const CURLMsg* message = curl_multi_info_read(multi, &left);
        message != nullptr && message->msg == CURLMSG_DONE) {
      const CURLcode code = message->data.result;
      const bool ours =
          transfer.answer.end == HttpEnd::kStopped || transfer.answer.end == HttpEnd::kTooLarge;
      if (!ours) give_up(EndOf(code), code == CURLE_OK ? std::string() : curl_easy_strerror(code));
      return;
    }
    if (call.cancel != nullptr && call.cancel->cancelled())
      return give_up(HttpEnd::kCancelled, "stopped on request");
    const auto now = Clock::now();
    if (now >= call.deadline) return give_up(HttpEnd::kTimeout, "it did not finish in time");
    if (now - transfer.progress >= call.silence_limit)
      return give_up(HttpEnd::kTimeout,
                     "nothing came for " + std::to_string(call.silence_limit.count()) + " ms");
    const auto left_ms = std::chrono::ceil<milliseconds>(call.deadline - now);
    const auto wait = std::clamp<milliseconds>(left_ms, milliseconds{1}, kLook);
    curl_multi_poll(multi, nullptr, 0, static_cast<int>(wait.count()), nullptr);
  }
}

HttpClient::HttpClient() {
  StartCurl();
  state_ = std::make_unique<State>();
}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

HttpAnswer HttpClient::Call(const HttpCall& call) {
  Transfer transfer{.call = call, .answer = {}, .easy = state_->easy};
  List headers;
  for (const auto& header : call.headers) Append(headers, header);
  if (!call.body.empty()) Append(headers, "Content-Type: application/json");
  if (!call.bearer.empty()) Append(headers, "Authorization: Bearer " + call.bearer);
  Append(headers, "Expect:");  // no waiting for 100 Continue
  state_->Prepare(call, transfer, headers);
  curl_multi_add_handle(state_->multi, state_->easy);
  state_->Run(call, transfer);
  curl_multi_remove_handle(state_->multi, state_->easy);
  long status = 0;  // NOLINT(google-runtime-int): curl's type
  curl_easy_getinfo(state_->easy, CURLINFO_RESPONSE_CODE, &status);
  transfer.answer.status = static_cast<int>(status);
  if (transfer.answer.end == HttpEnd::kTooLarge) {
    transfer.answer.detail =
        "the answer is larger than " + std::to_string(call.max_bytes) + " bytes";
  }
  return std::move(transfer.answer);
}

bool IsLoopback(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return host == "localhost" || host == "::1" ||
         (host.starts_with("127.") &&
          host.find_first_not_of("0123456789.") == std::string_view::npos);
}

std::optional<milliseconds> RetryAfter(std::string_view header, std::int64_t now) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), seconds);
  if (error != std::errc() || end != header.data() + header.size()) {
    seconds = curl_getdate(std::string(header).c_str(), nullptr);
    if (header.empty() || seconds < 0) return std::nullopt;
    seconds = std::max<std::int64_t>(0, seconds - now);
  }
  constexpr std::int64_t kDay = 86'400;
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, kDay));
}

}  // namespace medley::inference

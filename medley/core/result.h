#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace medley {

/// Why an operation failed, coarse enough that a caller can act on it. Serving maps each to one
/// HTTP status.
enum class ErrorCode {
  kInvalidInput,   ///< the caller's data is wrong; repeating the call won't help
  kNotFound,       ///< no such user, item, file, model
  kAlreadyExists,  ///< creating what is already there
  kUnsupported,    ///< understood, but this build or configuration can't do it
  kLimitExceeded,  ///< larger, longer or more than the configured limit
  kCorrupt,        ///< stored data fails its checksum or its format
  kIo,             ///< the operating system refused
  kTimeout,        ///< a deadline passed
  kCancelled,      ///< stopped on request
  kUnavailable,    ///< not ready now; the same call may work later
  kInternal,       ///< a bug of ours
};

/// Stable lower-case name of `code`, as used in JSON ("invalid_input").
std::string_view ErrorCodeName(ErrorCode code);

/// What went wrong, in the user's words: the message says what, and what to do about it.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
};

/// A value, or the Error that stands in its place. Used for everything that users, files, networks
/// and models can get wrong; a broken invariant of ours is an assertion instead.
template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

/// `return Fail(ErrorCode::kNotFound, "no user '42'");`
inline tl::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

/// The same error with "`context`: " before its message.
inline tl::unexpected<Error> Wrap(std::string_view context, Error error) {
  error.message = std::string(context) + ": " + error.message;
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace medley

#define MEDLEY_CONCAT_INNER(a, b) a##b
#define MEDLEY_CONCAT(a, b) MEDLEY_CONCAT_INNER(a, b)

/// Leaves the enclosing function with the error of `expr`, a Status or Result, if it has one.
#define MEDLEY_RETURN_IF_ERROR(expr)                                            \
  do {                                                                          \
    if (auto medley_status = (expr); !medley_status.has_value()) [[unlikely]] { \
      return tl::unexpected(std::move(medley_status).error());                  \
    }                                                                           \
  } while (false)

/// `MEDLEY_ASSIGN_OR_RETURN(auto rows, ReadRows(path));`
#define MEDLEY_ASSIGN_OR_RETURN(declaration, expr)                                     \
  auto MEDLEY_CONCAT(medley_result_, __LINE__) = (expr);                               \
  if (!MEDLEY_CONCAT(medley_result_, __LINE__).has_value()) [[unlikely]]               \
    return tl::unexpected(std::move(MEDLEY_CONCAT(medley_result_, __LINE__)).error()); \
  declaration = *std::move(MEDLEY_CONCAT(medley_result_, __LINE__))

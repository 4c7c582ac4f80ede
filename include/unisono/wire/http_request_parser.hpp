#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/wire/error.hpp>
#include <unisono/wire/http_request.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace unisono::inline v0 {

/// How much of a request is accepted. All in bytes, except `fields`.
struct http_limits {
    std::size_t request_line = 8 * 1024;  ///< without its CRLF; above: 414
    std::size_t header_bytes = 16 * 1024; ///< all lines after the request line, with their CRLF; above: 431
    std::size_t fields = 64;              ///< header fields; above: 431
    std::size_t body = 1024 * 1024;       ///< decoded; above: 413
};

/// Where a parser stands after the bytes it was given.
enum class http_parse_status {
    need_more,        ///< the request is not complete
    expects_continue, ///< the head is complete and the client waits for `100 Continue` before it sends the
                      ///< body
    complete,         ///< take() the request
    failed,           ///< answer http_status(error()), then close the connection
};

/// Reads HTTP/1.1 and HTTP/1.0 requests (RFC 9112) from pieces of any size.
///
/// Stricter than the RFC allows a server to be: whatever two implementations might read differently is
/// refused, for that is what request smuggling lives on. Bare CR or LF, folded lines, spaces around a field
/// name, leading empty lines, absolute targets, doubtful or doubled lengths, chunk extensions, trailers, and
/// bodies of GET, HEAD and upgrade requests all fail. The verdict depends on the bytes, never on how they
/// were cut into pieces.
///
/// Costs time linear in the bytes fed, and memory linear in the bytes received, never in a length announced.
/// One parser serves one connection, on one thread.
class http_request_parser {
public:
    struct progress {
        std::size_t consumed; ///< bytes used; the rest belongs to whatever comes next
        http_parse_status status;
    };

    explicit http_request_parser(http_limits const& limits = {}) noexcept : limits_(limits) {}

    /// Uses `bytes` up to the end of one request. Stops early, with bytes left, to report expects_continue:
    /// feed the rest to go on with the body. Once complete or failed it uses nothing more.
    progress feed(bytes_view bytes);

    /// The request so far. Method, target and headers are settled at expects_continue.
    http_request const& request() const noexcept { return request_; }

    /// Hands over the complete request and starts on the next one of the connection.
    /// Precondition: the last status was complete.
    http_request take();

    /// No byte of the next request has come: the connection is at rest.
    bool idle() const noexcept { return state_ == state::request_line && line_.empty(); }

    /// Why it failed; no error unless it did.
    std::error_code error() const noexcept { return error_; }

private:
    enum class state : std::uint8_t {
        request_line,
        fields,
        body_start, // the head is told, the body not begun: here expects_continue was reported
        sized_body,
        chunk_size,
        chunk_size_end,
        chunk_data,
        chunk_end,
        last_chunk_end,
        complete,
        failed,
    };

    void feed_line(std::string_view& input);
    void feed_chunked(std::string_view& input);
    void feed_chunk_size(std::string_view& input);
    bool skip_crlf(std::string_view& input);
    void append_body(std::string_view& input, state when_done);

    result<void> parse_line(std::string_view line);
    result<void> parse_request_line(std::string_view line);
    result<void> parse_target(std::string_view target);
    result<void> parse_field(std::string_view line);
    result<void> finish_head();
    result<void> settle_framing();
    result<void> settle_expectation();

    bool line_too_long(std::size_t length_before_lf) const noexcept;
    void fail(std::error_code error) noexcept;
    http_parse_status status() const noexcept;

    http_limits limits_;
    http_request request_;
    std::string line_; // the beginning of a line that was cut; usually empty
    std::error_code error_;
    std::uint64_t remaining_ = 0;  // of the body or the chunk
    std::size_t header_bytes_ = 0; // of the complete field lines
    std::uint8_t matched_ = 0;     // digits of a chunk size, or characters of an expected CRLF
    bool chunked_ = false;
    bool wants_continue_ = false;
    state state_ = state::request_line;
};

/// The status code that answers a request which failed with this error: 400 unless the error has one of its
/// own.
int http_status(std::error_code error) noexcept;

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/http_request_parser.ipp>
#endif

#pragma once

#include <unisono/core/bytes.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace unisono::inline v0 {

/// An event as a client's program sees it: views of the parser's memory, valid until its next feed().
struct sse_message {
    std::string_view event; ///< the type; "message" unless the stream named one
    std::string_view data;
    std::string_view last_event_id;
};

/// How much of an event stream is held at once, in bytes. The standard knows no limits; a client needs some.
struct sse_limits {
    std::size_t line = 1024 * 1024;
    std::size_t data = 4 * 1024 * 1024; ///< of one event, all its lines together
};

/// Where a parser stands after the bytes it was given.
enum class sse_parse_status {
    need_more,
    event,  ///< message() is there to be read
    failed, ///< a limit was passed; the stream cannot be followed any further
};

/// Reads an event stream (WHATWG HTML, 9.2.6) from pieces of any size, as a browser does.
///
/// Bytes that are not UTF-8 become U+FFFD. A block the stream ends in is discarded, so there is nothing to
/// tell the parser at the end. One parser serves one stream, on one thread; after a reconnect a new one
/// starts with the last event id of the old.
class sse_parser {
public:
    struct progress {
        std::size_t consumed; ///< bytes used; feed the rest again
        sse_parse_status status;
    };

    explicit sse_parser(sse_limits const& limits = {}, std::string last_event_id = {})
        : limits_(limits), last_event_id_(last_event_id), id_buffer_(std::move(last_event_id)) {}

    /// Uses `bytes` up to the end of one event.
    progress feed(bytes_view bytes);

    /// The event the last feed() reported.
    sse_message message() const noexcept;

    /// What to send as Last-Event-ID when reconnecting; empty: nothing. Also moves on blocks without data.
    std::string const& last_event_id() const noexcept { return last_event_id_; }

    /// How long the server asks to wait before reconnecting, at most an hour; nothing if it did not say.
    std::optional<std::chrono::milliseconds> retry() const noexcept { return retry_; }

    /// wire_error::event_too_large once failed.
    std::error_code error() const noexcept { return error_; }

private:
    bool skip_byte_order_mark(std::string_view& input);
    void feed_line(std::string_view& input);
    void finish_line(std::string_view line);
    void finish_block();
    void set_field(std::string_view name, std::string_view value);
    void fail() noexcept;

    sse_limits limits_;
    std::string line_; // the beginning of a line that was cut; usually empty
    std::string event_;
    std::string data_; // every line of it with an LF behind
    std::string last_event_id_;
    std::string id_buffer_; // becomes the last event id at the end of the block
    std::optional<std::chrono::milliseconds> retry_;
    std::error_code error_;
    std::uint8_t mark_matched_ = 0; // bytes of the byte order mark; 3 when past it
    bool after_cr_ = false;         // an LF now belongs to the line that is over
    bool reported_ = false;         // event_ and data_ are the caller's until the next feed
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/sse_parser.ipp>
#endif

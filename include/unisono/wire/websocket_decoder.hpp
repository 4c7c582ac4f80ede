#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/wire/close_code.hpp>
#include <unisono/wire/detail/utf8_stream.hpp>
#include <unisono/wire/error.hpp>
#include <unisono/wire/websocket_frame.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace unisono::inline v0 {

class websocket_compression;

/// What a peer may send.
struct websocket_limits {
    /// Bytes of a text or binary message, over all its fragments and decompressed.
    std::uint32_t max_message_size = 64 * 1024;
    std::uint32_t max_fragments = 1024; ///< frames a message may come in; empty ones count
};

/// Something a peer sent.
struct websocket_event {
    enum class type : std::uint8_t {
        text,   ///< a message; `body` is valid UTF-8
        binary, ///< a message
        ping,   ///< answer with a pong of the same `body`
        pong,
        close,   ///< the peer closes: answer with `code`; `body` is its reason, valid UTF-8
        failure, ///< the peer broke a rule or a limit, named by `error`: close with `code`
    };

    type kind;
    close_code code = close_code::no_status;
    /// Valid until the next call of the decoder, and while the input is.
    bytes_view body{};
    wire_error error{}; ///< of a failure

    std::string_view text() const noexcept { return as_text(body); }
};

/// Reads the frames a client sends (RFC 6455, 5) out of bytes as they arrive.
///
/// Feed each read by calling next() until it returns nothing:
///
///     mutable_bytes input = received;
///     while (auto event = decoder.next(input)) ...
///
/// A message that lies in the input as one whole frame is unmasked where it is and handed out without a copy
/// or an allocation. What arrives in parts is collected in a buffer that grows with the bytes received, not
/// with the length a header declares. However the bytes are split, the events are the same. Thread safety:
/// none.
class websocket_decoder {
public:
    /// `compression` is what was negotiated; null: nothing. It must outlive the decoder. A compressed message
    /// is collected first and decompressed as a whole.
    explicit websocket_decoder(websocket_limits limits = {},
                               websocket_compression const* compression = nullptr) noexcept
        : limits_(limits), compression_(compression) {}

    /// The next event, or nothing when `input` is used up. Takes what it read off the front of `input`, whose
    /// bytes it changes. After a close or a failure the rest is dropped unread.
    std::optional<websocket_event> next(mutable_bytes& input) {
        auto event = take_whole(input);
        return event ? event : take_any(input);
    }

    /// A close or a failure was delivered: nothing more will be.
    bool finished() const noexcept { return phase_ == phase::finished; }

    /// A message or frame has begun and not ended: worth a deadline.
    bool in_message() const noexcept { return message_opcode_ != none || header_size_ != 0; }

    /// Bytes held on the heap.
    std::size_t memory() const noexcept { return buffer_.capacity(); }

private:
    enum class phase : std::uint8_t { header, body, finished };
    struct frame;

    static constexpr auto none = websocket_opcode::continuation; ///< as message_opcode_: no message has begun

    std::optional<websocket_event> take_whole(mutable_bytes& input);
    std::optional<websocket_event> take_any(mutable_bytes& input);
    void drop_delivered() noexcept;
    std::byte const* read_header(mutable_bytes& input, std::optional<wire_error>& error);
    std::optional<wire_error> check_start(std::byte const* header) const noexcept;
    std::optional<wire_error> check_length(frame const& f) const noexcept;
    std::uint64_t max_collected(bool compressed) const noexcept;
    void begin_data(frame const& f) noexcept;
    bool take_text(bytes_view part) noexcept;
    void reserve(std::size_t size, std::size_t frame_end);
    bool collect_part(frame const& f, mutable_bytes& input);
    std::optional<websocket_event> end_collected(frame const& f);
    std::optional<websocket_event> end_whole(frame const& f, bytes_view body);
    websocket_event end_message(bytes_view body);
    std::optional<wire_error> decompress(bytes_view& body);
    websocket_event end_control(websocket_opcode opcode, bytes_view body);
    websocket_event fail(wire_error error) noexcept;

    byte_buffer buffer_; ///< message_size_ bytes of earlier frames, then those of an unfinished one
    std::uint32_t message_size_ = 0; ///< bytes in the finished frames of the unfinished message
    std::uint32_t fragments_ = 0;    ///< frames of that message so far
    websocket_limits limits_;
    websocket_compression const* compression_;
    std::byte header_[14];         ///< of the frame that is not complete
    std::uint8_t header_size_ = 0; ///< bytes present in header_
    phase phase_ = phase::header;
    websocket_opcode message_opcode_ = none;
    bool compressed_ = false;  ///< the unfinished message is
    detail::utf8_stream text_; ///< of the unfinished message, when it is text
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/websocket_decoder.ipp>
#endif

#pragma once

#include <unisono/core/config.hpp>
#include <unisono/wire/detail/websocket_mask.hpp>
#include <unisono/wire/detail/websocketpp.hpp>
#include <unisono/wire/error.hpp>
#include <unisono/wire/websocket_compression.hpp>
#include <unisono/wire/websocket_decoder.hpp>

#include <algorithm>
#include <cstring>
#include <string>

namespace unisono::inline v0 {

/// What a header says. Rebuilt from header_ when more of the body arrives, rather than stored.
struct websocket_decoder::frame {
    websocketpp::frame::basic_header basic;
    websocketpp::frame::extended_header extended{};

    explicit frame(std::byte const* header) noexcept
        : basic(std::to_integer<std::uint8_t>(header[0]), std::to_integer<std::uint8_t>(header[1])) {
        std::size_t const rest = header_size(header) - 2;
        if (rest == 4) // no extended length: most frames, and a copy of known size
            std::memcpy(extended.bytes, header + 2, 4);
        else
            std::memcpy(extended.bytes, header + 2, rest);
    }

    static std::size_t header_size(std::byte const* start) noexcept {
        return websocketpp::frame::get_header_len(
            {std::to_integer<std::uint8_t>(start[0]), std::to_integer<std::uint8_t>(start[1])});
    }
    websocket_opcode opcode() const noexcept {
        return static_cast<websocket_opcode>(websocketpp::frame::get_opcode(basic));
    }
    bool is_control() const noexcept {
        return websocketpp::frame::opcode::is_control(websocketpp::frame::get_opcode(basic));
    }
    bool compressed() const noexcept { return websocketpp::frame::get_rsv1(basic); }
    bool last() const noexcept { return websocketpp::frame::get_fin(basic); }
    std::uint64_t size() const noexcept { return websocketpp::frame::get_payload_size(basic, extended); }
    std::uint32_t key() const noexcept { return websocketpp::frame::get_masking_key(basic, extended).i; }
};

/// The general way.
UNISONO_DECL std::optional<websocket_event> websocket_decoder::take_any(mutable_bytes& input) {
    drop_delivered();
    while (!finished()) {
        if (phase_ == phase::header) {
            std::optional<wire_error> error;
            std::byte const* const header = read_header(input, error);
            if (error)
                return fail(*error);
            if (!header)
                return {};
            frame const f{header};
            if ((error = check_length(f)))
                return fail(*error);
            if (!f.is_control())
                begin_data(f);
            if (input.size() >= f.size()) {
                header_size_ = 0;
                mutable_bytes const body = input.first(f.size());
                input = input.subspan(f.size());
                detail::apply_mask(body, f.key());
                if (auto event = end_whole(f, body))
                    return event;
                continue;
            }
            header_size_ = static_cast<std::uint8_t>(frame::header_size(header));
            std::memmove(header_, header, header_size_);
            phase_ = phase::body;
        }
        frame const f{header_};
        if (!collect_part(f, input))
            return fail(wire_error::invalid_utf8);
        if (buffer_.size() < message_size_ + f.size())
            return {};
        phase_ = phase::header;
        header_size_ = 0;
        if (auto event = end_collected(f))
            return event;
    }
    input = {};
    return {};
}

/// What nearly all messages are: one whole frame that lies in the input, uncompressed, of less than 64 KiB.
/// Nothing for every other, which take_any() then takes; all rules stand there.
UNISONO_DECL std::optional<websocket_event> websocket_decoder::take_whole(mutable_bytes& input) {
    if (phase_ != phase::header || header_size_ != 0 || message_opcode_ != none || input.size() < 8 ||
        !buffer_.empty() || limits_.max_fragments == 0)
        return {};
    auto const byte = [&](std::size_t i) { return std::to_integer<unsigned>(input[i]); };
    constexpr unsigned last = 0x80;
    constexpr unsigned masked = 0x80;
    bool const is_text = byte(0) == (last | static_cast<unsigned>(websocket_opcode::text));
    if ((!is_text && byte(0) != (last | static_cast<unsigned>(websocket_opcode::binary))) || byte(1) < masked)
        return {};
    std::size_t size = byte(1) - masked;
    std::size_t key_at = 2;
    if (size > 125) {
        bool const in_two_bytes = size == 126;
        size = byte(2) << 8 | byte(3);
        key_at = 4;
        if (!in_two_bytes || size < 126)
            return {};
    }
    std::size_t const begin = key_at + 4;
    if (size > limits_.max_message_size || input.size() < begin + size)
        return {};
    std::uint32_t key = 0;
    std::memcpy(&key, input.data() + key_at, sizeof(key));
    mutable_bytes const body = input.subspan(begin, size);
    input = input.subspan(begin + size);
    detail::apply_mask(body, key);
    if (is_text && !(text_.consume(body) && text_.complete()))
        return fail(wire_error::invalid_utf8);
    return websocket_event{is_text ? websocket_event::type::text : websocket_event::type::binary,
                           close_code::no_status, body};
}

/// The last event's body may have been a view of the buffer, so this is left to the next call.
UNISONO_DECL void websocket_decoder::drop_delivered() noexcept {
    constexpr std::size_t keep_capacity = 1024;
    if (phase_ == phase::body)
        return;
    buffer_.resize(message_size_);
    if (buffer_.empty() && buffer_.capacity() > keep_capacity)
        byte_buffer{}.swap(buffer_);
}

/// The bytes of a complete header: in the input as a rule, in header_ when they came apart. Null when more
/// are needed.
UNISONO_DECL std::byte const* websocket_decoder::read_header(mutable_bytes& input,
                                                             std::optional<wire_error>& error) {
    constexpr std::size_t start_size = 2; // enough to know the size of the rest
    if (header_size_ == 0 && input.size() >= start_size) {
        if ((error = check_start(input.data())))
            return nullptr;
        std::size_t const size = frame::header_size(input.data());
        if (input.size() >= size) {
            std::byte const* const header = input.data();
            input = input.subspan(size);
            return header;
        }
    }
    auto fill = [&](std::size_t size) {
        std::size_t const take = std::min(size - std::min<std::size_t>(size, header_size_), input.size());
        std::copy_n(input.data(), take, header_ + header_size_);
        header_size_ = static_cast<std::uint8_t>(header_size_ + take);
        input = input.subspan(take);
        return header_size_ >= size;
    };
    if (!fill(start_size) || (error = check_start(header_)))
        return nullptr;
    return fill(frame::header_size(header_)) ? header_ : nullptr;
}

/// The rules that the first two bytes of a header can break.
UNISONO_DECL std::optional<wire_error>
websocket_decoder::check_start(std::byte const* header) const noexcept {
    using namespace websocketpp::frame;
    basic_header const h{std::to_integer<std::uint8_t>(header[0]), std::to_integer<std::uint8_t>(header[1])};
    auto const op = get_opcode(h);
    // RSV1 marks a compressed message in its first frame only (RFC 7692, 6.1).
    bool const may_compress = compression_ && !opcode::is_control(op) && op != opcode::continuation;
    if ((get_rsv1(h) && !may_compress) || get_rsv2(h) || get_rsv3(h))
        return wire_error::reserved_bits;
    if (opcode::reserved(op))
        return wire_error::bad_opcode;
    if (!get_masked(h))
        return wire_error::unmasked_frame;
    if (opcode::is_control(op)) {
        if (get_basic_size(h) > limits::payload_size_basic)
            return wire_error::bad_frame_length;
        if (!get_fin(h))
            return wire_error::protocol_violation;
        return {};
    }
    bool const continues = op == opcode::continuation;
    bool const started = message_opcode_ != none;
    if (continues != started)
        return wire_error::protocol_violation;
    if (fragments_ >= limits_.max_fragments)
        return wire_error::too_many_fragments;
    return {};
}

/// The rules that the length in a header can break.
UNISONO_DECL std::optional<wire_error> websocket_decoder::check_length(frame const& f) const noexcept {
    using namespace websocketpp::frame;
    std::uint64_t const size = f.size();
    auto const form = get_basic_size(f.basic);
    if ((form == payload_size_code_16bit && size <= limits::payload_size_basic) ||
        (form == payload_size_code_64bit &&
         (size <= limits::payload_size_extended || size > limits::payload_size_jumbo)))
        return wire_error::bad_frame_length;
    if (!f.is_control() && size > max_collected(compressed_ || f.compressed()) - message_size_)
        return wire_error::message_too_big;
    return {};
}

/// Bytes a message may have before it is decompressed. Data that does not shrink grows a little: by an eighth
/// with the least apt of DEFLATE's codes, which has 9 bits for a byte.
UNISONO_DECL std::uint64_t websocket_decoder::max_collected(bool compressed) const noexcept {
    std::uint64_t const size = limits_.max_message_size;
    return compressed ? size + size / 8 + 64 : size;
}

UNISONO_DECL void websocket_decoder::begin_data(frame const& f) noexcept {
    ++fragments_;
    if (f.opcode() == websocket_opcode::continuation)
        return;
    message_opcode_ = f.opcode();
    compressed_ = f.compressed();
}

/// The next bytes of a message: false when they are not UTF-8 where they must be.
UNISONO_DECL bool websocket_decoder::take_text(bytes_view part) noexcept {
    return message_opcode_ != websocket_opcode::text || compressed_ || text_.consume(part);
}

/// Makes room for `size` more bytes. Growing in proportion to what was received keeps copying linear; the
/// step towards `frame_end`, where the frame will end if its header is true, saves most frames a second
/// allocation.
UNISONO_DECL void websocket_decoder::reserve(std::size_t size, std::size_t frame_end) {
    constexpr std::size_t step = 16 * 1024;
    std::size_t const needed = buffer_.size() + size;
    if (needed > buffer_.capacity())
        buffer_.reserve(
            std::max(std::min(frame_end, needed + step), buffer_.capacity() + buffer_.capacity() / 2));
}

/// Moves what the input has of an incomplete frame to the buffer; false when it is not UTF-8 where it must
/// be.
UNISONO_DECL bool websocket_decoder::collect_part(frame const& f, mutable_bytes& input) {
    std::size_t const frame_end = message_size_ + f.size();
    std::size_t const begin = buffer_.size();
    mutable_bytes const part = input.first(std::min(input.size(), frame_end - begin));
    input = input.subspan(part.size());
    detail::apply_mask(part, f.key(), begin - message_size_);
    reserve(part.size(), frame_end);
    append(buffer_, part);
    return f.is_control() || take_text(part);
}

/// A frame ended whose body stands at the end of the buffer.
UNISONO_DECL std::optional<websocket_event> websocket_decoder::end_collected(frame const& f) {
    if (f.is_control())
        return end_control(f.opcode(), bytes_view{buffer_}.subspan(message_size_));
    message_size_ = static_cast<std::uint32_t>(buffer_.size());
    if (!f.last())
        return {};
    return end_message(buffer_);
}

/// A frame ended whose body lies in the input.
UNISONO_DECL std::optional<websocket_event> websocket_decoder::end_whole(frame const& f, bytes_view body) {
    if (f.is_control())
        return end_control(f.opcode(), body);
    if (!take_text(body))
        return fail(wire_error::invalid_utf8);
    if (f.last() && message_size_ == 0)
        return end_message(body);
    reserve(body.size(), buffer_.size() + body.size());
    append(buffer_, body);
    return end_collected(f);
}

UNISONO_DECL websocket_event websocket_decoder::end_message(bytes_view body) {
    bool const is_text = message_opcode_ == websocket_opcode::text;
    if (compressed_)
        if (auto const error = decompress(body))
            return fail(*error);
    if (is_text && !text_.complete())
        return fail(wire_error::invalid_utf8);
    message_opcode_ = none;
    message_size_ = 0;
    fragments_ = 0;
    return {is_text ? websocket_event::type::text : websocket_event::type::binary, close_code::no_status,
            body};
}

/// Puts the message that `body` is the compressed form of into the buffer and makes `body` a view of it.
UNISONO_DECL std::optional<wire_error> websocket_decoder::decompress(bytes_view& body) {
    byte_buffer message;
    if (auto const error = compression_->decompress(body, limits_.max_message_size, message))
        return error;
    buffer_.swap(message);
    body = buffer_;
    compressed_ = false;
    return take_text(body) ? std::nullopt : std::optional{wire_error::invalid_utf8};
}

UNISONO_DECL websocket_event websocket_decoder::end_control(websocket_opcode opcode, bytes_view body) {
    if (opcode == websocket_opcode::ping)
        return {websocket_event::type::ping, close_code::no_status, body};
    if (opcode == websocket_opcode::pong)
        return {websocket_event::type::pong, close_code::no_status, body};

    std::error_code error;
    // Two characters: within the string itself, no allocation.
    std::string const start{as_text(body.first(std::min<std::size_t>(2, body.size())))};
    close_code const code{websocketpp::close::extract_code(start, error)};
    if (error)
        return fail(wire_error::bad_close_payload);
    bytes_view const reason = body.subspan(start.size());
    detail::utf8_stream text;
    if (!text.consume(reason) || !text.complete())
        return fail(wire_error::invalid_utf8);
    phase_ = phase::finished;
    return {websocket_event::type::close, code, reason};
}

UNISONO_DECL websocket_event websocket_decoder::fail(wire_error error) noexcept {
    auto code = [&] {
        switch (error) {
        case wire_error::invalid_utf8:
        case wire_error::bad_compression:
            return close_code::invalid_payload;
        case wire_error::message_too_big:
            return close_code::message_too_big;
        case wire_error::too_many_fragments:
            return close_code::policy_violation;
        default:
            return close_code::protocol_error;
        }
    }();
    phase_ = phase::finished;
    byte_buffer{}.swap(buffer_);
    message_size_ = 0;
    return {websocket_event::type::failure, code, {}, error};
}

} // namespace unisono::inline v0

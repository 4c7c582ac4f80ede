#pragma once

#include <unisono/core/error.hpp>

namespace unisono::inline v0 {

/// Why bytes on the wire, or what was to be written there, were refused.
enum class wire_error {
    // HTTP/1.1
    bad_request_line = 1, ///< not `method SP target SP version CRLF` (RFC 9112, 3)
    unsupported_version,  ///< neither HTTP/1.0 nor HTTP/1.1, nor WebSocket version 13
    bad_target,           ///< a request target that is not in origin form, or does not decode
    bad_header,           ///< a field line that breaks the grammar (RFC 9112, 5)
    bad_host,             ///< not exactly one valid Host field (RFC 9112, 3.2)
    bad_framing,          ///< Content-Length or Transfer-Encoding that leaves the length in doubt
    unsupported_coding,   ///< a transfer coding other than chunked
    bad_chunk,            ///< a chunk that breaks the grammar (RFC 9112, 7.1)
    unexpected_body,      ///< a body where none is accepted
    unmet_expectation,    ///< an Expect other than 100-continue
    line_too_long,        ///< a request line over the limit
    headers_too_large,    ///< more field bytes, or fields, than the limit
    body_too_large,       ///< a body over the limit
    // Text formats
    bad_percent_encoding, ///< a `%` without two hexadecimal digits, or a result that is not text
    forbidden_character,  ///< a line break or NUL where it would forge a field
    invalid_utf8,         ///< text that is not well-formed UTF-8
    event_too_large,      ///< an event-stream line or event over the limit
    // WebSocket
    bad_handshake,      ///< a request that does not open a WebSocket (RFC 6455, 4.2.1)
    protocol_violation, ///< frames in an order the protocol forbids
    message_too_big,    ///< a message over the limit
    too_many_fragments, ///< a message in more frames than the limit
    reserved_bits,      ///< a reserved bit where no extension gives it a meaning
    bad_opcode,         ///< an opcode the protocol does not define
    unmasked_frame,     ///< a client's frame without a mask
    bad_frame_length,   ///< a length not in its shortest form, or over 125 bytes in a control frame
    bad_close_payload,  ///< a close frame whose code or reason is not allowed
    bad_compression,    ///< a message that does not decompress (RFC 7692, 7.2.2)
};

inline std::error_code make_error_code(wire_error e) noexcept {
    static constexpr error_entry rows[] = {
        {"malformed request line", condition::malformed},
        {"protocol version not supported", condition::unsupported},
        {"malformed request target", condition::malformed},
        {"malformed header field", condition::malformed},
        {"missing, repeated or malformed Host", condition::malformed},
        {"ambiguous body length", condition::malformed},
        {"transfer coding not supported", condition::unsupported},
        {"malformed chunk", condition::malformed},
        {"unexpected request body", condition::malformed},
        {"expectation not supported", condition::unsupported},
        {"request line too long", condition::too_large},
        {"header section too large", condition::too_large},
        {"request body too large", condition::too_large},
        {"malformed percent-encoding", condition::malformed},
        {"forbidden character", condition::malformed},
        {"invalid UTF-8", condition::malformed},
        {"event too large", condition::too_large},
        {"not a WebSocket handshake", condition::malformed},
        {"WebSocket protocol violation", condition::malformed},
        {"message too big", condition::too_large},
        {"message in too many fragments", condition::too_large},
        {"reserved bit set", condition::malformed},
        {"unknown opcode", condition::malformed},
        {"frame without a mask", condition::malformed},
        {"malformed frame length", condition::malformed},
        {"malformed close payload", condition::malformed},
        {"malformed compressed message", condition::malformed},
    };
    static table_category const category{"unisono.wire", rows};
    return {static_cast<int>(e), category};
}

} // namespace unisono::inline v0

template <>
struct std::is_error_code_enum<unisono::wire_error> : std::true_type {};

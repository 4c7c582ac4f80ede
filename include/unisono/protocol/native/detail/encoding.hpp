#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/hub/message.hpp>
#include <unisono/hub/message_list.hpp>
#include <unisono/hub/position.hpp>
#include <unisono/protocol/native/error.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace unisono::inline v0::detail {

/// What every subscriber of a message gets whose carrier speaks `form`; encoded on first use.
payload const& native_form_of(message const& m, wire_form form);

/// `lines`, JSON objects joined by line feeds, as bytes for a carrier that speaks `form`.
payload frame_native(std::string_view lines, wire_form form);

/// The elements of a reply's `messages`.
void write_native_messages(json::writer& w, message_list const& messages);

/// `"epoch":…,"offset":…`
void write_native_position(json::writer& w, position const& at);

/// Why a request failed.
struct native_failure {
    native_failure(native_error e, std::string_view w = {}) : error(e), why(w) {}

    native_error error;
    std::string_view why;                                      ///< for people; empty: the usual one
    std::optional<std::chrono::milliseconds> retry_after = {}; ///< when it may succeed
};

/// What a client is told when the host keeps it out of a channel: nobody learns which channels exist.
native_error told_of_channel(std::error_code error) noexcept;

/// `{"code":…,"name":…,"message":…,"temporary":…}`
void write_native_error(json::writer& w, native_failure const& what);

/// Writes valid JSON, without the line breaks that may stand between its tokens: here they end an object.
void write_native_json(json::writer& w, std::string_view text);

/// `{"type":…,"channel":…,"payload":…}`; without a channel when that is empty.
std::string encode_native_push(std::string_view type, std::string_view channel, std::string_view payload);

/// What goes about a document: `{"kind":…,"data":…}`, `data` as base64.
std::string encode_native_update(std::string_view kind, bytes_view data, publisher const* from = nullptr);

/// `{"type":"ack","id":…,"payload":…}`
std::string encode_native_ack(std::uint64_t id, std::string_view payload);

/// An answer, or without `id` a notice about `channel`.
std::string encode_native_error(std::optional<std::uint64_t> id, std::string_view channel,
                                native_failure const& what);

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/native/detail/impl/encoding.ipp>
#endif

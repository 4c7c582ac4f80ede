#pragma once

#include <unisono/codec/base64.hpp>
#include <unisono/codec/json_document.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/native/detail/encoding.hpp>
#include <unisono/wire/websocket_frame.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace unisono::inline v0::detail {

UNISONO_DECL std::string_view native_type_of(message_kind kind) noexcept {
    switch (kind) {
    case message_kind::typing:
        return "typing";
    case message_kind::presence:
        return "presence";
    case message_kind::update:
    case message_kind::awareness:
        return "update";
    default:
        return "message";
    }
}

UNISONO_DECL void write_native_json(json::writer& w, std::string_view text) {
    if (text.find_first_of("\r\n") == text.npos) {
        w.raw(text);
        return;
    }
    // Inside a string they are escaped, so these stand between tokens.
    std::string line{text};
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
    w.raw(line);
}

UNISONO_DECL void write_native_publisher(json::writer& w, publisher const& who) {
    w.object([&] {
        w.member("client", who.client);
        if (!who.user.empty())
            w.member("user", who.user);
    });
}

/// `"data":…,"from":…,"ts":…`
UNISONO_DECL void write_native_publication(json::writer& w, message const& m) {
    // The host may publish anything; what is not JSON travels as a string, bytes as base64.
    w.key("data");
    if (m.binary)
        w.string(base64_encode(m.data.view()));
    else if (json::parse(m.data.text(), {.size = m.data.size()}))
        write_native_json(w, m.data.text());
    else
        w.string(m.data.text());
    if (m.from)
        write_native_publisher(w.key("from"), *m.from);
    if (!m.key.empty())
        w.member("key", m.key);
    w.member("ts", m.time.count());
}

UNISONO_DECL std::string encode_native_message(message const& m) {
    std::string text;
    text.reserve(m.data.size() + 192);
    json::writer w{text};
    w.object([&] {
        w.member("type", native_type_of(m.kind));
        w.member("channel", *m.room);
        if (m.offset != 0)
            w.member("offset", m.offset);
        w.key("payload");
        if (m.kind == message_kind::publication)
            w.object([&] { write_native_publication(w, m); });
        else if (m.kind == message_kind::update)
            w.raw(encode_native_update("update", m.data.view(), m.from.get()));
        else if (m.kind == message_kind::awareness)
            w.raw(encode_native_update("awareness", m.data.view(), m.from.get()));
        else
            w.raw(m.data.text()); // made by this folder
    });
    return text;
}

UNISONO_DECL std::string encode_native_update(std::string_view kind, bytes_view data, publisher const* from) {
    std::string text;
    text.reserve(data.size() / 3 * 4 + 128);
    json::writer w{text};
    w.object([&] {
        w.member("kind", kind);
        w.member("data", base64_encode(data));
        if (from)
            write_native_publisher(w.key("from"), *from);
    });
    return text;
}

UNISONO_DECL payload const& native_form_of(message const& m, wire_form form) {
    return m.form(form,
                  [form](message const& from) { return frame_native(encode_native_message(from), form); });
}

UNISONO_DECL payload frame_native(std::string_view lines, wire_form form) {
    auto const each = [lines](std::string_view before, std::string_view after) {
        std::string out;
        out.reserve(lines.size() + 64);
        for (std::size_t at = 0, end = 0; end != lines.npos; at = end + 1) {
            end = lines.find('\n', at);
            out.append(before).append(lines.substr(at, end - at)).append(after);
        }
        return payload{std::string_view{out}};
    };
    switch (form) {
    case wire_form::native_websocket:
        return encode_websocket_text(lines);
    case wire_form::native_sse:
        return each("data: ", "\n\n");
    case wire_form::native_ndjson:
        return each({}, "\n");
    default:
        return payload{lines};
    }
}

UNISONO_DECL void write_native_messages(json::writer& w, message_list const& messages) {
    w.array([&] {
        for (auto const& m : messages)
            // A channel that is also a document's room keeps its changes in the same stream.
            if (m->kind == message_kind::publication)
                w.object([&] {
                    w.member("offset", m->offset);
                    write_native_publication(w, *m);
                });
    });
}

UNISONO_DECL void write_native_position(json::writer& w, position const& at) {
    w.member("epoch", at.epoch);
    w.member("offset", at.offset);
}

UNISONO_DECL native_error told_of_channel(std::error_code error) noexcept {
    auto const why = to_native_error(error, native_error::permission_denied);
    return why == native_error::unknown_channel ? native_error::permission_denied : why;
}

UNISONO_DECL void write_native_error(json::writer& w, native_failure const& what) {
    auto const& info = describe(what.error);
    w.object([&] {
        w.member("code", static_cast<int>(is_application_error(what.error) ? what.error : info.code));
        w.member("name", info.name);
        w.member("message", what.why.empty() ? std::string_view{info.message} : what.why);
        w.member("temporary", info.temporary);
        if (what.retry_after)
            w.member("retry_after_ms", what.retry_after->count());
    });
}

UNISONO_DECL std::string encode_native_push(std::string_view type, std::string_view channel,
                                            std::string_view payload) {
    std::string line;
    json::writer w{line};
    w.object([&] {
        w.member("type", type);
        if (!channel.empty())
            w.member("channel", channel);
        w.key("payload").raw(payload);
    });
    return line;
}

UNISONO_DECL std::string encode_native_ack(std::uint64_t id, std::string_view payload) {
    std::string line;
    line.reserve(payload.size() + 48);
    json::writer w{line};
    w.object([&] {
        w.member("type", "ack");
        w.member("id", id);
        w.key("payload").raw(payload);
    });
    return line;
}

UNISONO_DECL std::string encode_native_error(std::optional<std::uint64_t> id, std::string_view channel,
                                             native_failure const& what) {
    std::string line;
    json::writer w{line};
    w.object([&] {
        w.member("type", "error");
        if (id)
            w.member("id", *id);
        else if (!channel.empty())
            w.member("channel", channel);
        w.key("payload");
        write_native_error(w, what);
    });
    return line;
}

} // namespace unisono::inline v0::detail

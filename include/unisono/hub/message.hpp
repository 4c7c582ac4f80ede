#pragma once

#include <unisono/core/config.hpp>
#include <unisono/core/payload.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace unisono::inline v0 {

/// Who published. Shared by all messages of one connection.
struct publisher {
    std::string client; ///< the connection's id
    std::string user;   ///< the user's id or name; empty when unknown
    /// Tells connections of one client apart that came one after the other.
    std::uint32_t connection = 0;
};

/// What a message is to the protocol that carries it.
enum class message_kind : std::uint8_t {
    publication, ///< application data
    typing,      ///< somebody started or stopped typing
    presence,    ///< who is here changed
    update,      ///< a document's change
    awareness,   ///< cursors and names of a document
};

/// The ways one message is written for the wire. Each is made at most once, whatever the number of
/// subscribers.
enum class wire_form : std::uint8_t {
    websocket,                ///< a WebSocket frame with the data as it is
    websocket_deflate,        ///< the same, compressed
    sse,                      ///< an event-stream block in an HTTP chunk
    sse_room,                 ///< the same without id, its event named as the room: many rooms in one stream
    native_json,              ///< the native protocol's JSON, bare
    native_websocket,         ///< the same in a WebSocket text frame
    native_websocket_deflate, ///< the same, compressed
    native_sse,               ///< as an event-stream block
    native_ndjson,            ///< as a line
    native_binary,            ///< the native protocol's binary WebSocket frame
    y_websocket,              ///< y-websocket's binary frame
    hocuspocus,               ///< Hocuspocus's, addressed to the document by its name
    count                     ///< how many there are
};

/// One publication on its way to the subscribers of a room. Immutable and shared by reference.
///
/// Thread safety: may be read from any thread; form() too.
class message {
public:
    std::shared_ptr<std::string const> room;
    message_kind kind = message_kind::publication;
    bool binary = false; ///< data is bytes, not text
    payload data;
    std::uint64_t offset = 0;              ///< place in the room's stream; 0 when not kept there
    std::shared_ptr<publisher const> from; ///< may be null: published by the host itself
    std::chrono::milliseconds time{};      ///< time of day (UTC) at which the room accepted it
    std::string key;                       ///< only the latest message of this key matters; empty: none
    /// Stands for room and key where one number must do, as outbox::push() wants it; 0 without a key. Two
    /// keys share a number by chance only: nobody can choose them so.
    std::uint64_t conflation = 0;
    /// How long a subscriber's connection may keep it to send it together with later ones; 0: not at all.
    std::chrono::milliseconds pace{};

    message() = default;
    message(message const&) = delete;
    message& operator=(message const&) = delete;
    ~message() {
        for (auto& slot : forms_)
            delete slot.load(std::memory_order_acquire);
    }

    /// The bytes for `form`, made by `encode(message const&) -> payload` on first use and then shared.
    template <class Encode>
    payload const& form(wire_form form, Encode&& encode) const {
        if (payload const* made = slot(form).load(std::memory_order_acquire)) [[likely]]
            return *made;
        return make(form, std::forward<Encode>(encode));
    }

private:
    using form_slot = std::atomic<payload const*>;
    form_slot& slot(wire_form form) const noexcept { return forms_[static_cast<std::size_t>(form)]; }

    template <class Encode>
    UNISONO_COLD payload const& make(wire_form form, Encode&& encode) const {
        // Two threads may both encode the first time; one result is kept. That beats a lock on every
        // delivery.
        auto fresh = std::make_unique<payload const>(std::forward<Encode>(encode)(*this));
        payload const* expected = nullptr;
        if (slot(form).compare_exchange_strong(expected, fresh.get(), std::memory_order_acq_rel))
            return *fresh.release();
        return *expected;
    }

    mutable std::array<form_slot, static_cast<std::size_t>(wire_form::count)> forms_{};
};

using message_ptr = std::shared_ptr<message const>;

} // namespace unisono::inline v0

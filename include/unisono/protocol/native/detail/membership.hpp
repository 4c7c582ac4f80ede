#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/hub/message.hpp>
#include <unisono/hub/stream_cursor.hpp>
#include <unisono/hub/subscription.hpp>
#include <unisono/protocol/documents/reader.hpp>
#include <unisono/protocol/documents/session.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unisono::inline v0 {
class native_session;
}

namespace unisono::inline v0::detail {

/// One channel of one session, and its subscriber there: what is delivered finds it without a look-up.
struct native_membership final : document_reader {
    enum class phase : std::uint8_t {
        joining, ///< asked the hub, no answer yet
        held,    ///< subscribed; the reply that says so is not sent yet, so nothing else may be
        live,
    };
    enum class presence_view : std::uint8_t {
        none,    ///< did not ask for it
        current, ///< has the state and every diff since
        missed,  ///< a diff was dropped because the outbox was full
        fetching ///< and the state is on its way
    };

    native_membership(std::shared_ptr<native_session> whose, std::string_view name)
        : session(std::move(whose)), channel(name) {}
    void deliver(message_ptr const& m) override;
    void on_notice(document_notice const& notice) override;
    void allow_editing(bool edit);

    std::shared_ptr<native_session> session; ///< which has this until it parts
    std::string channel;
    phase now = phase::joining;
    presence_view presence = presence_view::none;
    bool echo = true;
    bool aliased = false;                            ///< asked for an alias
    document_access access = document_access::write; ///< to its document
    std::uint64_t alias = 0;                         ///< in binary messages; 0: none
    bool entered = false;                            ///< is, or may be, a member of the presence
    stream_cursor seen;                              ///< what was delivered
    std::vector<message_ptr> waiting;                ///< while held
    std::optional<clock::time_point> expires;
    std::optional<clock::time_point> typing_until;
    std::optional<clock::time_point> typed; ///< when it was last told to others
    subscription link;
    std::shared_ptr<document_session> document; ///< once it was asked about
};

using native_membership_ptr = std::shared_ptr<native_membership>;

} // namespace unisono::inline v0::detail

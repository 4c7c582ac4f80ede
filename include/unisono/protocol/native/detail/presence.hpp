#pragma once

#include <unisono/hub/message.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0::detail {

/// Who is in one channel: users, each with an entry for every connection they have there. Lives on the
/// channel's shard.
///
/// Every change that clients see has the next revision; a client that holds a state and applies every later
/// diff in order holds the truth. Beyond `listed_limit` entries, newcomers are only counted: with thousands
/// of members the diffs alone (everybody hears of everybody) would be all the traffic.
class native_presence {
public:
    explicit native_presence(std::size_t listed_limit) noexcept : listed_limit_(listed_limit) {}

    /// Enters `who`, or changes what it says about itself (`state`, JSON). Returns the diff to publish (a
    /// JSON payload), or nothing when others do not see it.
    std::optional<std::string> set(publisher const& who, std::string_view state,
                                   std::chrono::milliseconds at);

    /// Enters `who` without a state, unless it is there already.
    std::optional<std::string> enter(publisher const& who, std::chrono::milliseconds at);

    /// Takes `who` out. The diff as above; nothing when it was not there.
    std::optional<std::string> leave(publisher const& who);

    /// Everybody who is listed, and the revision (a JSON payload); with its `op` when it is to be pushed.
    std::string state(bool push) const;

    std::size_t clients() const noexcept { return clients_; }
    std::size_t users() const noexcept { return users_.size(); }
    bool empty() const noexcept { return users_.empty(); }

private:
    /// One connection of a user.
    struct meta {
        std::string client;
        std::string state; ///< JSON
        std::chrono::milliseconds at;
        std::uint64_t ref = 0; ///< the revision that made it; 0: counted only
    };
    using metas = std::vector<meta>;

    static std::string_view key_of(publisher const& who) noexcept {
        return who.user.empty() ? who.client : who.user;
    }
    static std::size_t listed(metas const& of);
    static void append_meta(std::string& out, meta const& m, std::uint64_t previous);
    std::string diff(std::string_view list, std::string_view user, meta const& m, std::uint64_t previous,
                     std::string_view flag, bool flagged) const;

    std::map<std::string, metas, std::less<>> users_;
    std::size_t clients_ = 0;
    std::size_t listed_ = 0;
    std::size_t listed_limit_;
    std::uint64_t revision_ = 0;
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/native/detail/impl/presence.ipp>
#endif

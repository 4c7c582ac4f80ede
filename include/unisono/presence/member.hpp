#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

/// Bytes of the longest name of a channel, a user or a client; the shortest has one.
inline constexpr std::size_t max_presence_name = 255;

/// Who speaks: one connection of one user.
struct presence_key {
    std::string_view user;
    /// The same whenever that client comes back: who returns in time never went.
    std::string_view client;
    /// Tells the connections of one client apart, when the next may open before the last is known to be dead:
    /// the next has a greater number, in a circle (RFC 1982). While the client is here on a later one, what
    /// an older one says has no effect.
    std::uint32_t connection = 0;
};

/// One client of one user in a channel. The texts are the tracker's, and valid until it changes.
struct presence_member {
    std::string_view user;
    std::string_view client;
    std::string_view state;            ///< what it says about itself: JSON
    std::chrono::milliseconds since{}; ///< when it entered: time of day
    std::uint64_t ref = 0;             ///< of this version of it, unique in the channel
    std::uint64_t prev_ref = 0;        ///< of the version that this one replaces; 0: none, it came
    /// In joins: the user came with it. In leaves: the user went with it. Otherwise others of the user's
    /// clients were there before, or still are.
    bool first_or_last = false;
};

/// What changed in a channel between two revisions. A client that is in it stands in one of the lists, once;
/// those of one user stand together. Whoever applies them takes joins first, then leaves: then a user is new
/// exactly if `first_or_last` says so, and so for one who went.
struct presence_diff {
    std::string_view channel;
    std::uint64_t revision = 0; ///< what holds from now on; the last one was `revision - 1`
    std::span<presence_member const> joins = {};
    std::span<presence_member const> leaves = {};
};

/// Everybody who is listed in a channel, as of a revision: the next diff continues from there. States may be
/// those of the next diff already.
struct presence_list {
    std::uint64_t revision = 0;
    std::vector<presence_member> members = {}; ///< those of one user stand together
    std::size_t unlisted = 0;                  ///< clients that are only counted: presence_limits::members
};

struct presence_counts {
    std::size_t clients = 0;
    std::size_t users = 0;

    friend bool operator==(presence_counts const&, presence_counts const&) = default;
};

} // namespace unisono::inline v0

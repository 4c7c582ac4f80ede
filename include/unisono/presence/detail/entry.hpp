#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/detail/list_link.hpp>
#include <unisono/core/detail/string_map.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/presence/member.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unisono::inline v0::detail {

inline bool is_presence_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= max_presence_name;
}

struct presence_entry;
struct presence_channel;
using presence_channel_node = std::pair<std::string const, presence_channel>;

/// A user in a channel: everything known of their clients there.
struct presence_user {
    presence_channel_node* channel = nullptr;
    presence_entry* entries = nullptr; ///< a list, of which it is the owner
    std::uint32_t listed = 0;          ///< members that watchers were told of
    bool here = false;                 ///< as the host was told
    bool changed = false;              ///< is in presence_channel::changed
};
using presence_user_node = std::pair<std::string const, presence_user>;

struct presence_channel : list_link<presence_channel> { ///< in one of the tracker's lists
    presence_channel_node* self = nullptr;              ///< with its name
    string_map<presence_user> users;
    std::vector<presence_user_node*> changed; ///< since the last diff
    std::uint64_t revision = 0;
    std::uint64_t last_ref = 0;
    std::size_t watchers = 0;
    // As told with the last diff
    std::size_t clients = 0;
    std::size_t present_users = 0;
    std::size_t listed = 0;
    clock::time_point rests_until{}; ///< while it is in the list of those that were told lately
};

/// What one node of the cluster says about one client. Usually there is one such claim; while a client moves
/// from a node to another there are several, and the latest counts.
///
/// There are very many of these, so it is one allocation, its name behind it.
struct presence_entry : list_link<presence_entry> { ///< in the tracker's list of those that expire
    clock::time_point deadline{};
    presence_entry* next_of_user = nullptr;
    presence_user_node* user = nullptr;
    payload state; ///< JSON; empty: null
    std::chrono::milliseconds since{};
    std::uint64_t ref = 0;        ///< as told; 0: watchers do not know it
    std::uint64_t dot = 0;        ///< the change of its replica that made it so
    std::uint64_t stamp = 0;      ///< of claims to be the same client the latest counts: time of day or more
    std::uint32_t connection = 0; ///< presence_key::connection
    std::uint16_t replica = 0;    ///< who says so: the tracker's number; 0: this node
    std::uint8_t client_length = 0; ///< at most max_presence_name
    bool told : 1 = false;          ///< stands for its client in what was told; at most one of its claims
    bool changed : 1 = false;       ///< is not as it was told
    bool touched : 1 = false;       ///< to be looked at for the next diff
    bool dropped : 1 = false;       ///< its connection is lost
    bool absent : 1 = false;        ///< claims that the client left, against older claims that it is here
    bool gone : 1 = false;          ///< was taken back, and watchers have not been told yet

    std::string_view client() const noexcept {
        return {reinterpret_cast<char const*>(this + 1), client_length};
    }
    std::string_view state_text() const noexcept { return state.empty() ? "null" : state.text(); }

    /// Links it to the front of the user's.
    static presence_entry& create(presence_user_node& user, std::string_view client) {
        auto* const e = new (::operator new(sizeof(presence_entry) + client.size())) presence_entry;
        std::memcpy(static_cast<void*>(e + 1), client.data(), client.size());
        e->client_length = static_cast<std::uint8_t>(client.size());
        e->user = &user;
        e->next_of_user = std::exchange(user.second.entries, e);
        return *e;
    }
    /// Takes the one that `link` holds out of its user's list.
    static void destroy(presence_entry*& link) noexcept {
        presence_entry& e = *link;
        link = e.next_of_user;
        e.unlink();
        e.~presence_entry();
        ::operator delete(static_cast<void*>(&e));
    }
};

} // namespace unisono::inline v0::detail

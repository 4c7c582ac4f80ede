#pragma once

#include <unisono/core/random.hpp>
#include <unisono/wire/detail/ascii.hpp>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace unisono::inline v0 {

class native_session;

namespace detail {

/// The sessions that have connected, by an id that nobody can guess and that says on which shard to look.
///
/// Thread safety: everything that takes a shard is called on that shard.
class native_sessions {
public:
    explicit native_sessions(std::size_t shards) : shards_(shards) {}

    /// What a client's sessions have in common, as a secret: 132 random bits.
    static std::string new_lasting_part(random_source& random) { return random.token(lasting_length); }

    /// That of a session's id; empty when it is none. Any server can tell.
    static std::string_view lasting_part(std::string_view id) noexcept {
        auto const is_token = [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; };
        auto const part = id.substr(0, id.find('.'));
        return part.size() == lasting_length && std::all_of(part.begin(), part.end(), is_token)
                   ? part
                   : std::string_view{};
    }

    /// A new id for a session on `shard`: what it has in common with others of its client, 132 random bits
    /// and the shard.
    static std::string make_id(std::string_view lasting, std::size_t shard, random_source& random) {
        return std::string{lasting} + "." + random.token(22) + "." + std::to_string(shard);
    }

    /// Of the connection that is admitted now: greater than those of connections before, in a circle. From
    /// any thread.
    std::uint32_t next_connection() noexcept { return connections_.fetch_add(1, std::memory_order_relaxed); }

    /// The shard an id names; one that does not exist when it names none.
    std::size_t shard_of(std::string_view id) const noexcept {
        auto const dot = id.rfind('.');
        std::size_t shard = 0;
        auto const* const end = id.data() + id.size();
        if (dot == id.npos)
            return shards_.size();
        auto const [stopped, ec] = std::from_chars(id.data() + dot + 1, end, shard);
        return ec == std::errc{} && stopped == end && shard < shards_.size() ? shard : shards_.size();
    }
    std::size_t shard_count() const noexcept { return shards_.size(); }

    void add(std::size_t shard, std::string const& id, native_session& who) {
        shards_[shard].emplace(id, &who);
    }
    void remove(std::size_t shard, std::string const& id) { shards_[shard].erase(id); }

    /// Null when there is none.
    native_session* find(std::size_t shard, std::string_view id) const {
        auto const found = shards_[shard].find(id);
        return found == shards_[shard].end() ? nullptr : found->second;
    }

    /// A copy, for loops whose body may end sessions. Whoever ends one keeps it until it was told so.
    std::vector<native_session*> all(std::size_t shard) const {
        std::vector<native_session*> result;
        for (auto const& [id, who] : shards_[shard])
            result.push_back(who);
        return result;
    }

private:
    static constexpr std::size_t lasting_length = 22;

    std::vector<std::map<std::string, native_session*, std::less<>>> shards_;
    std::atomic<std::uint32_t> connections_{1};
};

} // namespace detail

} // namespace unisono::inline v0

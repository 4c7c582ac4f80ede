#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace unisono::inline v0::yjs {

/// Which elements a replica has: of each client those with a clock below the one given here.
///
/// A value type. Encodes canonically: equal vectors give equal bytes.
class state_vector {
public:
    struct entry {
        std::uint64_t client;
        std::uint64_t clock; ///< never 0: that is the same as no entry

        friend bool operator==(entry const&, entry const&) = default;
    };

    state_vector() noexcept = default;

    /// Takes entries in any order; of a client named twice the last one counts.
    explicit state_vector(std::vector<entry> entries);

    /// Reads any order of clients; of a client named twice the last entry counts, as in Yjs.
    /// Errors: codec_error, crdt_error::too_many_clients (limits.clients).
    static result<state_vector> decode(bytes_view bytes, update_limits const& limits = {});

    byte_buffer encode() const;

    /// The first clock that is missing; 0 for an unknown client.
    std::uint64_t get(std::uint64_t client) const noexcept;

    void set(std::uint64_t client, std::uint64_t clock);

    bool empty() const noexcept { return entries_.empty(); }

    /// Clients in descending order, the order of the wire.
    std::span<entry const> entries() const noexcept { return entries_; }

    friend bool operator==(state_vector const&, state_vector const&) = default;

private:
    std::size_t find(std::uint64_t client) const noexcept;

    std::vector<entry> entries_;
};

} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/impl/state_vector.ipp>
#endif

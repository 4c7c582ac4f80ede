#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/state_vector.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0::yjs {

UNISONO_DECL state_vector::state_vector(std::vector<entry> entries) : entries_(std::move(entries)) {
    // Last first, so that of equal clients the first one counts from here on.
    std::reverse(entries_.begin(), entries_.end());
    std::stable_sort(entries_.begin(), entries_.end(), [](auto& a, auto& b) { return a.client > b.client; });
    auto same = [](auto& a, auto& b) { return a.client == b.client; };
    entries_.erase(std::unique(entries_.begin(), entries_.end(), same), entries_.end());
    std::erase_if(entries_, [](auto& e) { return e.clock == 0; });
}

UNISONO_DECL result<state_vector> state_vector::decode(bytes_view bytes, update_limits const& limits) {
    lib0_reader in{bytes};
    std::uint64_t const count = in.var_count(2);
    if (count > limits.clients)
        return crdt_error::too_many_clients;
    std::vector<entry> read;
    for (std::uint64_t i = 0; i < count; ++i) {
        std::uint64_t const client = in.var_uint();
        read.push_back({client, in.var_uint()});
    }
    if (in.ok() && in.remaining() > 0)
        in.fail(codec_error::trailing_bytes);
    if (!in.ok())
        return in.error();

    return state_vector{std::move(read)};
}

UNISONO_DECL byte_buffer state_vector::encode() const {
    byte_buffer bytes;
    lib0_writer out{bytes};
    out.var_uint(entries_.size());
    for (auto const& e : entries_) {
        out.var_uint(e.client);
        out.var_uint(e.clock);
    }
    return bytes;
}

UNISONO_DECL std::uint64_t state_vector::get(std::uint64_t client) const noexcept {
    std::size_t const at = find(client);
    return at < entries_.size() && entries_[at].client == client ? entries_[at].clock : 0;
}

UNISONO_DECL void state_vector::set(std::uint64_t client, std::uint64_t clock) {
    std::size_t const at = find(client);
    auto const place = entries_.begin() + static_cast<std::ptrdiff_t>(at);
    bool const known = at < entries_.size() && place->client == client;
    if (clock == 0) {
        if (known)
            entries_.erase(place);
    } else if (known) {
        place->clock = clock;
    } else {
        entries_.insert(place, {client, clock});
    }
}

UNISONO_DECL std::size_t state_vector::find(std::uint64_t client) const noexcept {
    auto const place =
        std::lower_bound(entries_.begin(), entries_.end(), client,
                         [](entry const& e, std::uint64_t wanted) { return e.client > wanted; });
    return static_cast<std::size_t>(place - entries_.begin());
}

} // namespace unisono::inline v0::yjs

#pragma once

#include <unisono/codec/error.hpp>
#include <unisono/codec/json_document.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/presence/awareness.hpp>

#include <string_view>
#include <vector>

namespace unisono::inline v0 {

namespace detail {

/// As in y-protocols: a state is dropped when it was not renewed for so long.
inline constexpr std::chrono::seconds awareness_timeout{30};
/// A removed client's clock is remembered until no message from before its removal can be under way.
inline constexpr std::chrono::minutes awareness_memory{2};
/// Clients count up by one; a jump beyond this would leave an honest client no room.
inline constexpr std::uint64_t awareness_clock_limit = std::uint64_t{1} << 31;

template <class Changes>
byte_buffer encode_awareness(Changes const& changes) {
    byte_buffer out;
    if (changes.empty())
        return out;
    lib0_writer writer{out};
    writer.var_uint(changes.size());
    for (auto const& c : changes) {
        writer.var_uint(c.id);
        writer.var_uint(c.clock);
        writer.var_string(c.state.empty() ? std::string_view{"null"} : c.state);
    }
    return out;
}

} // namespace detail

UNISONO_DECL result<awareness::outcome> awareness::apply(bytes_view update, peer_id from,
                                                         clock::time_point now) {
    // Everything is checked before anything is changed.
    std::vector<change> entries;
    lib0_reader in{update};
    for (auto left = in.var_count(3); left != 0 && in.ok(); --left) {
        change c{in.var_uint(), in.var_uint(), in.var_string()};
        if (!in.ok())
            break;
        if (c.state.size() > limits_.state || c.clock > detail::awareness_clock_limit)
            return codec_error::too_large;
        auto const parsed = json::parse(c.state, {.size = limits_.state, .depth = 32});
        if (!parsed)
            return parsed.error();
        if (parsed->root().is_null())
            c.state = {};
        entries.push_back(c);
    }
    if (!in.ok())
        return in.error();
    if (in.remaining() != 0)
        return codec_error::trailing_bytes;
    std::size_t introduced = 0;
    std::size_t added = 0;
    for (auto const& [id, known] : clients_)
        introduced += known.owner == from; // also what it removed: clocks are remembered for a while
    for (auto const& e : entries) {
        auto const known = clients_.find(e.id);
        if (e.state.empty())
            continue; // introduces nobody
        added += known == clients_.end();
        introduced += known == clients_.end() || (known->second.state.empty() && known->second.owner != from);
    }
    if (introduced > limits_.clients_per_peer || clients_.size() + added > limits_.clients)
        return codec_error::too_large;

    std::vector<change> relay;
    std::vector<change> reply;
    for (auto const& e : entries) {
        auto const found = clients_.find(e.id);
        std::uint64_t const known = found == clients_.end() ? 0 : found->second.clock;
        bool const present = found != clients_.end() && !found->second.state.empty();
        if (e.clock < known || (e.clock == known && !(e.state.empty() && present))) {
            if (found != clients_.end() && !present && !e.state.empty())
                reply.push_back({e.id, known, {}});
            continue;
        }
        if (e.state.empty() && (!present || found->second.owner != from))
            continue; // nothing that it may remove
        client& c = clients_[e.id];
        if (c.state.empty())
            c.owner = from;
        present_ += static_cast<std::size_t>(!e.state.empty()) - static_cast<std::size_t>(present);
        c.clock = e.clock;
        c.state = e.state;
        c.renewed = now;
        relay.push_back(e);
    }
    return outcome{detail::encode_awareness(relay), detail::encode_awareness(reply)};
}

UNISONO_DECL byte_buffer awareness::encode() const {
    std::vector<change> all;
    for (auto const& [id, c] : clients_)
        if (!c.state.empty())
            all.push_back({id, c.clock, c.state});
    return detail::encode_awareness(all);
}

template <class Leaves>
byte_buffer awareness::remove_if(Leaves&& leaves, clock::time_point now) {
    std::vector<change> gone;
    for (auto& [id, c] : clients_) {
        if (c.state.empty() || !leaves(c))
            continue;
        c.state.clear();
        c.renewed = now;
        --present_;
        gone.push_back({id, c.clock, {}}); // the same clock: receivers accept a removal under it
    }
    return detail::encode_awareness(gone);
}

UNISONO_DECL byte_buffer awareness::remove_peer(peer_id peer, clock::time_point now) {
    return remove_if([&](client const& c) { return c.owner == peer; }, now);
}

UNISONO_DECL byte_buffer awareness::expire(clock::time_point now) {
    std::erase_if(clients_, [&](auto const& entry) {
        return entry.second.state.empty() && now - entry.second.renewed >= detail::awareness_memory;
    });
    return remove_if([&](client const& c) { return now - c.renewed >= detail::awareness_timeout; }, now);
}

} // namespace unisono::inline v0

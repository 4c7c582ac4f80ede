#pragma once

#include <unisono/codec/error.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/state_reader.hpp>
#include <unisono/crdt/state_writer.hpp>
#include <unisono/presence/detail/message.hpp>

#include <algorithm>
#include <cstddef>

namespace unisono::inline v0::detail {

inline constexpr std::uint64_t presence_message_version = 1;
/// Of stamps and times: no number that was received can make a later one overflow.
inline constexpr std::uint64_t presence_time_limit = std::uint64_t{1} << 52;

UNISONO_DECL crdt::causal_context read_presence_dots(crdt::state_reader& in, crdt::replica_id of) {
    auto dots = crdt::causal_context::read(in);
    for (auto const& range : dots.ranges())
        if (range.replica != of)
            in.fail(crdt_error::unknown_replica);
    return dots;
}

UNISONO_DECL std::string_view read_presence_name(crdt::state_reader& in) {
    auto const name = as_text(in.bytes());
    if (in.ok() && !is_presence_name(name))
        in.fail(codec_error::too_large);
    return name;
}

UNISONO_DECL presence_claim read_presence_claim(crdt::state_reader& in) {
    presence_claim c;
    c.dot = in.counter();
    c.stamp = in.uint();
    auto const since = in.uint();
    if (std::max(c.stamp, since) > presence_time_limit)
        in.fail(codec_error::number_overflow);
    c.since = std::chrono::milliseconds{since};
    c.absent = in.boolean();
    c.channel = read_presence_name(in);
    c.user = read_presence_name(in);
    c.client = read_presence_name(in);
    c.state = as_text(in.bytes());
    return c;
}

UNISONO_DECL result<presence_message> decode_presence_message(bytes_view bytes) {
    crdt::state_reader in{bytes};
    presence_message m;
    if (in.uint() != presence_message_version)
        in.fail(crdt_error::unknown_version);
    auto const what = in.uint();
    m.what = static_cast<presence_message::kind>(what);
    m.from = in.uint();
    m.number = in.uint();
    switch (what) {
    case static_cast<int>(presence_message::kind::share): {
        m.clock = in.uint();
        m.seen = read_presence_dots(in, m.from);
        m.alive = read_presence_dots(in, m.from);
        m.dead = read_presence_dots(in, m.from);
        if (!m.seen.covers(m.alive) || m.clock > in.limits().counter ||
            (!m.seen.empty() && m.seen.ranges().back().last > m.clock))
            in.fail(crdt_error::unseen_dot);
        std::uint64_t before = 0;
        for (auto left = in.count(); left != 0 && in.ok(); --left) {
            m.claims.push_back(read_presence_claim(in));
            auto const dot = m.claims.back().dot;
            if (dot <= before || dot > m.clock)
                in.fail(crdt_error::unseen_dot);
            before = dot;
        }
        break;
    }
    case static_cast<int>(presence_message::kind::ask):
        m.to = in.uint();
        m.have = read_presence_dots(in, m.to);
        break;
    case static_cast<int>(presence_message::kind::leave):
        break;
    default:
        in.fail(codec_error::unknown_tag);
    }
    if (in.ok() && !in.at_end())
        in.fail(codec_error::trailing_bytes);
    if (!in.ok())
        return in.error();
    return m;
}

UNISONO_DECL void begin_presence_message(byte_buffer& out, presence_message const& m, std::size_t claims) {
    crdt::state_writer w{out};
    w.uint(presence_message_version);
    w.uint(static_cast<std::uint64_t>(m.what));
    w.uint(m.from);
    w.uint(m.number);
    if (m.what == presence_message::kind::share) {
        w.uint(m.clock);
        m.seen.write(w);
        m.alive.write(w);
        m.dead.write(w);
        w.uint(claims);
    } else if (m.what == presence_message::kind::ask) {
        w.uint(m.to);
        m.have.write(w);
    }
}

UNISONO_DECL void append_presence_claim(byte_buffer& out, presence_entry const& e) {
    crdt::state_writer w{out};
    w.uint(e.dot);
    w.uint(e.stamp);
    w.uint(static_cast<std::uint64_t>(e.since.count()));
    w.boolean(e.absent);
    w.bytes(as_bytes(e.user->second.channel->first));
    w.bytes(as_bytes(e.user->first));
    w.bytes(as_bytes(e.client()));
    w.bytes(as_bytes(e.state.text()));
}

} // namespace unisono::inline v0::detail

#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/native/detail/presence.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace unisono::inline v0::detail {

UNISONO_DECL void write_presence_meta(json::writer& w, presence_member const& m) {
    w.object([&] {
        w.member("ref", std::to_string(m.ref));
        if (m.prev_ref != 0)
            w.member("prev_ref", std::to_string(m.prev_ref));
        w.member("client", m.client);
        w.key("state").raw(m.state);
        w.member("at", m.since.count());
    });
}

/// Users, each with the entries that stand together; with `flag` when it has a name.
UNISONO_DECL void write_presence_users(json::writer& w, std::span<presence_member const> members,
                                       std::string_view flag = {}) {
    w.object([&] {
        for (std::size_t next = 0; next != members.size();) {
            auto const& first = members[next];
            w.key(first.user).object([&] {
                if (!flag.empty())
                    w.member(flag, first.first_or_last);
                w.key("metas").array([&] {
                    for (; next != members.size() && members[next].user == first.user; ++next)
                        write_presence_meta(w, members[next]);
                });
            });
        }
    });
}

UNISONO_DECL std::string encode_native_presence(presence_list const& list, bool push) {
    std::string out;
    json::writer w{out};
    w.object([&] {
        if (push)
            w.member("op", "state");
        w.member("rev", list.revision);
        write_presence_users(w.key("members"), list.members);
        if (list.unlisted != 0)
            w.member("unlisted", list.unlisted);
    });
    return out;
}

UNISONO_DECL std::string encode_native_presence(presence_diff const& diff) {
    std::string out;
    json::writer w{out};
    w.object([&] {
        w.member("op", "diff");
        w.member("rev", diff.revision);
        write_presence_users(w.key("joins"), diff.joins, "first");
        write_presence_users(w.key("leaves"), diff.leaves, "last");
    });
    return out;
}

UNISONO_DECL std::string encode_native_presence(presence_counts const& counts) {
    std::string out;
    json::writer w{out};
    w.object([&] {
        w.member("clients", counts.clients);
        w.member("users", counts.users);
    });
    return out;
}

} // namespace unisono::inline v0::detail

#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/native/detail/presence.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL std::size_t native_presence::listed(metas const& of) {
    return static_cast<std::size_t>(std::count_if(of.begin(), of.end(), [](meta const& m) { return m.ref; }));
}

UNISONO_DECL std::optional<std::string> native_presence::set(publisher const& who, std::string_view state,
                                                             std::chrono::milliseconds at) {
    auto const user = users_.try_emplace(std::string{key_of(who)}).first;
    metas& entries = user->second;
    auto mine = std::find_if(entries.begin(), entries.end(), [&](auto& m) { return m.client == who.client; });
    bool const first = listed(entries) == 0;
    std::uint64_t previous = 0;
    if (mine == entries.end()) {
        ++clients_;
        mine = entries.insert(mine, {who.client, {}, at, 0});
        if (listed_ == listed_limit_)
            return std::nullopt;
        ++listed_;
    } else {
        previous = mine->ref;
        if (previous == 0)
            return std::nullopt;
    }
    mine->ref = ++revision_;
    mine->state = state;
    return diff("joins", user->first, *mine, previous, "first", first);
}

UNISONO_DECL std::optional<std::string> native_presence::enter(publisher const& who,
                                                               std::chrono::milliseconds at) {
    if (auto const user = users_.find(key_of(who)); user != users_.end())
        for (meta const& m : user->second)
            if (m.client == who.client)
                return std::nullopt;
    return set(who, "null", at);
}

UNISONO_DECL std::optional<std::string> native_presence::leave(publisher const& who) {
    auto const user = users_.find(key_of(who));
    if (user == users_.end())
        return std::nullopt;
    metas& entries = user->second;
    auto const mine =
        std::find_if(entries.begin(), entries.end(), [&](auto& m) { return m.client == who.client; });
    if (mine == entries.end())
        return std::nullopt;
    meta const gone = std::move(*mine);
    entries.erase(mine);
    --clients_;
    std::optional<std::string> result;
    if (gone.ref != 0) {
        --listed_;
        ++revision_;
        result = diff("leaves", user->first, gone, 0, "last", listed(entries) == 0);
    }
    if (entries.empty())
        users_.erase(user);
    return result;
}

UNISONO_DECL void native_presence::append_meta(std::string& out, meta const& m, std::uint64_t previous) {
    json::writer w{out};
    w.object([&] {
        w.member("ref", std::to_string(m.ref));
        if (previous != 0)
            w.member("prev_ref", std::to_string(previous));
        w.member("client", m.client);
        w.key("state").raw(m.state);
        w.member("at", m.at.count());
    });
}

UNISONO_DECL std::string native_presence::diff(std::string_view list, std::string_view user, meta const& m,
                                               std::uint64_t previous, std::string_view flag,
                                               bool flagged) const {
    std::string entry;
    append_meta(entry, m, previous);
    std::string out;
    json::writer w{out};
    auto const change = [&] {
        w.key(user).object([&] {
            w.member(flag, flagged);
            w.key("metas").array([&] { w.raw(entry); });
        });
    };
    w.object([&] {
        w.member("op", "diff");
        w.member("rev", revision_);
        for (std::string_view const name : {"joins", "leaves"})
            w.key(name).object([&] {
                if (name == list)
                    change();
            });
    });
    return out;
}

UNISONO_DECL std::string native_presence::state(bool push) const {
    std::string out;
    json::writer w{out};
    w.object([&] {
        if (push)
            w.member("op", "state");
        w.member("rev", revision_);
        w.key("members").object([&] {
            for (auto const& [user, all] : users_) {
                metas const& entries = all; // Clang 14 captures no structured bindings
                if (listed(entries) == 0)
                    continue;
                w.key(user).object([&] {
                    w.key("metas").array([&] {
                        for (meta const& m : entries) {
                            if (m.ref == 0)
                                continue;
                            std::string entry;
                            append_meta(entry, m, 0);
                            w.raw(entry);
                        }
                    });
                });
            }
        });
        if (clients_ != listed_)
            w.member("unlisted", clients_ - listed_);
    });
    return out;
}

} // namespace unisono::inline v0::detail

#pragma once

#include <unisono/presence/tracker.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace presence_simulation {

using member_name = std::pair<std::string, std::string>; ///< channel, client

/// What somebody knows who believes what a tracker tells, and what was wrong about it.
class watcher {
public:
    struct known {
        std::string user;
        std::string state;
        std::chrono::milliseconds since{};
        std::uint64_t ref = 0;
    };

    void hear(unisono::presence_diff const& d) {
        std::string const channel{d.channel};
        expect(d.revision == ++revisions_[channel], "a hole in the revisions of " + channel);
        expect(!d.joins.empty() || !d.leaves.empty(), "a diff of nothing");
        std::set<member_name> named;
        for (auto const& m : d.joins) {
            member_name const name{channel, m.client};
            expect(named.insert(name).second, "named twice");
            auto const before = members.find(name);
            expect((before == members.end() ? 0 : before->second.ref) == m.prev_ref, "wrong prev_ref");
            if (m.prev_ref == 0)
                came.insert(name);
        }
        std::set<std::string> new_users;
        for (auto const& m : d.joins)
            if (clients_of(channel, m.user) == 0)
                new_users.emplace(m.user);
        for (auto const& m : d.joins) {
            expect(m.first_or_last == new_users.contains(std::string{m.user}), "wrong first");
            members[{channel, std::string{m.client}}] = {std::string{m.user}, std::string{m.state}, m.since,
                                                         m.ref};
        }
        for (auto const& m : d.leaves) {
            member_name const name{channel, m.client};
            expect(named.insert(name).second, "named twice");
            auto const before = members.find(name);
            expect(before != members.end() && before->second.ref == m.ref, "left without having been there");
            members.erase(name);
            went.insert(name);
        }
        for (auto const& m : d.leaves)
            expect(m.first_or_last == (clients_of(channel, m.user) == 0), "wrong last");
    }
    void user_joined(std::string_view channel, std::string_view user) {
        expect(users.emplace(channel, user).second, "a user joined twice");
    }
    void user_left(std::string_view channel, std::string_view user) {
        expect(users.erase({std::string{channel}, std::string{user}}) == 1, "a user left twice");
    }
    /// `settled`: nothing waits to be told.
    void compare(std::string const& channel, unisono::presence_list const& list, bool settled) {
        expect(list.revision == revisions_[channel], "list of another revision");
        std::size_t here = 0;
        for (auto const& [name, m] : members)
            here += name.first == channel;
        expect(list.members.size() == here, "list of another size");
        for (auto const& m : list.members) {
            auto const found = members.find({channel, std::string{m.client}});
            if (found == members.end() || found->second.ref != m.ref)
                return expect(false, "listed, but not told");
            expect(!settled || found->second.state == m.state, "listed with another state");
            expect(!settled || found->second.since == m.since, "listed with another time");
            expect(users.contains({channel, std::string{m.user}}), "listed, but the user did not join");
        }
    }

    std::map<member_name, known> members;
    std::set<std::pair<std::string, std::string>> users; ///< channel, user
    std::set<member_name> came, went;                    ///< since somebody looked
    std::string problem;

private:
    std::size_t clients_of(std::string const& channel, std::string_view user) const {
        std::size_t n = 0;
        for (auto const& [name, m] : members)
            n += name.first == channel && m.user == user;
        return n;
    }
    void expect(bool what, std::string const& otherwise) {
        if (!what && problem.empty())
            problem = otherwise;
    }

    std::map<std::string, std::uint64_t> revisions_;
};

} // namespace presence_simulation

#pragma once

#include <unisono/presence/tracker.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tracker_world {

using namespace unisono;
using namespace std::chrono_literals;

/// A tracker whose time stands still until told, and what it told.
struct world {
    static constexpr auto grace = 15'000ms;
    manual_clock time;
    std::string told;
    int diffs = 0;
    std::pair<std::uint64_t, std::uint64_t> last_refs;
    presence_tracker tracker;

    explicit world(presence_options options = {.times = {.coalesce = 0ms}})
        : tracker(with_ears(std::move(options))) {}

    bool enter(std::string_view user, std::string_view client, std::optional<std::string_view> state = {}) {
        return tracker.track("lobby", {user, client}, state).has_value();
    }
    void pass(clock::duration span) {
        time.advance(span);
        tracker.advance();
    }
    /// What was told since the last call.
    std::string read() { return std::exchange(told, {}); }
    std::string names() const {
        std::string all;
        for (auto const& m : tracker.list("lobby").members)
            all += std::string{m.user} + "/" + std::string{m.client} + " ";
        return all;
    }

private:
    presence_options with_ears(presence_options options) {
        options.clock = &time;
        options.events.diff = [this](presence_diff const& d) {
            ++diffs;
            told += std::to_string(d.revision);
            for (auto const& m : d.joins) {
                told += " +" + name(m) + " " + std::string{m.state} + (m.first_or_last ? " first" : "");
                last_refs = {m.ref, m.prev_ref};
            }
            for (auto const& m : d.leaves)
                told += " -" + name(m) + (m.first_or_last ? " last" : "");
            told += "; ";
        };
        options.events.user_joined = [this](auto, std::string_view user) {
            told += "joined " + std::string{user} + "; ";
        };
        options.events.user_left = [this](auto, std::string_view user) {
            told += "left " + std::string{user} + "; ";
        };
        return options;
    }
    static std::string name(presence_member const& m) {
        return std::string{m.user} + "/" + std::string{m.client};
    }
};

} // namespace tracker_world

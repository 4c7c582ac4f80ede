#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/detail/list_link.hpp>
#include <unisono/core/detail/string_map.hpp>
#include <unisono/core/result.hpp>
#include <unisono/presence/detail/entry.hpp>
#include <unisono/presence/error.hpp>
#include <unisono/presence/member.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

struct presence_limits {
    std::size_t state = 1024;       ///< bytes of what one client says about itself
    std::size_t members = 1000;     ///< listed in one channel; who comes on top is only counted
    std::size_t connections = 256;  ///< of one user in one channel
    std::size_t channels = 100'000; ///< with anybody in them, or watched
};

struct presence_times {
    /// After a connection was lost, for the client to come back before others hear that it left. 0: none.
    std::chrono::milliseconds grace{15'000};
    /// A client that says nothing so long (presence_tracker::touch) is gone. 0: it may be silent for ever,
    /// where its connection is known to be alive.
    std::chrono::milliseconds ttl{0};
    /// Between two diffs of a channel: a lone change is told at once, what follows in this time together.
    /// With n members a change is told n times, so what all do at once costs n² without it. 0: none.
    std::chrono::milliseconds coalesce{250};
};

/// What a tracker tells. Called in the middle of its work: a handler may read the tracker, and posts what it
/// wants to change. Must not throw.
struct presence_events {
    /// Of channels that are watched.
    std::function<void(presence_diff const&)> diff = {};
    /// A user's first client entered the channel; the last one left. In turns, also for those who are only
    /// counted, and on every node of a cluster.
    std::function<void(std::string_view channel, std::string_view user)> user_joined = {};
    std::function<void(std::string_view channel, std::string_view user)> user_left = {};
};

struct presence_options {
    presence_limits limits = {};
    presence_times times = {};
    presence_events events = {};
    unisono::clock* clock = &system_clock();
};

/// Who is in which channel, with which state and on how many devices. See docs/presence.md.
///
/// An explicit leave shows at once. A client whose connection was lost stays for the grace window; if it
/// comes back, nobody notices. Watchers get a list and then diffs, each with the next revision; what happened
/// and unhappened between two diffs is not told. A change of state replaces a member, nobody comes or goes.
///
/// Every operation takes constant time, but for the number of the user's own clients in that channel; list()
/// takes as long as the list is. What several nodes track is put together by a presence_replicator.
///
/// Thread safety: none; lives on one shard. Ownership: copies what it is given.
class presence_tracker {
public:
    explicit presence_tracker(presence_options options = {});
    presence_tracker(presence_tracker const&) = delete;
    presence_tracker& operator=(presence_tracker const&) = delete;
    ~presence_tracker();

    /// Enters a client or says that it is here again, now on that connection, unless it is here on a later
    /// one. `state` is JSON; none: what it was, null for a newcomer. Changes nothing when it fails.
    result<void> track(std::string_view channel, presence_key const& who,
                       std::optional<std::string_view> state = {});

    /// As track(), only of a client that is here on that connection. False: it is not, or the state is too
    /// large; nothing was changed.
    bool update(std::string_view channel, presence_key const& who, std::string_view state);

    /// A sign of life: puts off presence_times::ttl. False: not here on that connection.
    bool touch(std::string_view channel, presence_key const& who);

    /// It leaves, now. False: not here on that connection.
    bool untrack(std::string_view channel, presence_key const& who);

    /// Its connection was lost: it leaves when the grace window ends, unless it is tracked again before. One
    /// that said when it would be back at the latest is waited for no longer, but for a sixteenth of the
    /// window. False: not here on that connection.
    bool drop(std::string_view channel, presence_key const& who,
              std::chrono::milliseconds back_within = std::chrono::milliseconds::max());

    /// Diffs of the channel are told from now on, until unwatch() was called as often. While a channel is
    /// watched, its revisions go on from one to the next. False: presence_limits::channels.
    bool watch(std::string_view channel);
    void unwatch(std::string_view channel);

    /// As watchers know it.
    presence_list list(std::string_view channel) const;
    presence_counts count(std::string_view channel) const;

    /// Lets go of whose time is over, and tells what waits to be told. Call several times a second; takes as
    /// long as there is something to do.
    void advance();

    /// Channels that are kept.
    std::size_t channel_count() const noexcept { return channels_.size(); }

    presence_options const& options() const noexcept { return options_; }

private:
    friend class presence_replicator;
    using entry = detail::presence_entry;
    using channel_node = detail::presence_channel_node;
    using user_node = detail::presence_user_node;

    /// Who else makes claims. The first is this node.
    struct replica {
        std::uint64_t id = 0;
        bool hidden = false; ///< its claims do not count
    };
    /// Told of every change this node makes, to pass it on.
    struct journal {
        virtual void on_change(entry& e) = 0;  ///< new, or in another state
        virtual void on_removal(entry& e) = 0; ///< about to go
    protected:
        ~journal() = default;
    };

    channel_node* find(std::string_view channel);
    channel_node const* find(std::string_view channel) const;
    static user_node* find(channel_node& channel, std::string_view user);
    entry* find_own(std::string_view channel, presence_key const& who);
    channel_node& get_channel(std::string_view channel);
    user_node& get_user(std::string_view channel, std::string_view user);
    /// The claim that outranks the others; null when there is none.
    entry* best_of(user_node const& user, std::string_view client) const;
    bool counts(entry const& e) const noexcept { return !e.gone && !replicas_[e.replica].hidden; }
    bool is_claimed_elsewhere(entry const& e) const;
    bool outranks(entry const& e, entry const& other) const noexcept;
    void claim(entry& e, entry const* best);
    void renew(entry& e);
    void begin_grace(entry& e, std::chrono::milliseconds wait = std::chrono::milliseconds::max());
    void remove(entry& e); ///< perhaps also destroys it
    void touched(entry& e);

    void tell_ready();
    void tell(channel_node& channel);
    void settle(entry& of);
    void clean_up(channel_node& channel);
    void forget_if_unused(channel_node& channel);

    presence_options options_;
    detail::string_map<detail::presence_channel> channels_;
    std::vector<replica> replicas_{1};
    journal* journal_ = nullptr;
    // In each list all deadlines are equally far away when they are set, so they come due in that order: no
    // timing wheel needs to sort them.
    detail::list_head<entry> alive_;                      ///< until the ttl
    std::array<detail::list_head<entry>, 16> dropped_;    ///< by sixteenths of the grace window
    detail::list_head<detail::presence_channel> ready_;   ///< with something to tell
    detail::list_head<detail::presence_channel> resting_; ///< told lately
    // For one diff at a time, kept for their memory.
    std::vector<presence_member> joins_;
    std::vector<presence_member> leaves_;
    std::vector<user_node*> turned_; ///< users that came or went
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/presence/impl/tracker.ipp>
#include <unisono/presence/impl/tracker_diff.ipp>
#endif

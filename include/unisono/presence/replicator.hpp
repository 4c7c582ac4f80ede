#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/clock.hpp>
#include <unisono/core/random.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/causal_context.hpp>
#include <unisono/crdt/dot.hpp>
#include <unisono/presence/detail/message.hpp>
#include <unisono/presence/tracker.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace unisono::inline v0 {

struct presence_replicator_options {
    std::chrono::milliseconds share{100}; ///< between two messages with changes: they wait for each other
    std::chrono::milliseconds heartbeat{2'000}; ///< of silence of ours, until a sign of life
    std::chrono::milliseconds gap{200};   ///< for what is late to come by itself, before it is asked for
    std::chrono::milliseconds ask{1'000}; ///< between two such questions
    /// Of silence of another node's, until its clients are taken for lost connections: they stay for the
    /// grace window of presence_times. Together that is how long they outlive a crash.
    std::chrono::milliseconds down_after{20'000};
    /// Of silence, until a node is forgotten. Before, it resumes with what changed meanwhile.
    std::chrono::milliseconds forget_after{20 * 60'000};
    /// Bytes of clients in a message, about; more goes into several. Which changes still stand is said in
    /// one, a few bytes for each gap between them: what was replaced must not seem to have left.
    std::size_t message = 64 * 1024;
    std::size_t nodes = 1'000; ///< others that are known, at most 65,535
    random_source* random = &system_random();
};

/// Puts the trackers of several nodes together: what one tracks is in the lists and diffs of all.
///
/// Each node is the only author of its own claims ("this client is here, in this state"), each under a dot of
/// its own; claims that were seen and are not alive were taken back, so nothing is kept of those who left.
/// Messages may get lost, come twice, late and in any order: they are joined, gaps show in the context of
/// dots, and what is missing is asked for. A node's incarnation is a replica id that nobody had before; one
/// that starts anew is another node, and its clients take over what they had before, under the same names.
///
/// A node that is silent is down: its clients have the grace window to come back elsewhere, then others see
/// them leave. If it was only cut off, they join again. A node that says that it leaves is down at once.
///
/// Transport-free: bytes out through `send`, bytes in through receive(). They are not authenticated: who can
/// send them is trusted. Thread safety: none; lives with its tracker.
class presence_replicator : private presence_tracker::journal {
public:
    /// Takes `bytes` to one node, or to all others when `to` is empty. Best effort. Must not call back.
    using sender = std::function<void(std::optional<crdt::replica_id> to, bytes_view bytes)>;

    /// Both must outlive it. Precondition: nobody was tracked yet, and no other replicator is there.
    presence_replicator(presence_tracker& tracker, sender send, presence_replicator_options options = {});
    ~presence_replicator();
    presence_replicator(presence_replicator const&) = delete;
    presence_replicator& operator=(presence_replicator const&) = delete;

    /// Takes in what another node sent. Fails, and changes nothing, when it is not a message.
    result<void> receive(bytes_view bytes);

    /// Sends what is due. Call it with presence_tracker::advance().
    void advance();

    /// Tells the others that this node goes, and falls silent. Their grace window begins.
    void leave();

    /// This node's incarnation.
    crdt::replica_id id() const noexcept { return id_; }

    /// Others that are not silent.
    std::size_t nodes_up() const noexcept;

private:
    using entry = detail::presence_entry;
    using message = detail::presence_message;
    enum class phase : std::uint8_t {
        up,
        silent,  ///< grace window of its clients
        hidden,  ///< and they do not count any more
        leaving, ///< as silent, for good
        left,    ///< remembered, so that a late message does not bring it back
    };
    struct node {
        std::uint16_t replica = 0; ///< its number in the tracker
        phase now = phase::up;
        std::uint64_t number = 0; ///< of its latest message
        std::uint64_t clock = 0;
        crdt::causal_context seen = {};  ///< changes that are known whole
        crdt::causal_context early = {}; ///< beyond, those that have a claim here, or were taken back
        std::map<std::uint64_t, entry*> alive = {}; ///< by dot
        clock::time_point heard{};
        clock::time_point understood{};  ///< with nothing missing
        clock::time_point grace_until{}; ///< while silent or leaving
        std::optional<clock::time_point> ask_at = {};
    };

    void on_change(entry& e) override;
    void on_removal(entry& e) override;

    node* meet(crdt::replica_id id);
    void sign_of_life(node& n, std::uint64_t number);
    void join(node& n, message const& m);
    void join_changes(node& n, message const& m);
    void take_back(node& n, message const& m, crdt::causal_context const& unless_alive);
    void put(node& n, detail::presence_claim const& claim);
    void give_way(entry& own, entry const& to);
    static bool is_complete(node const& n) noexcept;
    void look_after(crdt::replica_id id, node& n);
    void begin_grace(node& n, phase until_then);
    void hide(node& n, bool hidden);
    void take_back_all(node& n);

    void share(std::optional<crdt::replica_id> to, std::uint64_t since, crdt::causal_context const& known);
    crdt::causal_context changes_since(std::uint64_t clock) const;
    void forget(entry& e);
    void send(std::optional<crdt::replica_id> to, message m, std::vector<entry const*> const& claims = {});
    clock::duration jittered(clock::duration span);

    presence_tracker& tracker_;
    sender send_;
    presence_replicator_options options_;
    crdt::replica_id id_;
    std::uint64_t clock_ = 0;               ///< changes made
    std::uint64_t number_ = 0;              ///< messages sent
    std::map<std::uint64_t, entry*> alive_; ///< of this node, by dot
    std::uint64_t shared_ = 0;              ///< changes that were told
    crdt::causal_context dead_ = {};        ///< of those, what was taken back since
    clock::time_point share_at_;            ///< not before
    clock::time_point beat_at_;
    std::map<crdt::replica_id, node> nodes_;
    std::vector<std::uint16_t> unused_replicas_;
    bool left_ = false;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/presence/impl/replicator.ipp>
#endif

#pragma once

#include <unisono/crdt/dot.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace unisono::inline v0::crdt {

class state_reader;
class state_writer;

/// A set of dots: the changes a state has seen, whether their effect is still there or not.
///
/// A version vector that may have gaps, so deltas may come in any order: of each replica the ranges of its
/// counters, which is one range when nothing is missing. Value type; equal sets are equal objects.
class causal_context {
public:
    /// The changes `first` to `last` of a replica, both included.
    struct range {
        crdt::replica_id replica;
        std::uint64_t first;
        std::uint64_t last;

        friend bool operator==(range const&, range const&) = default;
    };

    causal_context() noexcept = default;

    /// Takes dots in any order and any number of times.
    explicit causal_context(std::vector<dot> dots);

    bool empty() const noexcept { return ranges_.empty(); }
    bool contains(dot d) const noexcept { return contains_range({d.replica, d.counter, d.counter}); }
    bool covers(causal_context const& other) const noexcept;

    /// More than so many dots? Takes no longer to answer than there are ranges.
    bool has_more_than(std::uint64_t dots) const noexcept;

    /// The dot of the next change of this replica. Only the replica itself may ask: it has seen all it did.
    dot next(crdt::replica_id replica) const noexcept;

    /// False: it was there already.
    bool insert(dot d) { return insert_range({d.replica, d.counter, d.counter}); }
    bool insert_range(range added);

    /// The union of both; false when nothing came in. Takes as long as there are ranges in both, but for a
    /// few ranges only as long as it takes to find their places.
    bool join(causal_context const& other);

    /// All but these. Precondition: ascending, all of them in this set.
    causal_context without(std::span<dot const> dots) const;

    /// By replica, then counter; ranges neither overlap nor touch.
    std::span<range const> ranges() const noexcept { return ranges_; }

    /// Also lays down the replicas that the dots of a store refer to.
    void write(state_writer& out) const;
    static causal_context read(state_reader& in);

    friend bool operator==(causal_context const&, causal_context const&) = default;

private:
    bool contains_range(range r) const noexcept;
    void append(range added);

    std::vector<range> ranges_;
};

} // namespace unisono::inline v0::crdt

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/impl/causal_context.ipp>
#endif

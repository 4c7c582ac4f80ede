#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/crdt/yjs/state_vector.hpp>
#include <unisono/crdt/yjs/struct_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// One block of an update that was read to its end; its bytes end there, too.
struct indexed_block : struct_block {
    std::uint64_t end = 0;       ///< of the last struct
    std::uint64_t known_end = 0; ///< of the structs before the first skip
    std::uint64_t first = 0;     ///< clock of the first struct that is no skip; `end` when all are
    bool first_is_gc = false;

    /// Would a merge that takes all of it write the same bytes, whatever is before and behind?
    bool verbatim = false;

    /// A block whose structs are still to be noted.
    indexed_block() = default;
    explicit indexed_block(struct_block const& head)
        : struct_block(head), end(head.clock), known_end(head.clock), first(head.clock) {}

    /// Takes note of the next struct.
    void note(struct_view const& s) noexcept {
        bool const skip = s.kind == struct_kind::skip;
        if (first == end) {
            first = skip ? s.end() : s.clock;
            first_is_gc = s.kind == struct_kind::gc;
        }
        if (known_end == end && !skip)
            known_end = s.end();
        end = s.end();
    }
};

/// A number of checked updates: where their blocks are, and all they delete.
///
/// Updates are checked completely before anything is made from them. What is kept of each is a few words
/// per client, not its structs: those are decoded again when they are written.
class update_index {
public:
    explicit update_index(update_limits const& limits) : limits_(limits) {}

    /// All of these V1 updates. Errors: as add().
    static result<update_index> of(std::span<bytes_view const> updates, update_limits const& limits);

    /// Makes room for so many updates of one block each.
    void reserve(std::size_t updates) {
        blocks_.reserve(updates);
        ends_.reserve(updates);
    }

    /// Checks one V1 update and adds it. After an error the index must be cleared or not be used.
    result<void> add(bytes_view update);

    /// As above, for the V2 form. Blocks have no bytes then, because their structs lie scattered in columns.
    result<void> add_v2(bytes_view update);

    std::size_t size() const noexcept { return ends_.size(); }

    /// Forgets everything but, unless it is much, its memory, also after an error.
    void clear() noexcept {
        constexpr std::size_t much = 256;
        if (ranges_.capacity() > much || blocks_.capacity() > much)
            *this = update_index{limits_};
        blocks_.clear();
        ends_.clear();
        ranges_.clear();
        structs_ = 0;
        canonical_ = true;
    }

    /// The struct that was read last: of an update that has only one, as most have, that one. Refers to the
    /// update's bytes.
    struct_view const& last_struct() const noexcept { return last_struct_; }

    /// Structs of all updates together.
    std::size_t structs() const noexcept { return structs_; }

    /// The blocks of update `i` that hold structs: clients descending, then clocks ascending.
    std::span<indexed_block const> blocks(std::size_t i) const noexcept {
        std::size_t const begin = i == 0 ? 0 : ends_[i - 1];
        return std::span{blocks_}.subspan(begin, ends_[i] - begin);
    }

    /// Were the blocks of every update in that order already, with one block per client?
    bool canonical() const noexcept { return canonical_; }

    /// What a replica has that has seen nothing but the first update. Precondition: canonical().
    state_vector state() const;

    std::vector<delete_range> const& ranges() const noexcept { return ranges_; }

    /// Hands out the ranges of all updates.
    std::vector<delete_range> take_ranges() noexcept { return std::move(ranges_); }

    update_limits const& limits() const noexcept { return limits_; }

private:
    /// Puts the blocks from `first` on, which are those of an update, into order.
    void end_update(std::size_t first);

    update_limits limits_;
    std::vector<indexed_block> blocks_;
    std::vector<std::size_t> ends_; // in blocks_, per update
    std::vector<delete_range> ranges_;
    struct_view last_struct_;
    std::size_t structs_ = 0;
    bool canonical_ = true;
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/update_index.ipp>
#endif

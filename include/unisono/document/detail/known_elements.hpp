#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/document/detail/interval_set.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>

namespace unisono::inline v0::detail {

/// Which elements of a Yjs document are held, and which of them are known to be deleted: tells news from
/// repetition, also of what came before its past.
class known_elements {
public:
    /// Does a valid V1 update name anything else? `is_deleted` tells of deletions that nobody named: of two
    /// values of one key, Yjs deletes one.
    bool lack(bytes_view update, std::function<bool(yjs::delete_range const&)> const& is_deleted = {}) const;

    /// From now on all that a valid V1 update names is known.
    void add(bytes_view update);

    /// A V1 update that deletes all that is known, and nothing else.
    byte_buffer erasure() const;

    /// Bytes held, roughly.
    std::size_t size() const noexcept {
        return 96 * (inserted_.size() + deleted_.size()) + 64 * ranges_held_;
    }

private:
    using ranges = std::unordered_map<std::uint64_t, interval_set>; ///< of clocks, by client

    ranges inserted_;
    ranges deleted_;
    std::size_t ranges_held_ = 0; ///< by all of them
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/document/detail/impl/known_elements.ipp>
#endif

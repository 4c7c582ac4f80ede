#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/detail/struct_writer.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/crdt/yjs/struct_view.hpp>

namespace unisono::inline v0::yjs::detail {

/// A struct writer that joins neighbours where splitting the result gives back exactly the two.
///
/// Every replica splits items wherever another one refers into them, so readers cannot tell the difference.
class run_joiner_v1 {
public:
    /// Precondition: as struct_writer_v1::write.
    void write(struct_view const& s);

    /// As struct_writer_v1::finish.
    result<byte_buffer> finish(delete_set const& deleted, update_limits const& limits);

private:
    bool joins(struct_view const& s) const noexcept;
    void flush();

    // Without its marks a chain of values would look like a run the next time.
    struct_writer_v1 out_{key_marks::kept};
    struct_view run_;      // length 0: none
    byte_buffer elements_; // of run_, once a second struct joined it
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/run_joiner.ipp>
#endif

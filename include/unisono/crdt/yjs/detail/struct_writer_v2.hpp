#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/detail/update_encoder_v2.hpp>
#include <unisono/crdt/yjs/key_marks.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/crdt/yjs/struct_view.hpp>

#include <cstddef>
#include <cstdint>
#include <system_error>

namespace unisono::inline v0::yjs::detail {

/// What becomes of a text attribute or embed whose JSON text is none.
enum class invalid_json { refused, null };

/// Builds a V2 update from structs that come client by client.
class struct_writer_v2 {
public:
    /// `text_bytes`: what all texts may take together, as a hint.
    explicit struct_writer_v2(key_marks marks, invalid_json json = invalid_json::refused,
                              std::size_t text_bytes = 0)
        : out_(text_bytes), marks_(marks), json_(json) {}

    /// Begins a block when `s` does not follow on the struct before. Precondition: structs of one client come
    /// in one go.
    void write(struct_view const& s);

    /// The update. To be called once. Errors: crdt_error, when it is larger than `limits` lets a reader
    /// accept; those of parse_any_json(), for V2 has values where V1 has JSON text.
    result<byte_buffer> finish(delete_set const& deleted, update_limits const& limits);

private:
    void write_references(struct_view const& s);
    void write_content(struct_view const& s);
    void write_value(struct_kind kind, lib0_reader& in);
    void write_type(lib0_reader& in);
    void write_json_value(lib0_reader& in);

    update_encoder_v2 out_;
    key_marks marks_;
    invalid_json json_;
    std::error_code problem_;
    std::uint64_t client_ = 0; // of the struct before
    std::uint64_t end_ = 0;
    std::size_t blocks_ = 0;
    std::size_t structs_ = 0;
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/struct_writer_v2.ipp>
#endif

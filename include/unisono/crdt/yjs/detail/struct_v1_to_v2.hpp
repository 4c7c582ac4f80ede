#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/crdt/yjs/detail/update_encoder_v2.hpp>
#include <unisono/crdt/yjs/key_marks.hpp>
#include <unisono/crdt/yjs/struct_view.hpp>

#include <system_error>

namespace unisono::inline v0::yjs::detail {

/// What becomes of a text attribute or embed whose JSON text is none.
enum class invalid_json { refused, null };

/// Distributes the fields of V1 structs to the columns of V2.
class struct_v1_to_v2 {
public:
    struct_v1_to_v2(update_encoder_v2& out, key_marks marks, invalid_json json) noexcept
        : out_(out), marks_(marks), json_(json) {}

    /// Preconditions: `s` was read by read_struct_v1() without an error, and nothing was cut off.
    /// Errors: those of parse_any_json(), for V2 has values where V1 has JSON text.
    std::error_code write(struct_view const& s);

private:
    void references(struct_view const& s);
    std::error_code content(struct_view const& s);
    void link(lib0_reader& in);
    std::error_code json_value(lib0_reader& in);

    update_encoder_v2& out_;
    key_marks marks_;
    invalid_json json_;
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/struct_v1_to_v2.ipp>
#endif

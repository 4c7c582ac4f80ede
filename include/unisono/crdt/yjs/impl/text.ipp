#pragma once

#include <unisono/codec/any_json.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/content_reader.hpp>
#include <unisono/crdt/yjs/detail/delta_reader.hpp>
#include <unisono/crdt/yjs/detail/formatting.hpp>
#include <unisono/crdt/yjs/detail/local_edit.hpp>
#include <unisono/crdt/yjs/text.hpp>

#include <stdexcept>
#include <utility>

namespace unisono::inline v0::yjs {

UNISONO_DECL std::string text::to_string() const {
    return held() ? detail::read_text(core().store, type()) : std::string{};
}

UNISONO_DECL std::vector<text_piece> text::to_delta() const {
    return held() ? detail::read_delta(core(), type()) : std::vector<text_piece>{};
}

UNISONO_DECL void text::insert(std::uint32_t index, std::string_view utf8) {
    require_utf8(utf8);
    edit_at(index, 0, [&](detail::list_position at) {
        if (!utf8.empty())
            detail::insert_inheriting(core(), type(), at, utf8);
    });
}

UNISONO_DECL void text::insert(std::uint32_t index, std::string_view utf8, any_object const& attributes) {
    require_utf8(utf8);
    edit_at(index, 0, [&](detail::list_position at) {
        if (utf8.empty())
            return;
        auto before = detail::open_attributes(core(), type(), at, attributes);
        detail::insert_text(core(), record().children, at, utf8);
        detail::close_attributes(core(), type(), at, std::move(before));
    });
}

UNISONO_DECL void text::insert_embed(std::uint32_t index, any_value const& embed,
                                     any_object const& attributes) {
    std::string json;
    if (!append_json(json, embed))
        throw std::invalid_argument("a value that JSON cannot hold");
    byte_buffer wire;
    lib0_writer{wire}.var_string(json);
    edit_at(index, 0, [&](detail::list_position at) {
        auto before = detail::open_attributes(core(), type(), at, attributes);
        detail::insert_single(core(), record().children, at, struct_kind::embed, wire);
        detail::close_attributes(core(), type(), at, std::move(before));
    });
}

UNISONO_DECL void text::erase(std::uint32_t index, std::uint32_t count) {
    edit_at(index, count, [&](detail::list_position at) {
        if (count > 0)
            detail::erase_formatted(core(), at, count);
    });
}

UNISONO_DECL void text::format(std::uint32_t index, std::uint32_t count, any_object const& attributes) {
    edit_at(index, 0, [&](detail::list_position at) {
        if (count > 0 && at.right != detail::no_slot)
            detail::format_elements(core(), type(), at, count, attributes);
    });
}

} // namespace unisono::inline v0::yjs

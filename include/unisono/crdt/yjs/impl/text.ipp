#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/content_reader.hpp>
#include <unisono/crdt/yjs/detail/delta_reader.hpp>
#include <unisono/crdt/yjs/detail/formatting.hpp>
#include <unisono/crdt/yjs/detail/local_edit.hpp>
#include <unisono/crdt/yjs/text.hpp>

#include <stdexcept>
#include <utility>

namespace unisono::inline v0::yjs {

namespace detail {

UNISONO_DECL void apply_step(document_core& core, type_index type, text_place& at, delta_step const& step) {
    switch (step.what) {
    case delta_step::action::retain:
        format_elements(core, type, at, step.length, step.attributes);
        return;
    case delta_step::action::erase:
        erase_formatted(core, type, at, step.length);
        return;
    case delta_step::action::insert:
        break;
    }
    any_value const& plain = *step.inserted.front().as_any();
    auto const utf8 = plain.as_string();
    if (utf8 && utf8->empty())
        return;
    insert_formatted(core, type, at, step.attributes, [&](list_index list, list_position& to) {
        if (utf8)
            insert_text(core, list, to, *utf8);
        else
            insert_single(core, list, to, struct_kind::embed, wire_of_embed(plain));
    });
}

} // namespace detail

UNISONO_DECL std::string text::to_string() const {
    return held() ? detail::read_text(core().store, type()) : std::string{};
}

UNISONO_DECL std::vector<text_piece> text::to_delta() const {
    return held() ? detail::read_delta(core(), type()) : std::vector<text_piece>{};
}

UNISONO_DECL void text::insert(std::uint32_t index, std::string_view utf8) {
    require_utf8(utf8);
    insert_at(index, [&](detail::list_position at) {
        if (!utf8.empty())
            detail::insert_inheriting(core(), type(), at, utf8);
    });
}

UNISONO_DECL void text::insert(std::uint32_t index, std::string_view utf8, any_object const& attributes) {
    require_utf8(utf8);
    insert_at(index, [&](detail::list_position at) {
        if (utf8.empty())
            return;
        auto place = detail::with_attributes(core().store, type(), at);
        detail::insert_formatted(core(), type(), place, attributes,
                                 [&](auto list, auto& to) { detail::insert_text(core(), list, to, utf8); });
    });
}

UNISONO_DECL void text::insert_embed(std::uint32_t index, any_value const& embed,
                                     any_object const& attributes) {
    auto const wire = detail::wire_of_embed(embed);
    insert_at(index, [&](detail::list_position at) {
        auto place = detail::with_attributes(core().store, type(), at);
        detail::insert_formatted(core(), type(), place, attributes, [&](auto list, auto& to) {
            detail::insert_single(core(), list, to, struct_kind::embed, wire);
        });
    });
}

UNISONO_DECL void text::erase(std::uint32_t index, std::uint32_t count) {
    erase_at(index, count, [&](detail::element_position at) {
        if (count > 0)
            detail::erase_formatted(core().store, type(), at, count);
    });
}

UNISONO_DECL void text::format(std::uint32_t index, std::uint32_t count, any_object const& attributes) {
    insert_at(index, [&](detail::list_position at) {
        if (count == 0 || at.right == detail::no_slot)
            return;
        auto place = detail::with_attributes(core().store, type(), at);
        detail::format_elements(core(), type(), place, count, attributes);
    });
}

UNISONO_DECL void text::apply_delta(std::span<delta_step const> delta) {
    if (!held())
        return;
    for (delta_step const& step : delta) {
        if (step.what != delta_step::action::insert)
            continue;
        auto const* plain = step.inserted.size() == 1 ? step.inserted.front().as_any() : nullptr;
        if (plain == nullptr)
            throw std::invalid_argument("not one string or embedded value");
        if (auto const utf8 = plain->as_string())
            require_utf8(*utf8);
        else
            detail::wire_of_embed(*plain);
    }
    core().transact(nullptr, [&] {
        core().store.cursor = {};
        detail::text_place at{{detail::no_slot, core().store.types.list(record().children).first}, {}};
        for (delta_step const& step : delta)
            detail::apply_step(core(), type(), at, step);
    });
}

} // namespace unisono::inline v0::yjs

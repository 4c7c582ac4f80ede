#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/content_reader.hpp>
#include <unisono/crdt/yjs/detail/delta_builder.hpp>
#include <unisono/crdt/yjs/past_state.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0::yjs {

UNISONO_DECL result<past_state> past_state::make(detail::document_core& core, snapshot const& state) {
    auto past = detail::past::make(core.store, state);
    if (!past)
        return past.error();
    return past_state{core, std::move(*past)};
}

/// Calls `each(item, offset, length)` for the runs of the children of a type that were there.
template <class Each>
void past_state::for_each_shown(shared_type const& type, Each&& each) const {
    auto const& store = core_->store;
    for (detail::slot s = first_child(type); s != detail::no_slot; s = store.items[s].right) {
        detail::item const it = store.items[s];
        for (std::uint32_t clock = it.clock; clock < it.end();) {
            auto const [shown, until] = past_.at({it.client, clock});
            std::uint32_t const end = std::min(until, it.end());
            if (shown)
                each(it, clock - it.clock, end - clock);
            clock = end;
        }
    }
}

UNISONO_DECL detail::slot past_state::first_child(shared_type const& type) const noexcept {
    auto const& types = core_->store.types;
    return type.kind() != type_kind::undefined ? types.list(types[type.type()].children).first
                                               : detail::no_slot;
}

UNISONO_DECL std::string past_state::to_string(text const& type) const {
    std::u16string units;
    for_each_shown(type, [&](detail::item const& it, std::uint32_t offset, std::uint32_t length) {
        if (it.is(struct_kind::string))
            detail::append_units(core_->store, it, offset, length, units);
    });
    byte_buffer utf8;
    append_utf8(units, utf8);
    return std::string{as_text(utf8)};
}

UNISONO_DECL std::vector<text_piece> past_state::to_delta(text const& type) const {
    return changes_since(*this, type);
}

UNISONO_DECL std::vector<text_piece> past_state::changes_since(past_state const& older, text const& type,
                                                               label const& make_label) const {
    constexpr std::string_view key = "ychange";
    auto const& store = core_->store;
    detail::delta_builder delta{store};
    for (detail::slot s = first_child(type); s != detail::no_slot; s = store.items[s].right) {
        detail::item const it = store.items[s];
        for (std::uint32_t clock = it.clock; clock < it.end();) {
            detail::element const first{it.client, clock};
            auto const now = past_.at(first);
            auto const before = older.past_.at(first);
            std::uint32_t const end = std::min({now.until, before.until, it.end()});
            std::uint32_t const offset = clock - it.clock;
            std::uint32_t const length = end - clock;
            clock = end;
            if (it.is(struct_kind::format) && now.shown)
                delta.format(it);
            if (!it.countable() || (!now.shown && !before.shown))
                continue;
            if (now.shown == before.shown)
                delta.unset(key);
            else if (make_label)
                delta.set(key, make_label(now.shown, store.id_of(first)));
            else
                delta.set(key, any_object{{"type", now.shown ? "added" : "removed"}});
            if (it.is(struct_kind::string))
                delta.text(it, offset, length);
            else if (it.is(struct_kind::embed) || it.is(struct_kind::type))
                delta.embedded(detail::read_element(*core_, it, 0));
        }
    }
    return delta.finish();
}

UNISONO_DECL std::vector<value> past_state::elements(shared_type const& type) const {
    std::vector<value> elements;
    for_each_shown(type, [&](detail::item const& it, std::uint32_t offset, std::uint32_t length) {
        for (std::uint32_t i = 0; it.countable() && i < length; ++i)
            elements.push_back(detail::read_element(*core_, it, offset + i));
    });
    return elements;
}

UNISONO_DECL std::optional<value> past_state::last_value(detail::list_index list) const {
    auto const& store = core_->store;
    detail::slot s = list != detail::no_index ? store.types.list(list).last : detail::no_slot;
    for (; s != detail::no_slot; s = store.items[s].left) {
        // Values that replaced each other may be one run, of which only the first ones were there.
        detail::item const& it = store.items[s];
        std::uint32_t const end = std::min(it.end(), past_.state(it.client));
        if (end <= it.clock)
            continue;
        if (!past_.at({it.client, end - 1}).shown)
            break;
        return detail::read_element(*core_, it, end - 1 - it.clock);
    }
    return std::nullopt;
}

UNISONO_DECL std::optional<value> past_state::value_of(shared_type const& type, std::string_view key) const {
    auto const& types = core_->store.types;
    if (type.kind() == type_kind::undefined)
        return std::nullopt;
    return last_value(types.find_key_list(type.type(), types.texts().find(key)));
}

UNISONO_DECL std::vector<std::string> past_state::keys_of(shared_type const& type) const {
    auto const& types = core_->store.types;
    std::vector<std::string> keys;
    if (type.kind() == type_kind::undefined)
        return keys;
    for (auto l = types[type.type()].first_key; l != detail::no_index; l = types.list(l).next_key) {
        if (last_value(l))
            keys.emplace_back(types.texts()[types.list(l).key]);
    }
    return keys;
}

} // namespace unisono::inline v0::yjs

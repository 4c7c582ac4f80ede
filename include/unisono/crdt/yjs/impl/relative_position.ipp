#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/relative_position.hpp>

#include <stdexcept>
#include <utility>

namespace unisono::inline v0::yjs {

namespace detail {

enum : std::uint64_t { anchor_element = 0, anchor_root = 1, anchor_nested = 2 };

} // namespace detail

UNISONO_DECL byte_buffer relative_position::encode() const {
    byte_buffer bytes;
    lib0_writer out{bytes};
    auto const write_id = [&](id const& i) {
        out.var_uint(i.client);
        out.var_uint(i.clock);
    };
    out.var_uint(anchor.index());
    if (auto const* element = std::get_if<id>(&anchor))
        write_id(*element);
    else if (auto const* root = std::get_if<root_type>(&anchor))
        out.var_string(root->name);
    else
        write_id(std::get_if<nested_type>(&anchor)->item);
    out.var_int(side == association::right ? 0 : -1);
    return bytes;
}

UNISONO_DECL result<relative_position> relative_position::decode(bytes_view bytes) {
    lib0_reader in{bytes};
    relative_position position;
    auto const read_id = [&] {
        std::uint64_t const client = in.var_uint();
        return id{client, in.var_uint()};
    };
    switch (in.var_uint()) {
    case detail::anchor_element:
        position.anchor = read_id();
        break;
    case detail::anchor_root:
        position.anchor = root_type{std::string{in.var_string()}};
        break;
    case detail::anchor_nested:
        position.anchor = nested_type{read_id()};
        break;
    default:
        in.fail(codec_error::unknown_tag);
    }
    if (in.remaining() > 0) // old versions wrote no side
        position.side = in.var_int().negative ? association::left : association::right;
    if (in.ok() && in.remaining() > 0)
        in.fail(codec_error::trailing_bytes);
    if (!in.ok())
        return in.error();
    return position;
}

UNISONO_DECL relative_position make_relative_position(shared_type const& type, std::uint32_t index,
                                                      association side) {
    auto& store = type.core().store;
    std::uint32_t const length = type.exists() ? store.types[type.type()].length : 0;
    if (index > length)
        throw std::out_of_range("beyond the end of a shared type");
    auto const element = [&](std::uint32_t number) -> relative_position {
        auto const [at, offset] = detail::find_element(store, type.type(), number);
        detail::item const& it = store.items[at];
        return {store.id_of({it.client, it.clock + offset}), side};
    };
    if (side == association::left && index > 0)
        return element(index - 1);
    if (side == association::right && index < length)
        return element(index);
    auto const& record = store.types[type.type()];
    if (record.owner == detail::no_slot)
        return {relative_position::root_type{std::string{store.types.texts()[record.name]}}, side};
    return {relative_position::nested_type{store.id_of(store.items[record.owner].first())}, side};
}

UNISONO_DECL std::optional<absolute_position> detail::resolve(document_core& core,
                                                              relative_position const& position) {
    auto& store = core.store;
    auto const find = [&](id const& wanted) -> detail::slot {
        auto const client = store.clients.find(wanted.client);
        if (client == detail::no_client || wanted.clock >= store.clients[client].state)
            return detail::no_slot;
        return store.find({client, static_cast<std::uint32_t>(wanted.clock)});
    };
    auto const end_of_type = [&](detail::type_index type) {
        return absolute_position{{core, type},
                                 position.side == association::right ? store.types[type].length : 0};
    };
    if (auto const* root = std::get_if<relative_position::root_type>(&position.anchor)) {
        auto const type = store.types.find_root(root->name);
        return type != detail::no_index ? std::optional{end_of_type(type)} : std::nullopt;
    }
    if (auto const* nested = std::get_if<relative_position::nested_type>(&position.anchor)) {
        auto const owner = find(nested->item);
        if (owner == detail::no_slot || !store.items[owner].is(struct_kind::type))
            return std::nullopt;
        return end_of_type(store.items[owner].content);
    }
    id const& wanted = *std::get_if<id>(&position.anchor);
    auto const s = find(wanted);
    if (s == detail::no_slot || store.items[s].is(struct_kind::gc))
        return std::nullopt;
    detail::item const& it = store.items[s];
    shared_type const type{core, store.types.list(it.list).type};
    if (!type.exists())
        return absolute_position{type, 0};
    std::uint32_t index = detail::elements_before(store, s);
    if (it.visible())
        index += static_cast<std::uint32_t>(wanted.clock) - it.clock + (position.side == association::left);
    return absolute_position{type, index};
}

} // namespace unisono::inline v0::yjs

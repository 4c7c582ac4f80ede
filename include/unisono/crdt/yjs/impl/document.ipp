#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/detail/content_reader.hpp>
#include <unisono/crdt/yjs/detail/state_encoder.hpp>
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include <stdexcept>
#include <utility>
#include <vector>

namespace unisono::inline v0::yjs {

UNISONO_DECL document::document(document_options options)
    : core_(std::make_unique<detail::document_core>(options)) {}

UNISONO_DECL byte_buffer document::encode_state_as_update(state_vector const& known,
                                                          waiting_part waiting) const {
    unisono::detail::byte_sink encoded;
    detail::encode_state(core_->store, known, encoded);
    byte_buffer state(encoded.view().begin(), encoded.view().end());
    auto const& applier = core_->applier;
    if (!applier.waits() || waiting == waiting_part::left_out)
        return state;
    auto const limits = detail::unlimited();
    std::vector<byte_buffer> parts;
    parts.push_back(std::move(state));
    if (auto deletions = applier.waiting_deletions(); !deletions.empty())
        parts.push_back(std::move(deletions));
    if (auto const structs = applier.waiting_structs(); !structs.empty())
        parts.push_back(diff_update(structs, known.encode(), limits).value());
    std::vector<bytes_view> const views(parts.begin(), parts.end());
    return merge_updates(views, limits).value();
}

UNISONO_DECL byte_buffer document::encode_state_as_update_v2(state_vector const& known,
                                                             waiting_part waiting) const {
    if (!waits() || waiting == waiting_part::left_out)
        return detail::encode_state_v2(core_->store, known);
    return detail::held_update_to_v2(encode_state_as_update(known, waiting));
}

UNISONO_DECL std::uint64_t document::on_update_v2(std::function<void(update_event const&)> listener) {
    return on_update([listener = std::move(listener)](update_event const& event) {
        byte_buffer const v2 = detail::held_update_to_v2(event.update);
        listener({v2, event.origin, event.local});
    });
}

UNISONO_DECL bool document::has_deleted(delete_range const& range) const noexcept {
    auto const& store = core_->store;
    detail::client_index const c = store.clients.find(range.client);
    if (range.length == 0)
        return true;
    if (c == detail::no_client)
        return false;
    std::uint64_t const state = store.clients[c].state;
    if (range.clock > state || range.length > state - range.clock)
        return false;
    auto const& structs = store.clients[c].structs;
    for (auto place = structs.find(static_cast<std::uint32_t>(range.clock), store.items);;
         place = structs.next(place)) {
        detail::item const& it = store.items[structs.at(place)];
        if (!it.deleted)
            return false;
        if (it.end() >= range.end())
            return true;
    }
}

UNISONO_DECL result<byte_buffer> document::encode_state_at(snapshot const& state) const {
    unisono::detail::byte_sink all;
    detail::encode_state(core_->store, {}, all);
    return update_at(all.view(), state, detail::unlimited());
}

UNISONO_DECL shared_type document::root(std::string_view name, type_kind kind) {
    require_utf8(name);
    detail::type_index const type = core_->store.types.root(name);
    auto& record = core_->store.types[type];
    if (record.kind == type_kind::undefined)
        record.kind = kind;
    if (record.kind != kind)
        throw std::invalid_argument("a root type of another kind has this name");
    return {*core_, type};
}

UNISONO_DECL std::vector<std::string> document::root_names() const {
    auto const& types = core_->store.types;
    std::vector<std::string> names;
    for (detail::type_index root : types.roots())
        names.emplace_back(types.texts()[types[root].name]);
    return names;
}

UNISONO_DECL std::vector<subdocument_state> document::subdocuments() const {
    std::vector<subdocument_state> states;
    for (auto const& [at, loaded] : core_->documents.entries())
        states.push_back({core_->read_subdocument(at), loaded});
    return states;
}

UNISONO_DECL any_value document::to_json(shared_type type) const {
    return type.exists() ? detail::to_json(*core_, type.type()) : any_value{};
}

UNISONO_DECL state_vector document::state() const {
    return detail::known_elements(core_->store);
}

UNISONO_DECL delete_set document::deleted() const {
    return detail::deleted_elements(core_->store);
}

} // namespace unisono::inline v0::yjs

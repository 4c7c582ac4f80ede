#pragma once

#include <unisono/codec/lib0_any.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/subdocuments.hpp>

#include <algorithm>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL std::string_view subdocument_guid(bytes_view content) {
    lib0_reader in{content};
    return in.var_string();
}

UNISONO_COLD UNISONO_DECL bool loads_at_once(bytes_view content) {
    lib0_reader in{content};
    in.var_string();
    any_value const options = read_any(in);
    auto const is_set = [&](char const* name) {
        auto const* value = options.as_object() != nullptr ? options.as_object()->find(name) : nullptr;
        return value != nullptr && value->as_bool().value_or(false);
    };
    return is_set("autoLoad") || is_set("shouldLoad");
}

UNISONO_DECL void subdocument_table::update(std::vector<document_change> const& changes) {
    auto const each = [&](document_change::action what, auto&& call) {
        for (document_change const& change : changes) {
            if (change.what == what)
                call(change.at);
        }
    };
    each(document_change::action::removed,
         [&](element e) { std::erase_if(entries_, [&](entry const& known) { return known.at == e; }); });
    each(document_change::action::added, [&](element e) { entries_.push_back({e, false}); });
    each(document_change::action::loaded, [&](element e) {
        for (entry& known : entries_)
            known.loaded = known.loaded || known.at == e;
    });
}

UNISONO_DECL bool has_guid(document_store const& store, element e, std::string_view guid) {
    item const& it = store.items[store.find(e)];
    return it.is(struct_kind::doc) && !it.deleted &&
           subdocument_guid(store.clients[it.client].content.values(it.content, 1)) == guid;
}

UNISONO_DECL void subdocument_table::load(document_store& store, std::string_view guid) {
    auto& changes = store.changes.documents;
    std::vector<element> wanted;
    for (entry const& known : entries_) {
        if (!known.loaded && has_guid(store, known.at, guid))
            wanted.push_back(known.at);
    }
    for (document_change const& change : changes) {
        if (change.what == document_change::action::added && has_guid(store, change.at, guid))
            wanted.push_back(change.at);
    }
    for (element e : wanted) {
        document_change const loaded{e, document_change::action::loaded};
        if (std::find(changes.begin(), changes.end(), loaded) == changes.end())
            changes.push_back(loaded);
    }
}

UNISONO_DECL void subdocument_table::unload(document_store& store, std::string_view guid) {
    auto& changes = store.changes.documents;
    for (entry const& known : entries_) {
        if (!has_guid(store, known.at, guid))
            continue;
        changes.push_back({known.at, document_change::action::removed});
        changes.push_back({known.at, document_change::action::added});
    }
}

} // namespace unisono::inline v0::yjs::detail

#pragma once

#include <unisono/crdt/causal.hpp>
#include <unisono/crdt/dot_set.hpp>
#include <unisono/crdt/type_tag.hpp>

namespace unisono::inline v0::crdt {

/// On or off, at first off. Who switches it on wins over who switches it off at the same time.
class enable_wins_flag : public causal<enable_wins_flag, dot_set> {
public:
    using causal::causal;

    enable_wins_flag enable(replica_id me) { return replace({next(me), {}}, dots_of(store())); }
    enable_wins_flag disable() { return reset(); }

    bool enabled() const noexcept { return !store().empty(); }

    static void write_type(state_writer& out) { out.tag(type_tag::enable_wins_flag); }

    using causal::write_json;
    static void write_json(json::writer& json, dot_set const& store) { json.boolean(!store.empty()); }
};

} // namespace unisono::inline v0::crdt

#pragma once

#include <unisono/crdt/causal.hpp>
#include <unisono/crdt/dot_set.hpp>
#include <unisono/crdt/type_tag.hpp>

namespace unisono::inline v0::crdt {

/// On or off, at first on. Who switches it off wins over who switches it on at the same time.
class disable_wins_flag : public causal<disable_wins_flag, dot_set> {
public:
    using causal::causal;

    disable_wins_flag disable(replica_id me) { return replace({next(me), {}}, dots_of(store())); }
    disable_wins_flag enable() { return reset(); }

    bool enabled() const noexcept { return store().empty(); }

    static void write_type(state_writer& out) { out.tag(type_tag::disable_wins_flag); }

    using causal::write_json;
    static void write_json(json::writer& json, dot_set const& store) { json.boolean(store.empty()); }
};

} // namespace unisono::inline v0::crdt

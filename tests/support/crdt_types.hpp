#pragma once

#include <unisono/crdt/causal_counter.hpp>
#include <unisono/crdt/disable_wins_flag.hpp>
#include <unisono/crdt/enable_wins_flag.hpp>
#include <unisono/crdt/g_counter.hpp>
#include <unisono/crdt/g_set.hpp>
#include <unisono/crdt/lww_element_set.hpp>
#include <unisono/crdt/lww_register.hpp>
#include <unisono/crdt/mv_register.hpp>
#include <unisono/crdt/or_map.hpp>
#include <unisono/crdt/or_set.hpp>
#include <unisono/crdt/pn_counter.hpp>
#include <unisono/crdt/sequence.hpp>
#include <unisono/crdt/two_phase_set.hpp>

#include <cstdint>
#include <string>
#include <type_traits>

namespace unisono::test {

/// Calls `visit(name, std::type_identity<T>)` for the types of crdt-vectors.json, which is every type of
/// crdt/, with a different kind of value each.
template <class Visit>
void for_each_crdt(Visit&& visit) {
    using namespace crdt;
    visit("g_counter", std::type_identity<g_counter>{});
    visit("pn_counter", std::type_identity<pn_counter>{});
    visit("causal_counter", std::type_identity<causal_counter>{});
    visit("lww_register", std::type_identity<lww_register<std::string>>{});
    visit("mv_register", std::type_identity<mv_register<double>>{});
    visit("enable_wins_flag", std::type_identity<enable_wins_flag>{});
    visit("disable_wins_flag", std::type_identity<disable_wins_flag>{});
    visit("g_set", std::type_identity<g_set<std::int64_t>>{});
    visit("two_phase_set", std::type_identity<two_phase_set<byte_buffer>>{});
    visit("or_set", std::type_identity<or_set<std::string>>{});
    visit("lww_element_set", std::type_identity<lww_element_set<std::int32_t>>{});
    visit("or_map", std::type_identity<or_map<std::string, or_set<std::int32_t>>>{});
    visit("sequence", std::type_identity<sequence<bool>>{});
}

} // namespace unisono::test

// What do the classic CRDTs cost: a change, a received delta, two states joined, and what a state grows to?
// For one size, in nanoseconds and bytes per element, in one line of JSON.
#include <unisono/crdt/encoding.hpp>
#include <unisono/crdt/hybrid_clock.hpp>
#include <unisono/crdt/lww_element_set.hpp>
#include <unisono/crdt/mv_register.hpp>
#include <unisono/crdt/or_map.hpp>
#include <unisono/crdt/or_set.hpp>
#include <unisono/crdt/pn_counter.hpp>
#include <unisono/crdt/sequence.hpp>

#include "documents/measure.hpp"
#include "support/options.hpp"
#include "support/report.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace {

using namespace unisono;

std::string name(std::size_t i) {
    return "element-" + std::to_string(i);
}

/// `change(state, i)` makes the i-th change and returns its delta; so does `other`, for another replica.
template <class T, class Change, class Other>
void measure(std::string const& type, std::size_t size, Change&& change, Other&& other,
             benchmark::report& figures) {
    auto const each = 1e6 / static_cast<double>(size);
    auto const before = benchmark::memory_now().heap;
    T state;
    std::vector<byte_buffer> deltas;
    deltas.reserve(size);
    for (std::size_t i = 0; i != size; ++i)
        deltas.push_back(encode(change(state, i)));
    std::size_t delta_bytes = 0;
    for (byte_buffer const& delta : deltas)
        delta_bytes += delta.size();

    T copy;
    figures.add(type + ": receive a delta", each * benchmark::milliseconds([&] {
                                                for (byte_buffer const& delta : deltas)
                                                    copy.join(*crdt::decode<T>(delta));
                                            }));
    if (copy != state)
        benchmark::die(type + ": replicas differ");
    figures.add(type + ": bytes of a delta", static_cast<double>(delta_bytes) / static_cast<double>(size));
    deltas = {};

    // The other replica changed half as much.
    T theirs = state;
    for (std::size_t i = 0; i != size / 2; ++i)
        other(theirs, i);
    figures.add(type + ": make a change", 2 * each * benchmark::milliseconds([&] {
                                              for (std::size_t i = 0; i != size / 2; ++i)
                                                  change(copy, i);
                                          }));
    figures.add(type + ": join two states", each * benchmark::median_of([&] {
                                                T joined = copy;
                                                return benchmark::milliseconds([&] { joined.join(theirs); });
                                            }));
    byte_buffer bytes;
    figures.add(type + ": encode", each * benchmark::median_of([&] {
                                       return benchmark::milliseconds([&] { bytes = encode(state); });
                                   }));
    figures.add(type + ": decode",
                each * benchmark::median_of(
                           [&] { return benchmark::milliseconds([&] { crdt::decode<T>(bytes).error(); }); }));
    figures.add(type + ": bytes encoded", static_cast<double>(bytes.size()) / static_cast<double>(size));
    bytes = {};
    copy = theirs = T{};
    figures.add(type + ": bytes in memory",
                (benchmark::memory_now().heap - before) * 1e6 / static_cast<double>(size));
}

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options{argc, argv, {{"size", "10000"}}};
    auto const size = static_cast<std::size_t>(options.number("size"));
    benchmark::report figures;
    crdt::replica_id const me = 3'000'000'001, them = 3'000'000'002;
    crdt::hybrid_clock clock{me};

    using tags = crdt::or_set<std::string>;
    measure<tags>(
        "or_set", size, [&](tags& s, std::size_t i) { return s.add(me, name(i)); },
        [&](tags& s, std::size_t i) { i % 2 ? s.add(them, name(i)) : s.remove(name(i)); }, figures);

    using dated = crdt::lww_element_set<std::string>;
    measure<dated>(
        "lww_element_set", size, [&](dated& s, std::size_t i) { return s.add(clock.now(), name(i)); },
        [&](dated& s, std::size_t i) { s.remove(clock.now(), name(i)); }, figures);

    using form = crdt::or_map<std::string, crdt::mv_register<std::string>>;
    auto const write = [](form& s, crdt::replica_id who, std::size_t i) {
        return s.update(name(i), [&](auto& field) { return field.set(who, "value"); });
    };
    measure<form>(
        "or_map of mv_register", size, [&](form& s, std::size_t i) { return write(s, me, i); },
        [&](form& s, std::size_t i) { write(s, them, i); }, figures);

    using list = crdt::sequence<std::string>;
    measure<list>(
        "sequence", std::min<std::size_t>(size, 10'000),
        [&](list& s, std::size_t i) { return s.insert(me, i, "x"); },
        [&](list& s, std::size_t i) { s.erase(i); }, figures);

    // A replica each: what a counter grows to.
    measure<crdt::pn_counter>(
        "pn_counter", size, [](crdt::pn_counter& s, std::size_t i) { return s.increment(them + i); },
        [&](crdt::pn_counter& s, std::size_t) { s.decrement(me); }, figures);

    tags busy;
    for (std::size_t i = 0; i != size; ++i) {
        busy.add(me, name(i));
        busy.remove(name(i));
    }
    figures.add("or_set: bytes in all when everything was removed", static_cast<double>(encode(busy).size()));
    figures.print();
}

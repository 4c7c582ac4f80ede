// What operations on updates cost that load no document: merge, diff, state vector, conversion. One line of
// JSON, milliseconds. `run_updates` prepares the data and compares with npm yjs, which peers/updates.mjs
// measures alike.

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/update.hpp>
#include <unisono/crdt/yjs/update_v2.hpp>

#include "support/options.hpp"
#include "support/report.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

namespace {

using unisono::byte_buffer;
using unisono::bytes_view;
namespace yjs = unisono::yjs;

byte_buffer load(std::string const& name) {
    std::ifstream file{name, std::ios::binary};
    std::string const text{std::istreambuf_iterator<char>{file}, {}};
    if (!file)
        benchmark::die("cannot read " + name);
    auto const bytes = unisono::as_bytes(text);
    return {bytes.begin(), bytes.end()};
}

/// Updates behind each other, each with its length.
std::vector<bytes_view> split(byte_buffer const& bytes) {
    std::vector<bytes_view> updates;
    for (unisono::lib0_reader in{bytes}; in.remaining() > 0;)
        updates.push_back(in.var_bytes());
    return updates;
}

/// The median of many calls; the first ones, with cold caches, are not counted.
template <class Work>
double median_ms(double seconds, Work&& work) {
    using clock = std::chrono::steady_clock;
    std::vector<double> took;
    auto const end = clock::now() + std::chrono::duration<double>(seconds);
    for (int warmup = 3; took.empty() || clock::now() < end; --warmup) {
        auto const start = clock::now();
        if (!work())
            benchmark::die("an update was refused");
        if (warmup <= 0)
            took.push_back(std::chrono::duration<double, std::milli>(clock::now() - start).count());
    }
    auto const middle = took.begin() + static_cast<std::ptrdiff_t>(took.size() / 2);
    std::nth_element(took.begin(), middle, took.end());
    return *middle;
}

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options{argc, argv, {{"data", "."}, {"seconds", "1"}}};
    std::string const folder = options.text("data") + "/";
    double const seconds = options.number("seconds");

    auto const state = load(folder + "state.v1"), state_v2 = load(folder + "state.v2");
    auto const half = load(folder + "half.sv");
    auto const bytes = load(folder + "updates.v1"), bytes_v2 = load(folder + "updates.v2");
    auto const updates = split(bytes), updates_v2 = split(bytes_v2);

    benchmark::report report;
    auto const measure = [&](char const* name, auto&& work) {
        report.add(name, median_ms(seconds, [&] { return work().has_value(); }));
    };
    std::span<bytes_view const> const all{updates}, all_v2{updates_v2};
    measure("merge 1,000", [&] { return yjs::merge_updates(all.first(1000)); });
    measure("merge 10,000", [&] { return yjs::merge_updates(all.first(10'000)); });
    measure("merge 1,000 V2", [&] { return yjs::merge_updates_v2(all_v2.first(1000)); });
    measure("convert V1 to V2", [&] { return yjs::convert_update_v1_to_v2(state); });
    measure("convert V2 to V1", [&] { return yjs::convert_update_v2_to_v1(state_v2); });
    measure("diff", [&] { return yjs::diff_update(state, half); });
    measure("diff V2", [&] { return yjs::diff_update_v2(state_v2, half); });
    measure("state vector", [&] { return yjs::state_vector_from_update(state); });
    measure("state vector V2", [&] { return yjs::state_vector_from_update_v2(state_v2); });
    report.print();
}

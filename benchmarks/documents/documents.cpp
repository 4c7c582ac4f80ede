// What the document engine costs on an editing trace: the same work as peers/documents.mjs does with Yjs.
// Prints one line of JSON; see documents/run.
#include <unisono/codec/json_document.hpp>
#include <unisono/crdt/yjs/document.hpp>

#include "support/options.hpp"
#include "support/report.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using namespace unisono;

struct patch {
    std::uint32_t at;
    std::uint32_t erased;
    std::string inserted;
};

std::vector<patch> read_trace(std::string const& path) {
    std::ifstream file{path, std::ios::binary};
    std::string const text{std::istreambuf_iterator<char>{file}, {}};
    auto const trace = json::parse(text, {.size = 256 << 20, .depth = 8, .values = 16 << 20});
    if (!trace)
        benchmark::die(path + ": " + trace.error().message());
    std::vector<patch> patches;
    for (auto txn : trace->root()["txns"].elements()) {
        for (auto p : txn["patches"].elements())
            patches.push_back({static_cast<std::uint32_t>(p[0].as_int64().value()),
                               static_cast<std::uint32_t>(p[1].as_int64().value()),
                               std::string{p[2].as_string().value()}});
    }
    return patches;
}

double milliseconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

template <class Work>
double timed(Work&& work) {
    auto const start = std::chrono::steady_clock::now();
    work();
    return milliseconds_since(start);
}

/// The median of a number of runs.
template <class Work>
double warm(Work&& work) {
    std::vector<double> times;
    for (int i = 0; i < 15; ++i)
        times.push_back(timed(work));
    std::nth_element(times.begin(), times.begin() + 7, times.end());
    return times[7];
}

double resident_megabytes() {
    std::ifstream statm{"/proc/self/statm"};
    std::size_t size = 0;
    std::size_t resident = 0;
    statm >> size >> resident;
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

void replay(yjs::document& doc, std::vector<patch> const& patches) {
    auto text = doc.get_text("text");
    for (patch const& p : patches) {
        doc.transact([&] {
            if (p.erased > 0)
                text.erase(p.at, p.erased);
            if (!p.inserted.empty())
                text.insert(p.at, p.inserted);
        });
    }
}

yjs::document loaded(bytes_view state) {
    yjs::document doc;
    doc.get_text("text");
    doc.apply_update(state).error();
    return doc;
}

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options{argc, argv, {{"trace", ""}}};
    auto const patches = read_trace(options.text("trace"));
    benchmark::report figures;

    std::vector<byte_buffer> updates;
    updates.reserve(patches.size());
    yjs::document typed{{.client_id = 1}};
    std::size_t update_bytes = 0;
    typed.on_update([&](yjs::update_event const& event) { update_bytes += event.update.size(); });
    figures.add("local_ms", timed([&] { replay(typed, patches); }));
    figures.add("update_bytes", static_cast<double>(update_bytes));

    yjs::document quiet{{.client_id = 1}};
    figures.add("local_quiet_ms", timed([&] { replay(quiet, patches); }));

    yjs::document recorded{{.client_id = 1}};
    recorded.on_update([&](yjs::update_event const& event) {
        updates.emplace_back(event.update.begin(), event.update.end());
    });
    replay(recorded, patches);

    yjs::document received{{.client_id = 2}};
    received.get_text("text");
    figures.add("apply_ms", timed([&] {
                    for (byte_buffer const& update : updates)
                        received.apply_update(update).error();
                }));
    if (received.get_text("text").to_string() != typed.get_text("text").to_string())
        benchmark::die("replicas differ");

    byte_buffer const state = typed.encode_state_as_update();
    figures.add("state_bytes", static_cast<double>(state.size()));
    figures.add("encode_ms", warm([&] { typed.encode_state_as_update(); }));
    figures.add("load_ms", warm([&] { loaded(state); }));
    figures.add("load_text_ms", warm([&] { loaded(state).get_text("text").to_string(); }));

    std::vector<yjs::document> many;
    many.reserve(20);
    double const before = resident_megabytes();
    for (int i = 0; i < 20; ++i)
        many.push_back(loaded(state));
    figures.add("loaded_mb", (resident_megabytes() - before) / 20);
    figures.print();
}
